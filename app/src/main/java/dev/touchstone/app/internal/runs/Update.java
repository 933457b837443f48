package dev.touchstone.app.internal.runs;

import dev.touchstone.arena.Action;
import dev.touchstone.arena.Observation;

/// What a viewer is told: where the run stands, and the telemetry it has not seen yet.
///
/// @param speed virtual seconds a wall second while it plays
/// @param publication grows with every change that viewers are told of
public record Update(
        Observation observation, boolean playing, int speed, Frame frame, long publication) {
    /// Things done so far, waiting aside: a page that shows fewer is out of date. Survives a
    /// restart, since the log does.
    public int revision() {
        long done =
                observation.log().stream()
                        .filter(entry -> !(entry.action() instanceof Action.Wait))
                        .count();
        return Math.toIntExact(done) + observation.cited().size();
    }
}
