package dev.touchstone.arena.practice;

import dev.touchstone.capacity.Derivation;
import dev.touchstone.capacity.drill.Drill;
import dev.touchstone.capacity.drill.Grade;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An attempt at a drill: a few answers against the clock, each judged at once. It is over when one
/// is right, the tries or the time are used up, or it is given up; then the derivation is open.
///
/// An answer that cannot be read, or lacks its unit, costs no try.
///
/// The rating of the outcome: easy when the first try is right within half the time, good when the
/// first is right, hard when a later one is, else again.
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable", "InlineMeSuggester"})
public final class DrillAttempt implements Attempt {
    /// An answer and what it is worth.
    public record Try(Instant at, String text, Optional<Integer> certainty, Grade grade) {}

    private final Drill drill;

    DrillAttempt(Drill drill) {
        this.drill = drill;
    }

    @Override
    public Item item() {
        return Item.drill(drill.id());
    }

    public String title() {
        return drill.title();
    }

    public String question() {
        return drill.question();
    }

    /// What the answer is measured in; another unit of the same kind does as well.
    public String unit() {
        return drill.unit().symbol();
    }

    /// Whether only one whole number is right.
    public boolean whole() {
        return drill.whole();
    }

    @Override
    public Instant started() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Instant> deadline() {
        throw new UnsupportedOperationException();
    }

    /// Time left; zero when it is over.
    public Duration left(Instant now) {
        throw new UnsupportedOperationException();
    }

    /// Answers so far.
    public List<Try> tries() {
        return new ArrayList<>();
    }

    /// Answers that may still be judged.
    public int triesLeft() {
        throw new UnsupportedOperationException();
    }

    /// Whether it is over. A passed deadline ends it once a move is made: [Move.GiveUp].
    public boolean over() {
        throw new UnsupportedOperationException();
    }

    /// The right answer for people, once it is over: `429.5 GB (400 GiB)`.
    public Optional<String> answer() {
        throw new UnsupportedOperationException();
    }

    /// How the answer comes about, once it is over.
    public Optional<Derivation> derivation() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Decision decide(Move move, Instant now) {
        throw new UnsupportedOperationException();
    }

    @Override
    public DrillAttempt apply(Event event) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Outcome> outcome() {
        throw new UnsupportedOperationException();
    }
}
