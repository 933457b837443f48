package dev.touchstone.app.internal.http;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.practice.MoveResult;
import dev.touchstone.app.internal.practice.PracticeDesk;
import dev.touchstone.app.internal.practice.Sitting;
import dev.touchstone.app.internal.simulate.DesignJson;
import dev.touchstone.app.internal.simulate.DesignOrder;
import dev.touchstone.app.internal.simulate.DesignRun;
import dev.touchstone.app.internal.simulate.DesignStudy;
import dev.touchstone.app.internal.simulate.Run;
import dev.touchstone.app.internal.simulate.Simulations;
import dev.touchstone.arena.design.DesignTrial;
import dev.touchstone.arena.design.FleetDesign;
import dev.touchstone.arena.practice.Attempt;
import dev.touchstone.arena.practice.ChallengeAttempt;
import dev.touchstone.arena.practice.Decision;
import dev.touchstone.arena.practice.Item;
import dev.touchstone.arena.practice.Move;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Designs for the chat challenge as JSON: have one tried, look how far it is, stop it.
public final class DesignEndpoints {
    private final Simulations simulations;
    private final PracticeDesk desk;

    public DesignEndpoints(Simulations simulations, PracticeDesk desk) {
        this.simulations = simulations;
        this.desk = desk;
    }

    public List<Route> routes() {
        return List.of(
                Route.post("/api/designs", this::start),
                Route.get("/api/designs/{simulation}", this::look),
                Route.post("/api/designs/{simulation}/stop", this::stop),
                Route.post("/api/attempts/{attempt}/designs", this::startWithin));
    }

    /// How a trial stands.
    ///
    /// @param order what was asked for, with what was left out
    /// @param progress of what it is doing, 0 to 1
    /// @param result as `touchstone simulate design --json` writes it, once it is over
    record Document(
            String id,
            DesignOrder order,
            boolean over,
            String doing,
            double progress,
            Optional<String> failure,
            Optional<Map<String, @Nullable Object>> result) {}

    /// Starts to try a design.
    ///
    /// @throws Problem 400 with the field that cannot be, or 503 when too many are running
    public static DesignRun start(Simulations simulations, DesignOrder order) {
        try {
            return simulations.start(order).orElseThrow(SimulationEndpoints::busy);
        } catch (Json.Malformed e) {
            throw Problem.malformed(e);
        }
    }

    /// Starts to run a design within an attempt; what comes of it is kept there.
    ///
    /// @throws Problem 400 with the field that cannot be, 409 when the attempt takes no design now,
    ///   422 when it has none to run, or 503 when too many are running
    public static DesignRun start(
            Simulations simulations, PracticeDesk desk, Sitting sitting, DesignOrder order) {
        if (!(sitting.attempt() instanceof ChallengeAttempt attempt)) {
            throw Problem.of(Decision.Kind.MALFORMED, "only a challenge has a fleet to run");
        }
        attempt.noDesign(sitting.now())
                .ifPresent(refused -> {
                    throw Problem.of(refused.kind(), refused.reason());
                });
        if (simulations.latest(sitting.id()).filter(run -> !run.state().over()).isPresent()) {
            throw Problem.of(
                    Decision.Kind.TOO_EARLY,
                    "a design of this attempt is being run; wait for it or stop it");
        }
        try {
            return simulations
                    .start(
                            order,
                            new DesignRun.Keeper(sitting.id(), study -> keep(desk, sitting, study)))
                    .orElseThrow(SimulationEndpoints::busy);
        } catch (Json.Malformed e) {
            throw Problem.malformed(e);
        }
    }

    private static void keep(PracticeDesk desk, Sitting sitting, DesignStudy study) {
        var move =
                new Move.TryDesign(
                        study.design(), study.trials().stream().map(DesignTrial::result).toList());
        if (desk.move(sitting.profile(), sitting.id(), move)
                instanceof MoveResult.Refused refused) {
            throw new IllegalStateException("run, but not kept: " + refused.reason());
        }
    }

    /// The trial that a path names.
    ///
    /// @throws Problem 404
    public static DesignRun design(Simulations simulations, Exchange exchange) {
        String id = exchange.path("simulation");
        return simulations
                .find(id, DesignRun.class)
                .orElseThrow(() -> Problem.unknown("design", id));
    }

    /// Whether somebody has opened the challenge's answer, and so may see what the load needs: the
    /// challenge asks for just that.
    public static boolean open(PracticeDesk desk, String profile) {
        Item item = Item.challenge(FleetDesign.CHALLENGE);
        return desk.attempts(profile).stream()
                .filter(attempt -> attempt.item().equals(item))
                .anyMatch(attempt ->
                        attempt.outcome().isPresent()
                                || answered(desk.sitting(profile, attempt.id()).attempt()));
    }

    private static boolean answered(Attempt attempt) {
        return attempt instanceof ChallengeAttempt challenge && challenge.solution().isPresent();
    }

    private void start(Exchange exchange) {
        DesignRun run = start(simulations, exchange.json(DesignOrder.class));
        exchange.header("Location", "/api/designs/" + run.id());
        exchange.sendJson(201, document(run, exchange));
    }

    private void startWithin(Exchange exchange) {
        Sitting sitting =
                desk.sitting(PracticeEndpoints.profile(exchange), exchange.path("attempt"));
        DesignRun run = start(simulations, desk, sitting, exchange.json(DesignOrder.class));
        exchange.header("Location", "/api/designs/" + run.id());
        exchange.sendJson(201, document(run, exchange));
    }

    private void look(Exchange exchange) {
        exchange.sendJson(200, document(design(simulations, exchange), exchange));
    }

    private void stop(Exchange exchange) {
        DesignRun run = design(simulations, exchange);
        run.stop();
        exchange.sendJson(202, document(run, exchange));
    }

    private Document document(DesignRun run, Exchange exchange) {
        Run.State<DesignStudy> state = run.state();
        boolean open = state.over() && open(desk, PracticeEndpoints.profile(exchange));
        return new Document(
                run.id(),
                run.order(),
                state.over(),
                state.doing(),
                state.progress(),
                Optional.of(state.failure()).filter(text -> !text.isEmpty()),
                state.result().map(study -> DesignJson.document(study, open)));
    }
}
