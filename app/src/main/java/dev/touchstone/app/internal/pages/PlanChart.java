package dev.touchstone.app.internal.pages;

import dev.touchstone.capacity.Derivation;
import dev.touchstone.capacity.Input;
import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.Quantity;
import dev.touchstone.capacity.Sweep;
import dev.touchstone.capacity.Sweep.Point;
import dev.touchstone.capacity.Unit;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.DoubleStream;

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
                sweep.points().stream().map(point -> sweep.input().text(point.x())).toList(),
                sweep.points().stream().map(point -> text(point.y(), unit)).toList(),
                xAxis(sweep.input(), x),
                yAxis(plan, curve.step(), y, assumed, sweep.input().slider().logarithmic()),
                new double[] {at, derivation.value(curve.step()).in(unit)},
                gap(sweep, at));
    }

    private static double[] values(Sweep sweep, Function<Point, Double> of) {
        return sweep.points().stream().mapToDouble(of::apply).toArray();
    }

    private static String text(double value, Unit unit) {
        return Double.isNaN(value) ? "" : Quantity.of(value, unit).text(unit);
    }

    private static Axis xAxis(Input input, double[] x) {
        double least = x[0];
        double most = x[x.length - 1];
        boolean logarithmic = input.slider().logarithmic() && least > 0;
        return axis(input.id(), input.label(), input.unit(), new Span(least, most, logarithmic));
    }

    private static Axis yAxis(
            Plan plan, String step, double[] y, double[] assumed, boolean mayBeLogarithmic) {
        Unit unit = plan.unit(step);
        DoubleSummaryStatistics seen =
                DoubleStream.concat(Arrays.stream(y), Arrays.stream(assumed))
                        .filter(value -> !Double.isNaN(value))
                        .summaryStatistics();
        double least = seen.getCount() == 0 ? 0 : seen.getMin();
        double most = seen.getCount() == 0 ? 1 : Math.max(0, seen.getMax());
        boolean logarithmic = mayBeLogarithmic && least > 0 && most / least > LOGARITHMIC_FROM;
        Span span =
                logarithmic
                        ? new Span(least, most * 1.1, true)
                        : new Span(Math.min(0, least * 1.05), Ticks.ceiling(most, unit), false);
        return axis(step, plan.label(step), unit, span);
    }

    private record Span(double min, double max, boolean logarithmic) {}

    private static Axis axis(String id, String label, Unit unit, Span span) {
        Ticks ticks = Ticks.of(span.min, span.max, span.logarithmic, unit);
        return new Axis(
                id,
                label,
                Ticks.named(unit),
                span.min,
                span.max,
                span.logarithmic,
                ticks.values(),
                ticks.labels());
    }

    /// Why the plan refuses nearest to where it stands.
    private static String gap(Sweep sweep, double at) {
        Optional<Point> nearest =
                sweep.points().stream()
                        .filter(point -> !point.refusal().isEmpty())
                        .min((a, b) -> Double.compare(away(a, at), away(b, at)));
        return nearest.map(point ->
                        "At %s: %s.".formatted(sweep.input().text(point.x()), point.refusal()))
                .orElse("");
    }

    private static double away(Point point, double at) {
        return Math.abs(point.x() - at);
    }
}
