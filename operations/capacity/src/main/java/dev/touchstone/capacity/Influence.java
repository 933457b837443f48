package dev.touchstone.capacity;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// How far an input moves a step when it is a tenth less and a tenth more than it is.
///
/// @param input what changes; a whole number changes by one at least
/// @param less the step's value at the lesser input
/// @param more the step's value at the greater input
public record Influence(Input input, Quantity less, Quantity more) {
    private static final double TENTH = 1.1;

    /// The inputs that move a step, those that move it most first. An input that is at a limit, or
    /// beyond which the plan refuses, moves it to one side only.
    ///
    /// @throws IllegalArgumentException when the plan has no such step
    public static List<Influence> on(Derivation derivation, String step) {
        return derivation.plan().inputs().stream()
                .filter(input -> derivation.reaches(input.id(), step))
                .flatMap(input -> of(input, derivation, step).stream())
                .sorted(Comparator.comparingDouble(Influence::reach).reversed())
                .toList();
    }

    /// How far apart the two values are, in base units.
    public double reach() {
        return Math.abs(more.base() - less.base());
    }

    private static Optional<Influence> of(Input input, Derivation derivation, String step) {
        double value = derivation.value(input.id()).in(input.unit());
        double lower = value / TENTH;
        double upper = value * TENTH;
        if (input.whole()) {
            lower = Math.min(Math.rint(lower), value - 1);
            upper = Math.max(Math.rint(upper), value + 1);
        }
        var influence =
                new Influence(
                        input,
                        at(Math.max(lower, input.min()), input, derivation, step),
                        at(Math.min(upper, input.max()), input, derivation, step));
        return influence.reach() > 0 ? Optional.of(influence) : Optional.empty();
    }

    private static Quantity at(double value, Input input, Derivation derivation, String step) {
        return derivation.with(input.id(), Quantity.of(value, input.unit()))
                        instanceof Derivation moved
                ? moved.value(step)
                : derivation.value(step);
    }
}
