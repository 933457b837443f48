package dev.touchstone.arena.practice;

import java.time.Instant;

/// An accepted move and when it was made, by the server's clock.
public record Event(Instant at, Move move) {
    /// The event of a move that is made after this one. Clocks are set back; an attempt's events
    /// never go back in time.
    Event then(Move next, Instant now) {
        return new Event(now.isBefore(at) ? at : now, next);
    }
}
