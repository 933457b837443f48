package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.http.DesignEndpoints;
import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.http.Visitor;
import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.practice.PracticeDesk;
import dev.touchstone.app.internal.simulate.DesignOrder;
import dev.touchstone.app.internal.simulate.DesignRun;
import dev.touchstone.app.internal.simulate.DesignStudy;
import dev.touchstone.app.internal.simulate.DesignView;
import dev.touchstone.app.internal.simulate.FleetOrder;
import dev.touchstone.app.internal.simulate.Run;
import dev.touchstone.app.internal.simulate.Simulations;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The page on which a design for the chat challenge is run: a form, its progress, and what broke.
/// What the load would need is the challenge's own question, so it stays shut until its answer is
/// open.
public final class DesignPage {
    private final Kit kit;
    private final Simulations simulations;
    private final PracticeDesk desk;

    public DesignPage(Kit kit, Simulations simulations, PracticeDesk desk) {
        this.kit = kit;
        this.simulations = simulations;
        this.desk = desk;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/design", this::form),
                Route.post("/design", this::start),
                Route.get("/design/{simulation}", this::show),
                Route.post("/design/{simulation}/stop", this::stop));
    }

    /// What the page shows.
    ///
    /// @param refusal what is wrong with no field in particular
    /// @param plan the address of what is derived for the challenge's load; empty while it is shut
    public record View(
            String assets,
            List<OrderField> fields,
            String refusal,
            Optional<DesignRun> run,
            Optional<DesignView> result,
            Optional<String> plan) {}

    private void form(Exchange exchange) {
        send(exchange, 200, shown(fields(DesignOrder.SLIDE), ""));
    }

    private View shown(List<OrderField> fields, String refusal) {
        return new View(
                kit.assets(),
                fields,
                refusal,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private void start(Exchange exchange) {
        Map<String, String> given = new LinkedHashMap<>();
        Map<String, List<String>> form = exchange.form();
        fields(DesignOrder.SLIDE)
                .forEach(field -> given.put(field.id(), Forms.text(form, field.id()).strip()));
        try {
            exchange.goTo("/design/" + DesignEndpoints.start(simulations, order(given)).id());
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
                shown(
                        OrderField.refused(fields(DesignOrder.SLIDE), given, field, why),
                        field.isEmpty() ? why : ""));
    }

    private void show(Exchange exchange) {
        DesignRun run = DesignEndpoints.design(simulations, exchange);
        Run.State<DesignStudy> state = run.state();
        Optional<DesignStudy> study = state.result();
        boolean open = study.isPresent() && DesignEndpoints.open(desk, Visitor.profile(exchange));
        send(
                exchange,
                200,
                new View(
                        kit.assets(),
                        fields(run.order()),
                        state.failure(),
                        Optional.of(run).filter(_ -> !state.over()),
                        study.map(DesignView::of),
                        study.filter(_ -> open)
                                .map(each -> PlanPage.llm(each.trials().getFirst().planInputs()))));
    }

    private void stop(Exchange exchange) {
        DesignRun run = DesignEndpoints.design(simulations, exchange);
        run.stop();
        exchange.goTo("/design/" + run.id());
    }

    private void send(Exchange exchange, int status, View view) {
        exchange.sendHtml(status, kit.templates().render("design.jte", view));
    }

    /// What a form orders.
    ///
    /// @throws Json.Malformed when a number is none
    static DesignOrder order(Map<String, String> given) {
        return new DesignOrder(
                OrderField.number("gpus", given),
                OrderField.number("tokenBudget", given),
                OrderField.word("kvType", given),
                OrderField.number("longGpus", given),
                OrderField.number("longAtOnce", given),
                OrderField.number("longFrom", given),
                OrderField.word("router", given),
                OrderField.word("ladder", given));
    }

    /// The form, filled with an order.
    static List<OrderField> fields(DesignOrder order) {
        return List.of(
                OrderField.typed("gpus", "GPUs", order.gpus(), "H100s, 1 to 256, at $3 an hour"),
                OrderField.typed(
                        "tokenBudget",
                        "Token budget",
                        order.tokenBudget(),
                        "tokens in one step, 64 to 16,384"),
                OrderField.chosen(
                        "kvType",
                        "Keys and values",
                        order.kvType(),
                        FleetOrder.KV_TYPES,
                        "2 bytes a number, or 1"),
                OrderField.chosen(
                        "router",
                        "Router",
                        order.router(),
                        FleetOrder.ROUTERS,
                        "who gets a request"),
                OrderField.typed(
                        "longGpus",
                        "Lane: GPUs of its own",
                        order.longGpus(),
                        "of the GPUs, for long prompts only"),
                OrderField.typed(
                        "longAtOnce",
                        "Lane: long at once",
                        order.longAtOnce(),
                        "on one GPU; 0 for any number"),
                OrderField.typed(
                        "longFrom",
                        "Lane: long from",
                        order.longFrom(),
                        "tokens of a prompt, 1 to 16,384"),
                OrderField.chosen(
                        "ladder",
                        "Ladder",
                        order.ladder(),
                        DesignOrder.LADDER,
                        "shorter answers, then shed, then wait"));
    }
}
