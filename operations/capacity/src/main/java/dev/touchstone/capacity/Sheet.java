package dev.touchstone.capacity;

import java.util.List;

/// A derivation as text and numbers, ready for a terminal, a page or JSON.
///
/// @param plan id of the plan
/// @param question what the plan answers
/// @param headline ids of the steps to look at first, the most important first
public record Sheet(
        String plan,
        String title,
        String question,
        List<String> headline,
        List<Given> inputs,
        List<Step> steps,
        List<Check> checks) {
    public Sheet {
        headline = List.copyOf(headline);
        inputs = List.copyOf(inputs);
        steps = List.copyOf(steps);
        checks = List.copyOf(checks);
    }

    /// An input and the value used.
    ///
    /// @param text the value with its unit, for people
    /// @param number the value in `unit`
    /// @param min least number allowed
    /// @param max greatest number allowed
    /// @param slider where a slider should run
    /// @param overridden whether it differs from what the plan assumes because somebody said so
    public record Given(
            String id,
            String label,
            String text,
            double number,
            String unit,
            double min,
            double max,
            boolean whole,
            Input.Slider slider,
            String source,
            boolean overridden) {}

    /// One line of the derivation.
    ///
    /// @param formula with names in it
    /// @param substitution the formula with values in it
    /// @param text the value with its unit, for people
    /// @param binary the same in GiB and the like, where the unit is bytes; else empty
    /// @param number the value in `unit`
    /// @param note the assumption behind it, or what to make of it
    /// @param given whether somebody gave the value, so that the formula was not used
    public record Step(
            String id,
            String label,
            Role role,
            String formula,
            String substitution,
            String text,
            String binary,
            double number,
            String unit,
            String note,
            boolean given) {}

    /// What a step is there for.
    public enum Role {
        /// Leads to a result.
        STEP,
        /// Answers the plan's question.
        RESULT,
        /// Shows what a common mistake would give; nothing else depends on it.
        SLIP
    }

    /// A test of the results against something known otherwise.
    ///
    /// @param substitution the comparison with values in it
    public record Check(String label, boolean holds, String substitution) {}
}
