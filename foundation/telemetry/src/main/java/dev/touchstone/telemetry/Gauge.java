package dev.touchstone.telemetry;

import java.util.EnumSet;

/// Follows a level that goes up and down: queue length, memory in use, replicas.
///
/// A value holds until the next one is set and weighs as long as it has held: a queue that was 100
/// long for one second in ten has a mean of 10, however often it was set. A value replaced in the
/// same instant leaves no trace. NaN means that there is none.
public final class Gauge extends Windowed<Gauge.Held> {
    private double value = Double.NaN;
    private long sinceNanos;

    // The running window up to `sinceNanos`.
    private double area;
    private long heldNanos;
    private double min;
    private double max;

    Gauge(Telemetry telemetry, Metric metric) {
        super(
                telemetry,
                metric,
                EnumSet.of(Statistic.MEAN, Statistic.MIN, Statistic.MAX, Statistic.LAST),
                Held.NOTHING);
        clear();
    }

    /// Replaces the value from `nowNanos` on.
    public void set(long nowNanos, double newValue) {
        telemetry.advance(nowNanos);
        holdUntil(nowNanos);
        value = newValue;
    }

    /// Value last set, NaN before the first.
    public double last() {
        return value;
    }

    private void holdUntil(long nowNanos) {
        if (nowNanos > sinceNanos && !Double.isNaN(value)) {
            area += value * (nowNanos - sinceNanos);
            heldNanos += nowNanos - sinceNanos;
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        sinceNanos = nowNanos;
    }

    @Override
    Held running(long nowNanos) {
        holdUntil(nowNanos);
        return new Held(area, heldNanos, min, max, value);
    }

    @Override
    void clear() {
        area = 0;
        heldNanos = 0;
        min = Double.POSITIVE_INFINITY;
        max = Double.NEGATIVE_INFINITY;
    }

    @Override
    Held merge(Held earlier, Held later) {
        return new Held(
                earlier.area + later.area,
                earlier.heldNanos + later.heldNanos,
                Math.min(earlier.min, later.min),
                Math.max(earlier.max, later.max),
                later.last);
    }

    @Override
    double read(Statistic statistic, Held window, double seconds) {
        if (statistic == Statistic.LAST || window.heldNanos == 0) {
            return window.last;
        }
        return switch (statistic) {
            case MIN -> window.min;
            case MAX -> window.max;
            default -> window.area / window.heldNanos;
        };
    }

    /// A window in which values held for `heldNanos` in all.
    ///
    /// @param area each value times the nanoseconds it held, added up
    record Held(double area, long heldNanos, double min, double max, double last) {
        static final Held NOTHING =
                new Held(0, 0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN);
    }
}
