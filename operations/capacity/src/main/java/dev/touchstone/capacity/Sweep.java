package dev.touchstone.capacity;

import java.util.ArrayList;
import java.util.List;

/// One step of a plan over the range of one input, everything else as it is.
///
/// @param input what changes
/// @param step what is read off
/// @param points in the order of the input's values
public record Sweep(Input input, String step, List<Point> points) {
    public Sweep {
        points = List.copyOf(points);
    }

    /// One derivation.
    ///
    /// @param x value of the input, in its unit
    /// @param y value of the step, in its unit; not a number where the plan refuses
    /// @param refusal why it does; empty where it does not
    public record Point(double x, double y, String refusal) {}

    /// Derives a step for values of an input all along its slider.
    ///
    /// @param count of derivations, at most; whole numbers may be fewer
    /// @throws IllegalArgumentException when the plan has no such input or step
    public static Sweep of(Derivation from, Plan.Curve curve, int count) {
        Plan plan = from.plan();
        Input input = plan.input(curve.input());
        Unit unit = plan.unit(curve.step());
        var points = new ArrayList<Point>();
        double before = Double.NaN;
        for (int i = 0; i < count; i++) {
            double x = input.slider().at((double) i / (count - 1));
            x = input.whole() ? Math.rint(x) : x;
            if (x == before) {
                continue;
            }
            before = x;
            points.add(
                    switch (from.with(input.id(), Quantity.of(x, input.unit()))) {
                        case Derivation derived ->
                                new Point(x, derived.value(curve.step()).in(unit), "");
                        case Refusal(_, String reason) -> new Point(x, Double.NaN, reason);
                    });
        }
        return new Sweep(input, curve.step(), points);
    }
}
