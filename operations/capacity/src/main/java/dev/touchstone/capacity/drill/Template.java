package dev.touchstone.capacity.drill;

import dev.touchstone.capacity.Plan;
import java.util.List;
import java.util.Map;

/// A kind of drill.
///
/// @param title what it is about
/// @param plan whose inputs are drawn and whose steps are asked for
/// @param choices values to draw from for each input, as people write them; the first is the
///   classic
/// @param fits comparison that drawn values have to pass to make a sensible question
/// @param asks questions, the classic first
record Template(
        String id,
        String title,
        Plan plan,
        Map<String, List<String>> choices,
        String fits,
        List<Ask> asks) {
    /// One question of a template.
    ///
    /// @param step of the plan that answers it
    /// @param question with values as `{name}`
    /// @param unit to suggest
    /// @param alias another unit in which the same number is right, as dollars for a day are both
    ///   `$` and `$/day`; the unit itself where there is none
    /// @param whole whether only one whole number is right
    record Ask(
            String step,
            String question,
            String unit,
            String alias,
            boolean whole,
            List<Mistake> mistakes) {
        Ask(String step, String question, String unit, boolean whole, List<Mistake> mistakes) {
            this(step, question, unit, unit, whole, mistakes);
        }
    }

    /// A slip and the formula of what it gives, over the plan's names.
    record Mistake(String formula, Slip slip) {
        static final String ROUND_UP = "half a machine cannot be bought: round up at the end";

        static Mistake slip(String formula, String name, String cure) {
            return new Mistake(formula, new Slip(name, cure));
        }
    }
}
