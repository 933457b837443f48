package dev.touchstone.arena.internal.grading;

import dev.touchstone.arena.Action;
import dev.touchstone.arena.ContentException;
import dev.touchstone.arena.Outcome;
import dev.touchstone.arena.Report;
import dev.touchstone.arena.internal.DeploymentFactory;
import dev.touchstone.arena.internal.content.IncidentPlan;
import dev.touchstone.arena.internal.content.Variant;
import dev.touchstone.arena.internal.play.Played;
import dev.touchstone.arena.internal.play.SimulatedRun;
import dev.touchstone.arena.internal.play.Simulation;
import dev.touchstone.arena.internal.play.Trajectory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The runs that a player's is held against, on the same seed; for the incidents of one catalogue.
///
/// They are simulated when first asked for and kept for a while: the last [#MOST_KEPT] incidents
/// and seeds. Safe for use by several threads; two that ask for the same at once may both simulate
/// it.
public final class References {
    private static final int MOST_KEPT = 24;

    private final Map<Key, Reference> kept =
            new LinkedHashMap<>(MOST_KEPT, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, Reference> eldest) {
                    return size() > MOST_KEPT;
                }
            };

    /// The references of an incident and seed.
    Reference of(IncidentPlan plan, DeploymentFactory factory, long seed) {
        var key = new Key(plan.incident().id(), seed);
        synchronized (kept) {
            Reference known = kept.get(key);
            if (known != null) {
                return known;
            }
        }
        var reference =
                new Reference(
                        expert(plan, factory, seed),
                        nobody(plan, factory, seed),
                        twin(plan, factory, seed));
        synchronized (kept) {
            kept.put(key, reference);
        }
        return reference;
    }

    private static Played expert(IncidentPlan plan, DeploymentFactory factory, long seed) {
        var run =
                new SimulatedRun(
                        plan,
                        seed,
                        new Simulation(plan, factory, seed, true, false),
                        _ -> ungraded());
        Variant variant = plan.variant(seed);
        for (int i = 0; i < variant.expert().size(); i++) {
            Action action = variant.expert().get(i);
            if (run.act(action) instanceof Outcome.Refused(Outcome.Kind kind, String reason)) {
                throw new ContentException(
                        "%s: variant '%s': expert[%d] (%s) is refused as %s on seed %d: %s"
                                .formatted(
                                        plan.file(),
                                        variant.title(),
                                        i,
                                        action,
                                        kind,
                                        seed,
                                        reason));
            }
        }
        return run.finish();
    }

    private static Trajectory nobody(IncidentPlan plan, DeploymentFactory factory, long seed) {
        return untouched(plan, new Simulation(plan, factory, seed, true, true));
    }

    private static Trajectory twin(IncidentPlan plan, DeploymentFactory factory, long seed) {
        return untouched(plan, new Simulation(plan, factory, seed, false, true));
    }

    private static Trajectory untouched(IncidentPlan plan, Simulation simulation) {
        simulation.advanceTo(plan.incident().clock());
        return simulation.trajectory(List.of());
    }

    private static Report ungraded() {
        throw new IllegalStateException("a reference run is not graded");
    }

    /// @param expert the variant's expert script, played
    /// @param nobody the deployment left alone
    /// @param twin the deployment left alone and without the fault
    record Reference(Played expert, Trajectory nobody, Trajectory twin) {}

    private record Key(String incident, long seed) {}
}
