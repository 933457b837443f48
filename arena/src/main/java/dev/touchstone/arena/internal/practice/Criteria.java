package dev.touchstone.arena.internal.practice;

import dev.touchstone.arena.internal.practice.text.Amount;
import dev.touchstone.arena.internal.practice.text.Terms;
import dev.touchstone.arena.practice.EvidenceGrade.Asks;
import dev.touchstone.arena.practice.Level;
import dev.touchstone.capacity.Quantity;
import dev.touchstone.capacity.Unit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a written answer is held against.
///
/// @param questions by section of the form
/// @param slips wrong statements that can be looked for, fatal ones among them
public record Criteria(
        Map<String, Expectation> questions,
        List<Fact> facts,
        List<Wrong> slips,
        Optional<Limit> budget) {
    public Criteria {
        questions = Map.copyOf(questions);
        facts = List.copyOf(facts);
        slips = List.copyOf(slips);
    }

    /// A fact to look for: by a number, by words, by both, or by the design that was run.
    public record Fact(
            String id,
            String dimension,
            Level level,
            Optional<Asks> asks,
            String what,
            Optional<Amount> number,
            Optional<Terms> terms,
            Optional<Ran> ran) {}

    /// What a run is asked.
    public enum Ran {
        /// Whether the fleet that was run is the one that was written down.
        GPUS,
        /// Whether it keeps the promise under the challenge's load.
        PROMISE,
        /// Whether it costs what was written, and no more than it may.
        COST
    }

    /// Something wrong to look for.
    ///
    /// @param fatal whether it must not be done, or is a mistake
    public record Wrong(boolean fatal, String text, String because, Terms terms) {}

    /// What the rows of the budget may add up to.
    public record Limit(Quantity limit, Unit unit) {}
}
