package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.http.SimulationEndpoints;
import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.simulate.Choice;
import dev.touchstone.app.internal.simulate.FleetOrder;
import dev.touchstone.app.internal.simulate.FleetPage;
import dev.touchstone.app.internal.simulate.FleetPage.Fact;
import dev.touchstone.app.internal.simulate.FleetRun;
import dev.touchstone.app.internal.simulate.FleetStudy;
import dev.touchstone.app.internal.simulate.SimulationPage.Row;
import dev.touchstone.app.internal.simulate.Simulations;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The page on which a fleet of LLM servers is simulated, and what came of it. The form works
/// without scripts; with them the page follows a simulation by itself.
public final class SimulatePage {
    private static final String AUTO = "auto";

    private final Kit kit;
    private final Simulations simulations;

    public SimulatePage(Kit kit, Simulations simulations) {
        this.kit = kit;
        this.simulations = simulations;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/simulate", this::form),
                Route.post("/simulate", this::start),
                Route.get("/simulate/{simulation}", this::show),
                Route.post("/simulate/{simulation}/stop", this::stop));
    }

    /// A field of the form.
    ///
    /// @param choices to select from; none for a field that is typed into
    /// @param hint what may stand there
    /// @param refusal why it cannot be as it is; else empty
    public record Field(
            String id,
            String label,
            String value,
            List<String> choices,
            String hint,
            String refusal) {}

    /// What the page shows.
    ///
    /// @param refusal what is wrong with no field in particular
    public record View(
            String assets,
            List<Field> fields,
            String refusal,
            Optional<FleetRun> run,
            Optional<Result> result) {}

    /// What came of a simulation.
    ///
    /// @param derived what the plan derives for the same load; none where it does not know
    /// @param plan the address of that derivation
    /// @param data what the charts are drawn from
    public record Result(
            boolean stoppedEarly,
            List<Fact> headline,
            List<Fact> derived,
            String plan,
            List<Fact> facts,
            List<Row> latencies,
            String data) {}

    private void form(Exchange exchange) {
        send(exchange, 200, new View(kit.assets(), fields(FleetOrder.USUAL), "", none(), none()));
    }

    private void start(Exchange exchange) {
        Map<String, String> given = new LinkedHashMap<>();
        Map<String, List<String>> form = exchange.form();
        fields(FleetOrder.USUAL)
                .forEach(field -> given.put(field.id(), Forms.text(form, field.id()).strip()));
        try {
            FleetRun run = SimulationEndpoints.start(simulations, order(given));
            exchange.goTo("/simulate/" + run.id());
        } catch (Json.Malformed e) {
            refuse(exchange, 400, given, e.field(), e.reason());
        } catch (Problem e) {
            String field = e.field().orElse("");
            String detail = e.detail();
            String prefix = field + ": ";
            String why = detail.startsWith(prefix) ? detail.substring(prefix.length()) : detail;
            refuse(exchange, e.status(), given, field, why);
        }
    }

    private void refuse(
            Exchange exchange, int status, Map<String, String> given, String field, String why) {
        List<Field> fields =
                fields(FleetOrder.USUAL).stream()
                        .map(each ->
                                new Field(
                                        each.id(),
                                        each.label(),
                                        given.getOrDefault(each.id(), ""),
                                        each.choices(),
                                        each.hint(),
                                        each.id().equals(field) ? why : ""))
                        .toList();
        send(
                exchange,
                status,
                new View(kit.assets(), fields, field.isEmpty() ? why : "", none(), none()));
    }

    private void show(Exchange exchange) {
        FleetRun run = SimulationEndpoints.simulation(simulations, exchange);
        FleetRun.State state = run.state();
        send(
                exchange,
                200,
                new View(
                        kit.assets(),
                        fields(run.order()),
                        state.failure(),
                        Optional.of(run).filter(_ -> !state.over()),
                        state.study().map(SimulatePage::result)));
    }

    private void stop(Exchange exchange) {
        FleetRun run = SimulationEndpoints.simulation(simulations, exchange);
        run.stop();
        exchange.goTo("/simulate/" + run.id());
    }

    private void send(Exchange exchange, int status, View view) {
        exchange.sendHtml(status, kit.templates().render("simulate.jte", view));
    }

    private static <T> Optional<T> none() {
        return Optional.empty();
    }

    private static Result result(FleetStudy study) {
        FleetStudy.Point point = study.points().getLast();
        return new Result(
                study.stoppedEarly(),
                FleetPage.headline(study, point),
                FleetPage.derived(study),
                PlanPage.llm(study.planInputs()),
                FleetPage.facts(study, point).stream()
                        .filter(fact -> !fact.term().equals(FleetPage.DERIVED))
                        .toList(),
                FleetPage.latencies(point),
                FleetPage.data(study));
    }

    private static FleetOrder order(Map<String, String> given) {
        String replicas = given.getOrDefault("replicas", "");
        return new FleetOrder(
                number("sessions", given),
                number("minutes", given),
                word("model", given),
                word("accelerator", given),
                replicas.equals(AUTO) ? none() : number("replicas", given),
                number("tokenBudget", given),
                word("kvType", given),
                word("router", given));
    }

    private static Optional<String> word(String field, Map<String, String> given) {
        return Optional.of(given.getOrDefault(field, "")).filter(text -> !text.isEmpty());
    }

    private static Optional<Integer> number(String field, Map<String, String> given) {
        return word(field, given)
                .map(text ->
                        whole(text.replace(",", ""))
                                .orElseThrow(() ->
                                        new Json.Malformed(
                                                field, "'%s' is no whole number".formatted(text))));
    }

    private static Optional<Integer> whole(String text) {
        try {
            return Optional.of(Integer.parseInt(text));
        } catch (NumberFormatException _) {
            return none();
        }
    }

    private static List<Field> fields(FleetOrder order) {
        return List.of(
                typed("sessions", "Users", order.sessions(), "1 to 50,000, four requests an hour"),
                typed("minutes", "Simulated minutes", order.minutes(), "1 to 60, at the peak"),
                chosen("model", "Model", order.model(), FleetOrder.MODELS),
                chosen("accelerator", "Accelerator", order.accelerator(), FleetOrder.ACCELERATORS),
                new Field(
                        "replicas",
                        "Replicas",
                        order.replicas().map(String::valueOf).orElse(AUTO),
                        List.of(),
                        "a number, or auto: as few as keep the promise",
                        ""),
                typed("tokenBudget", "Token budget", order.tokenBudget(), "tokens in one step"),
                chosen("kvType", "Keys and values", order.kvType(), FleetOrder.KV_TYPES),
                chosen("router", "Router", order.router(), FleetOrder.ROUTERS));
    }

    private static Field typed(String id, String label, Optional<Integer> value, String hint) {
        return new Field(id, label, value.map(String::valueOf).orElse(""), List.of(), hint, "");
    }

    private static Field chosen(String id, String label, Optional<String> value, Choice<?> choice) {
        return new Field(id, label, value.orElse(""), choice.words(), "", "");
    }
}
