package dev.touchstone.capacity.drill;

import java.util.List;

/// What an answer is worth.
public sealed interface Grade {
    /// Close enough, in a unit that measures the right thing.
    ///
    /// @param deviation from the exact value, as a share of it
    record Right(double deviation) implements Grade {}

    /// A number of the right kind, and not the right one.
    ///
    /// @param slips that would give it, the likeliest first; empty when none would
    /// @param factor how many times the exact value it is
    record Wrong(List<Slip> slips, double factor) implements Grade {
        public Wrong {
            slips = List.copyOf(slips);
        }
    }

    /// A bare number where a unit matters.
    ///
    /// @param fits whether it would be right in the unit that was asked for
    /// @param reason what to write
    record UnitMissing(boolean fits, String reason) implements Grade {}

    /// A quantity of another kind, such as seconds where bytes were asked for.
    record WrongMeasure(String reason) implements Grade {}

    /// Not a number with a known unit.
    record Unreadable(String reason) implements Grade {}
}
