package dev.touchstone.app.internal.practice;

import dev.touchstone.arena.practice.Item;
import dev.touchstone.arena.practice.Level;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// How somebody is doing.
///
/// @param counts finished attempts by kind of item
/// @param calibration one's own grades against the evidence, oldest first
/// @param dimensions history of each dimension of each challenge, oldest first
/// @param certainty points for certainty, one entry per finished attempt that has any, oldest first
/// @param stuck dimensions without gain in two re-attempts
public record Progress(
        Map<Item.Kind, Integer> counts,
        List<Calibration> calibration,
        List<History> dimensions,
        List<Certainty> certainty,
        List<Stuck> stuck) {
    public Progress {
        counts = Map.copyOf(counts);
        calibration = List.copyOf(calibration);
        dimensions = List.copyOf(dimensions);
        certainty = List.copyOf(certainty);
        stuck = List.copyOf(stuck);
    }

    /// One attempt: means over its dimensions, 0 for no level to 4 for principal.
    public record Calibration(Instant at, Item item, double self, double evidence) {}

    /// A dimension over time.
    public record History(Item item, String dimension, String title, List<Point> points) {
        public History {
            points = List.copyOf(points);
        }
    }

    /// A dimension in one attempt.
    public record Point(Instant at, Level self, Level evidence) {}

    /// Points for certainty in one attempt.
    public record Certainty(Instant at, Item item, int points) {}

    /// A dimension that does not move, with what to read.
    public record Stuck(Item item, String dimension, String title, String reading) {}
}
