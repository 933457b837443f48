package dev.touchstone.arena.internal;

import dev.touchstone.simulation.EventLog;
import java.util.Map;

/// What a deployment is built from. Times are nanoseconds since the run's start.
///
/// @param seed decides every random draw
/// @param parameters the variant's, from the incident file
/// @param faulty whether the change that breaks the deployment is made; the healthy twin is the
///   same seed without it
/// @param pageNanos when the player is paged, which is how long the history is
/// @param endNanos when the clock runs out
/// @param log takes what happens, so that two runs can be compared by its hash
public record Scene(
        long seed,
        Map<String, Double> parameters,
        boolean faulty,
        long pageNanos,
        long endNanos,
        EventLog log) {
    public Scene {
        parameters = Map.copyOf(parameters);
    }
}
