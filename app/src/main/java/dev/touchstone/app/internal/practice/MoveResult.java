package dev.touchstone.app.internal.practice;

import dev.touchstone.arena.practice.Decision;

/// What came of a move.
public sealed interface MoveResult {
    /// It is stored; this is the attempt after it.
    record Accepted(Sitting sitting) implements MoveResult {}

    /// It was refused; nothing has changed.
    record Refused(Decision.Kind kind, String reason, Sitting sitting) implements MoveResult {}
}
