package dev.touchstone.arena.practice;

import java.time.Instant;
import java.util.Optional;

/// An attempt at a flash card or at an error to spot: answer it, or only think it, turn it, and say
/// how well it was known.
///
/// A card's rating is what the person says ([Move.Rate]).
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable", "InlineMeSuggester"})
public final class CardAttempt implements Attempt {
    private final Face face;

    CardAttempt(Face face) {
        this.face = face;
    }

    public Face face() {
        return face;
    }

    @Override
    public Item item() {
        return face.item();
    }

    @Override
    public Instant started() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Instant> deadline() {
        return Optional.empty();
    }

    /// What was typed.
    public Optional<Written> typed() {
        throw new UnsupportedOperationException();
    }

    /// The back, once turned.
    public Optional<Back> back() {
        throw new UnsupportedOperationException();
    }

    /// What the typed answer is worth, once turned, where that can be checked.
    public Optional<Check> check() {
        throw new UnsupportedOperationException();
    }

    /// What the check suggests as a rating: good or easy when right, by certainty; else again.
    public Optional<Rating> suggested() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Decision decide(Move move, Instant now) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CardAttempt apply(Event event) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Outcome> outcome() {
        throw new UnsupportedOperationException();
    }
}
