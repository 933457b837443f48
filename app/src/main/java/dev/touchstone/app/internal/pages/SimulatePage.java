package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.http.SimulationEndpoints;
import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.simulate.FleetOrder;
import dev.touchstone.app.internal.simulate.FleetPage;
import dev.touchstone.app.internal.simulate.FleetPage.Fact;
import dev.touchstone.app.internal.simulate.FleetRun;
import dev.touchstone.app.internal.simulate.FleetStudy;
import dev.touchstone.app.internal.simulate.Places;
import dev.touchstone.app.internal.simulate.Run;
import dev.touchstone.app.internal.simulate.SimulationPage.Row;
import dev.touchstone.app.internal.simulate.Simulations;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

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

    /// What the page shows.
    ///
    /// @param more fields for what most fleets do without
    /// @param refusal what is wrong with no field in particular
    public record View(
            String assets,
            List<OrderField> fields,
            List<OrderField> more,
            String refusal,
            Optional<FleetRun> run,
            Optional<Result> result) {
        /// Whether anything in `more` is not as usual.
        public boolean moreOpen() {
            return !more.equals(SimulatePage.more(FleetOrder.USUAL));
        }
    }

    /// What came of a simulation.
    ///
    /// @param derived what the plan derives for the same load; none where it does not know
    /// @param plan the address of that derivation
    /// @param regions what one place and several would take; none unless asked for
    /// @param data what the charts are drawn from
    public record Result(
            boolean stoppedEarly,
            List<Fact> headline,
            List<Fact> derived,
            String plan,
            List<Fact> facts,
            List<Row> latencies,
            List<Row> regions,
            String data) {}

    private void form(Exchange exchange) {
        send(
                exchange,
                200,
                new View(
                        kit.assets(),
                        fields(FleetOrder.USUAL),
                        more(FleetOrder.USUAL),
                        "",
                        none(),
                        none()));
    }

    private void start(Exchange exchange) {
        Map<String, String> given = new LinkedHashMap<>();
        Map<String, List<String>> form = exchange.form();
        Stream.concat(fields(FleetOrder.USUAL).stream(), more(FleetOrder.USUAL).stream())
                .forEach(field -> given.put(field.id(), Forms.text(form, field.id()).strip()));
        try {
            FleetRun run = SimulationEndpoints.start(simulations, order(given));
            exchange.goTo("/simulate/" + run.id());
        } catch (Json.Malformed e) {
            refuse(exchange, Problem.malformed(e), given);
        } catch (Problem e) {
            refuse(exchange, e, given);
        }
    }

    private void refuse(Exchange exchange, Problem problem, Map<String, String> given) {
        String field = problem.field().orElse("");
        String why = OrderField.reason(problem);
        send(
                exchange,
                problem.status(),
                new View(
                        kit.assets(),
                        OrderField.refused(fields(FleetOrder.USUAL), given, field, why),
                        OrderField.refused(more(FleetOrder.USUAL), given, field, why),
                        field.isEmpty() ? why : "",
                        none(),
                        none()));
    }

    private void show(Exchange exchange) {
        FleetRun run = SimulationEndpoints.simulation(simulations, exchange);
        Run.State<FleetStudy> state = run.state();
        send(
                exchange,
                200,
                new View(
                        kit.assets(),
                        fields(run.order()),
                        more(run.order()),
                        state.failure(),
                        Optional.of(run).filter(_ -> !state.over()),
                        state.result().map(SimulatePage::result)));
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
                Places.rows(study),
                FleetPage.data(study));
    }

    private static FleetOrder order(Map<String, String> given) {
        String replicas = given.getOrDefault("replicas", "");
        return new FleetOrder(
                OrderField.number("sessions", given),
                OrderField.number("minutes", given),
                OrderField.word("model", given),
                OrderField.word("accelerator", given),
                replicas.equals(AUTO) ? none() : OrderField.number("replicas", given),
                OrderField.number("tokenBudget", given),
                OrderField.word("kvType", given),
                OrderField.word("router", given),
                OrderField.number("scaleTo", given),
                OrderField.number("startUpSeconds", given),
                OrderField.number("maxSpend", given),
                OrderField.word("ladder", given),
                OrderField.share("longShare", given),
                OrderField.number("longFrom", given),
                OrderField.share("prefillShare", given),
                OrderField.share("link", given),
                OrderField.number("roundTripMillis", given),
                OrderField.word("conversation", given),
                OrderField.word("regions", given));
    }

    private static List<OrderField> fields(FleetOrder order) {
        return List.of(
                OrderField.typed(
                        "sessions",
                        "Users",
                        order.sessions(),
                        "1 to 50,000, four requests an hour"),
                OrderField.typed(
                        "minutes", "Simulated minutes", order.minutes(), "1 to 60, at the peak"),
                OrderField.chosen("model", "Model", order.model(), FleetOrder.MODELS, ""),
                OrderField.chosen(
                        "accelerator",
                        "Accelerator",
                        order.accelerator(),
                        FleetOrder.ACCELERATORS,
                        ""),
                OrderField.typed(
                        "replicas",
                        "Replicas",
                        order.replicas().map(String::valueOf).or(() -> Optional.of(AUTO)),
                        "a number, or auto: as few as keep the promise"),
                OrderField.typed(
                        "tokenBudget", "Token budget", order.tokenBudget(), "tokens in one step"),
                OrderField.chosen(
                        "kvType", "Keys and values", order.kvType(), FleetOrder.KV_TYPES, ""),
                OrderField.chosen("router", "Router", order.router(), FleetOrder.ROUTERS, ""));
    }

    /// Fields for what most fleets do without.
    private static List<OrderField> more(FleetOrder order) {
        return List.of(
                OrderField.typed(
                        "scaleTo",
                        "Scale out to",
                        order.scaleTo(),
                        "replicas; empty: their number stays"),
                OrderField.typed(
                        "startUpSeconds",
                        "Start-up",
                        order.startUpSeconds(),
                        "seconds until a new one serves"),
                OrderField.typed(
                        "maxSpend",
                        "Spend at most",
                        order.maxSpend(),
                        "$ an hour; empty: no limit"),
                OrderField.typed(
                        "ladder", "Ladder", order.ladder(), "off, on, or loads: 80,100,120,300"),
                OrderField.typed(
                        "longShare",
                        "For long prompts only",
                        order.longShare(),
                        "share of the replicas, such as 0.2"),
                OrderField.typed("longFrom", "Long from", order.longFrom(), "tokens of a prompt"),
                OrderField.typed(
                        "prefillShare",
                        "For reading only",
                        order.prefillShare(),
                        "share of the replicas, such as 0.4"),
                OrderField.typed("link", "Link", order.link(), "GB/s from readers to writers"),
                OrderField.typed(
                        "roundTripMillis",
                        "Round trip",
                        order.roundTripMillis(),
                        "ms from users and back"),
                OrderField.chosen(
                        "conversation",
                        "Users talk",
                        order.conversation(),
                        FleetOrder.CONVERSATIONS,
                        "mooncake: about long documents"),
                OrderField.typed(
                        "regions", "Users live in", order.regions(), "such as us:0.5:0,eu:0.5:-6"));
    }
}
