package dev.touchstone.arena.practice;

import java.time.Duration;
import java.time.Instant;

/// What [Fsrs] knows of an item in somebody's memory.
///
/// @param step which of the short learning steps comes next; 0 in review
/// @param stability days after which it is recalled with 90 % probability
/// @param difficulty 1 (easy) to 10
/// @param reviewed when it was last reviewed
/// @param due when it should be reviewed again
public record Memory(
        State state, int step, double stability, double difficulty, Instant reviewed, Instant due) {
    /// How settled it is.
    public enum State {
        /// New: short steps first.
        LEARNING,
        /// Settled: whole days.
        REVIEW,
        /// Forgotten: short steps again.
        RELEARNING
    }

    /// Whether it should be reviewed by now.
    public boolean isDue(Instant now) {
        return !now.isBefore(due);
    }

    /// Whole days past due; 0 before and on the day.
    public long overdueDays(Instant now) {
        return Math.max(0, Duration.between(due, now).toDays());
    }
}
