package dev.touchstone.arena.practice;

import dev.touchstone.arena.design.FleetDesign;
import dev.touchstone.arena.design.TrialResult;
import java.time.Instant;
import java.util.List;

/// A design that was run within an attempt.
///
/// @param at when its run was over
/// @param results under [DesignTrial#TIMES] the challenge's load, in that order
/// @param counts whether it is evidence: it was run before the model answer was open
public record TriedDesign(
        Instant at, FleetDesign design, List<TrialResult> results, boolean counts) {
    public TriedDesign {
        results = List.copyOf(results);
    }

    /// What it came to under the challenge's own load.
    public TrialResult atLoad() {
        return results.getFirst();
    }
}
