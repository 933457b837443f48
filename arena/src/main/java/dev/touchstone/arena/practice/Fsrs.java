package dev.touchstone.arena.practice;

import java.time.Instant;
import java.util.Optional;

/// The Free Spaced Repetition Scheduler, version 6.
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable", "InlineMeSuggester"})
public final class Fsrs {
    private Fsrs() {}

    /// For cards and errors: short steps of 1 and 10 minutes first, as in py-fsrs.
    public static Fsrs cards() {
        return new Fsrs();
    }

    /// For challenges and drills: no short steps, first due after 2 to 3 days.
    public static Fsrs challenges() {
        return new Fsrs();
    }

    /// What is remembered after a review.
    ///
    /// @param before empty at the first review
    public Memory review(Optional<Memory> before, Rating rating, Instant now) {
        throw new UnsupportedOperationException();
    }

    /// The probability that it is recalled at this time.
    public double retrievability(Memory memory, Instant now) {
        throw new UnsupportedOperationException();
    }
}
