package dev.touchstone.arena.internal.play;

import dev.touchstone.arena.internal.content.IncidentPlan;
import dev.touchstone.arena.internal.content.Variant;
import dev.touchstone.arena.internal.rules.Story;
import java.util.Map;

/// A run to the end of its clock: everything that a grade is made of.
///
/// @param figures the deployment's figures at three moments of the player's run
/// @param hash the event log's, which covers seed, actions and simulation
public record Played(
        IncidentPlan plan,
        long seed,
        Story story,
        Trajectory trajectory,
        Snapshots figures,
        String hash) {

    /// The variant that the seed chose.
    public Variant variant() {
        return plan.variant(seed);
    }

    /// Figures before the fault, at the page and at the end of the clock.
    public record Snapshots(
            Map<String, Double> before, Map<String, Double> atPage, Map<String, Double> atEnd) {
        public Snapshots {
            before = Map.copyOf(before);
            atPage = Map.copyOf(atPage);
            atEnd = Map.copyOf(atEnd);
        }
    }
}
