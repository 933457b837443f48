package dev.touchstone.capacity;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// How far an input moves a step when it is a tenth less and a tenth more than it is.
///
/// @param input what changes; a whole number changes by one at least, and none beyond its range
/// @param now the step's value as things are
/// @param less the step's value at the lesser input; empty where the plan refuses
/// @param more the step's value at the greater input; empty where the plan refuses
public record Influence(
        Input input, Quantity now, Optional<Quantity> less, Optional<Quantity> more) {
    private static final double TENTH = 1.1;

    /// The inputs that move a step, those that move it most first.
    ///
    /// @throws IllegalArgumentException when the plan has no such step
    public static List<Influence> on(Derivation derivation, String step) {
        return derivation.plan().inputs().stream()
                .filter(input -> derivation.reaches(input.id(), step))
                .map(input -> of(input, derivation, step))
                .filter(influence -> influence.reach() > 0)
                .sorted(Comparator.comparingDouble(Influence::reach).reversed())
                .toList();
    }

    /// How far the step moves, to the side to which it moves further, in base units.
    public double reach() {
        return Stream.of(less, more)
                .flatMap(Optional::stream)
                .mapToDouble(value -> Math.abs(value.base() - now.base()))
                .max()
                .orElse(0);
    }

    private static Influence of(Input input, Derivation derivation, String step) {
        double value = derivation.value(input.id()).in(input.unit());
        double lower = value / TENTH;
        double upper = value * TENTH;
        if (input.whole()) {
            lower = Math.min(Math.rint(lower), value - 1);
            upper = Math.max(Math.rint(upper), value + 1);
        }
        return new Influence(
                input,
                derivation.value(step),
                at(Math.max(lower, input.min()), input, derivation, step),
                at(Math.min(upper, input.max()), input, derivation, step));
    }

    private static Optional<Quantity> at(
            double value, Input input, Derivation derivation, String step) {
        return derivation.with(input.id(), Quantity.of(value, input.unit()))
                        instanceof Derivation moved
                ? Optional.of(moved.value(step))
                : Optional.empty();
    }
}
