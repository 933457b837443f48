package dev.touchstone.arena.internal.practice;

import dev.touchstone.arena.practice.Back;
import dev.touchstone.arena.practice.Face;
import dev.touchstone.arena.practice.Key;
import java.util.Optional;

/// A card, or an error to spot: its front, and under lock its back and what a right answer is.
public final class Flashcard {
    private final Face face;
    private final Sealed<Back> back;
    private final Sealed<Optional<Expectation>> expectation;

    /// @param expectation empty where an answer cannot be checked
    public Flashcard(Face face, Back back, Optional<Expectation> expectation) {
        this.face = face;
        this.back = Sealed.of(back, Key::opensAnswer);
        this.expectation = Sealed.of(expectation, Key::opensAnswer);
    }

    public Face face() {
        return face;
    }

    public Sealed<Back> back() {
        return back;
    }

    public Sealed<Optional<Expectation>> expectation() {
        return expectation;
    }
}
