package dev.touchstone.app.internal.http;

import dev.touchstone.app.internal.edge.Entropy;
import dev.touchstone.app.internal.sizing.Question;
import dev.touchstone.app.internal.sizing.Verdict;
import dev.touchstone.capacity.Derivation;
import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.Plans;
import dev.touchstone.capacity.Refusal;
import dev.touchstone.capacity.drill.Drill;
import dev.touchstone.capacity.drill.Drills;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Plans and drills as JSON.
public final class SizingEndpoints {
    private final Entropy entropy;

    public SizingEndpoints(Entropy entropy) {
        this.entropy = entropy;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/api/plans", SizingEndpoints::plans),
                Route.get("/api/plans/{plan}", SizingEndpoints::assumed),
                Route.post("/api/plans/{plan}", SizingEndpoints::derive),
                Route.get("/api/drills", SizingEndpoints::drills),
                Route.get("/api/drills/{drill}", this::ask),
                Route.post("/api/drills/{drill}/answer", SizingEndpoints::answer));
    }

    /// A plan in a list.
    record PlanLine(String id, String title, String question) {}

    /// What to derive a plan from.
    ///
    /// @param inputs by name of input or step, as people write them
    record Inputs(Map<String, String> inputs) {}

    /// A drill in a list.
    record DrillLine(String id, String title) {}

    /// An answer to a drill, or the end of it.
    record Answer(Long seed, Optional<String> answer, Optional<Boolean> giveUp) {}

    /// The plan that a path names.
    ///
    /// @throws Problem 404 naming the nearest
    public static Plan plan(Exchange exchange) {
        try {
            return Plans.named(exchange.path("plan"));
        } catch (IllegalArgumentException e) {
            throw Problem.unknown("plan", e);
        }
    }

    /// The drill of a kind that a path names.
    ///
    /// @throws Problem 404 naming those there are
    public static Drill drill(Exchange exchange, long seed) {
        try {
            return Drills.drill(exchange.path("drill"), seed);
        } catch (IllegalArgumentException e) {
            throw Problem.unknown("drill", e);
        }
    }

    /// The seed that a query names, if it names one.
    ///
    /// @throws Problem 400 when it is no number
    public static Optional<Long> seed(Exchange exchange) {
        return exchange.query("seed").map(text -> Numbers.whole("seed", text));
    }

    private static void plans(Exchange exchange) {
        exchange.sendJson(
                200,
                Plans.ALL.stream()
                        .map(plan -> new PlanLine(plan.id(), plan.title(), plan.question()))
                        .toList());
    }

    private static void assumed(Exchange exchange) {
        exchange.sendJson(200, plan(exchange).derive().sheet());
    }

    private static void derive(Exchange exchange) {
        Plan plan = plan(exchange);
        Map<String, String> inputs = exchange.json(Inputs.class).inputs();
        inputs.forEach((name, value) -> {
            if (value == null) {
                throw Problem.badField("inputs." + name, "is null; leave it out instead");
            }
        });
        switch (plan.read(inputs)) {
            case Derivation derivation -> exchange.sendJson(200, derivation.sheet());
            case Refusal refusal -> throw Problem.of(refusal);
        }
    }

    private static void drills(Exchange exchange) {
        exchange.sendJson(
                200, Drills.ids().stream().map(id -> new DrillLine(id, Drills.title(id))).toList());
    }

    private void ask(Exchange exchange) {
        long seed = seed(exchange).orElseGet(entropy::seed);
        exchange.sendJson(200, Question.of(drill(exchange, seed)));
    }

    private static void answer(Exchange exchange) {
        Answer answer = exchange.json(Answer.class);
        Drill drill = drill(exchange, answer.seed());
        boolean givesUp = answer.giveUp().orElse(false);
        if (givesUp == answer.answer().isPresent()) {
            throw Problem.badField("answer", "send either an answer or \"giveUp\": true");
        }
        exchange.sendJson(
                200,
                answer.answer()
                        .map(text -> Verdict.of(drill, text))
                        .orElseGet(() -> Verdict.givenUp(drill)));
    }
}
