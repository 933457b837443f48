package dev.touchstone.arena.internal.practice;

import dev.touchstone.arena.internal.practice.text.Amount;
import dev.touchstone.arena.internal.practice.text.Terms;
import java.time.Duration;
import java.time.LocalTime;

/// What a right answer to a question is.
public sealed interface Expectation {
    /// A number with a unit.
    record Computed(Amount amount) implements Expectation {}

    /// A time of day.
    record TimeOfDay(LocalTime at, Duration within) implements Expectation {}

    /// Words.
    record Words(Terms terms) implements Expectation {}
}
