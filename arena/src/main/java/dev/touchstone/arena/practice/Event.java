package dev.touchstone.arena.practice;

import java.time.Instant;

/// An accepted move and when it was made, by the server's clock.
public record Event(Instant at, Move move) {}
