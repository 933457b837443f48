package dev.touchstone.app.internal.pages;

import dev.touchstone.capacity.Derivation;
import dev.touchstone.capacity.Input;
import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.Quantity;
import dev.touchstone.capacity.Sweep;
import dev.touchstone.capacity.Sweep.Point;
import dev.touchstone.capacity.Unit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// A plan's curve with everything the browser needs to draw it, numbers and words.
///
/// @param x values of the input
/// @param y values of the step; gaps where the plan refuses
/// @param assumed the same step of the plan as it is; empty when nothing else was overridden
/// @param xText each value of `x` for people
/// @param yText each value of `y` for people; empty at a gap
/// @param at where the plan stands now, as x and y
/// @param gap why there are gaps; empty when there are none
@SuppressWarnings("ArrayRecordComponent") // only ever written as JSON
public record PlanChart(
        double[] x,
        double[] y,
        double[] assumed,
        List<String> xText,
        List<String> yText,
        Axis xAxis,
        Axis yAxis,
        double[] at,
        String gap) {
    private static final int POINTS = 97;

    /// A curve that rises by more than this is drawn over a logarithmic axis.
    private static final double LOGARITHMIC_FROM = 30;

    /// One axis.
    ///
    /// @param id of the input or step
    /// @param unit that its labels leave out
    public record Axis(
            String id,
            String label,
            String unit,
            double min,
            double max,
            boolean logarithmic,
            List<Double> ticks,
            List<String> tickLabels) {}

    static PlanChart of(Derivation derivation, Plan.Curve curve) {
        Plan plan = derivation.plan();
        Sweep sweep = Sweep.of(derivation, curve, POINTS);
        double[] assumed =
                derivation.given().keySet().stream().anyMatch(id -> !id.equals(curve.input()))
                        ? values(Sweep.of(plan.derive(), curve, POINTS), Point::y)
                        : new double[0];
        double[] x = values(sweep, Point::x);
        double[] y = values(sweep, Point::y);
        Unit unit = plan.unit(curve.step());
        double at = derivation.value(curve.input()).in(sweep.input().unit());
        return new PlanChart(
                x,
                y,
                assumed,
                sweep.points().stream().map(point -> text(point.x(), sweep.input())).toList(),
                sweep.points().stream().map(point -> text(point.y(), unit)).toList(),
                xAxis(sweep.input(), x),
                yAxis(plan, curve.step(), y, assumed, sweep.input().slider().logarithmic()),
                new double[] {at, derivation.value(curve.step()).in(unit)},
                gap(sweep, at));
    }

    private static double[] values(Sweep sweep, Function<Point, Double> of) {
        return sweep.points().stream().mapToDouble(of::apply).toArray();
    }

    private static String text(double value, Input input) {
        return text(value, input.unit());
    }

    private static String text(double value, Unit unit) {
        return Double.isNaN(value) ? "" : Quantity.of(value, unit).text(unit);
    }

    private static Axis xAxis(Input input, double[] x) {
        boolean logarithmic = input.slider().logarithmic() && x[0] > 0;
        double min = x[0];
        double max = x[x.length - 1];
        Ticks ticks = Ticks.of(min, max, logarithmic, input.unit());
        return new Axis(
                input.id(),
                input.label(),
                named(input.unit()),
                min,
                max,
                logarithmic,
                ticks.values(),
                ticks.labels());
    }

    private static Axis yAxis(
            Plan plan, String step, double[] y, double[] assumed, boolean mayBeLogarithmic) {
        Unit unit = plan.unit(step);
        double[] finite = Arrays.stream(y).filter(value -> !Double.isNaN(value)).sorted().toArray();
        double[] both = Arrays.stream(assumed).filter(value -> !Double.isNaN(value)).toArray();
        double least =
                Math.min(first(finite, 0), Arrays.stream(both).min().orElse(first(finite, 0)));
        double most =
                Math.max(
                        finite.length == 0 ? 1 : finite[finite.length - 1],
                        Arrays.stream(both).max().orElse(0));
        boolean logarithmic = mayBeLogarithmic && least > 0 && most / least > LOGARITHMIC_FROM;
        double min = logarithmic ? least : Math.min(0, least * 1.05);
        double max = logarithmic ? most * 1.1 : Ticks.ceiling(most, unit);
        Ticks ticks = Ticks.of(min, max, logarithmic, unit);
        return new Axis(
                step,
                plan.label(step),
                named(unit),
                min,
                max,
                logarithmic,
                ticks.values(),
                ticks.labels());
    }

    private static double first(double[] values, double otherwise) {
        return values.length == 0 ? otherwise : values[0];
    }

    /// The part of a unit that tick labels leave out.
    private static String named(Unit unit) {
        String symbol = unit.symbol();
        if (symbol.startsWith("$") || symbol.matches("(?:B|FLOP|s)(?:/.*)?")) {
            int slash = symbol.indexOf('/');
            return slash < 0 ? "" : symbol.substring(slash);
        }
        return symbol.equals("%") || symbol.equals("×") ? "" : symbol;
    }

    /// Why the plan refuses nearest to where it stands.
    private static String gap(Sweep sweep, double at) {
        Optional<Point> nearest =
                sweep.points().stream()
                        .filter(point -> !point.refusal().isEmpty())
                        .min((a, b) -> Double.compare(away(a, at), away(b, at)));
        return nearest.map(point ->
                        "At %s: %s.".formatted(text(point.x(), sweep.input()), point.refusal()))
                .orElse("");
    }

    private static double away(Point point, double at) {
        return Math.abs(point.x() - at);
    }
}
