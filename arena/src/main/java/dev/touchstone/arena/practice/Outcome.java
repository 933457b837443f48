package dev.touchstone.arena.practice;

import java.time.Instant;
import java.util.List;

/// What a finished attempt comes to: what the schedule and the progress page keep of it.
///
/// @param at when it was finished
/// @param attempted false when it was given up
/// @param rating for the schedule; how it comes about is said at each kind of attempt
/// @param level of a challenge; [Level#NONE] otherwise
/// @param dimensions of a challenge; otherwise empty
/// @param found facts of a challenge that were found, or right answers otherwise
/// @param facts there are, or answers given
/// @param certainty points for certainty
/// @param note what was missed and why, in the person's words
public record Outcome(
        Item item,
        Instant started,
        Instant at,
        boolean attempted,
        Rating rating,
        Level level,
        List<Dimension> dimensions,
        int found,
        int facts,
        int certainty,
        String note) {
    public Outcome {
        dimensions = List.copyOf(dimensions);
    }

    /// A dimension, as the person graded it and as the evidence did.
    public record Dimension(String id, Level self, Level evidence) {}
}
