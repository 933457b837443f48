package dev.touchstone.telemetry;

import java.util.EnumSet;
import java.util.List;

/// Collects values whose spread matters: latencies, lengths, scores.
///
/// Recorded are whole numbers of a fine unit, such as nanoseconds; read are values in the metric's
/// own unit, such as seconds. Quantiles are too high by less than 1 % of themselves and never too
/// low, the same for one window and for any stretch of windows pooled; count, mean, min and max are
/// exact. A closed window takes 12 bytes for each distinct value, to the same 1 %, that occurred in
/// it: 3 kB where values spread over a factor of four, 10 kB over a factor of a hundred. The
/// running window takes more, once for each distribution: 30 kB for up to a minute in nanoseconds.
///
/// Ranges are as in [#series]: all windows that overlap `[fromNanos, toNanos)`, whole. What is
/// asked of an empty range is NaN.
@SuppressWarnings("exports") // the superclass is not for outsiders, nor is what it keeps
public final class Distribution extends Windowed<Histogram> {
    private final long valuesPerUnit;
    private final Buckets running = new Buckets();
    private long totalCount;
    private double totalSum;

    Distribution(Telemetry telemetry, Metric metric, long valuesPerUnit) {
        super(
                telemetry,
                metric,
                EnumSet.complementOf(EnumSet.of(Statistic.LAST)),
                new Buckets().histogram());
        this.valuesPerUnit = valuesPerUnit;
    }

    /// Records one value.
    public void record(long nowNanos, long value) {
        record(nowNanos, value, 1);
    }

    /// Records a value that occurred `count` times.
    public void record(long nowNanos, long value, long count) {
        if (value < 0 || count < 1) {
            throw new IllegalArgumentException(
                    "%s takes values from 0, each at least once; got %d, %d times"
                            .formatted(metric().id(), value, count));
        }
        telemetry.advance(nowNanos);
        running.add(value, count);
        totalCount += count;
        totalSum += (double) value * count;
    }

    /// Recorded values in one unit of the metric: 1,000,000,000 for nanoseconds read as seconds.
    public long valuesPerUnit() {
        return valuesPerUnit;
    }

    /// Number of values since the beginning.
    public long count() {
        return totalCount;
    }

    /// Sum of all values since the beginning.
    public double sum() {
        return totalSum / valuesPerUnit;
    }

    /// Number of values.
    public long count(long fromNanos, long toNanos) {
        return pool(fromNanos, toNanos).count();
    }

    /// Mean of the values.
    public double mean(long fromNanos, long toNanos) {
        return pool(fromNanos, toNanos).mean() / valuesPerUnit;
    }

    /// Greatest value.
    public double max(long fromNanos, long toNanos) {
        return pool(fromNanos, toNanos).greatest() / valuesPerUnit;
    }

    /// Least value that a share `q` of the values does not exceed.
    ///
    /// @param q from 0 to 1: 0.99 for the 99th percentile
    public double quantile(double q, long fromNanos, long toNanos) {
        return pool(fromNanos, toNanos).quantile(q) / valuesPerUnit;
    }

    /// Share of the values above `threshold`; values within 1 % of it may count as not above.
    public double fractionAbove(double threshold, long fromNanos, long toNanos) {
        return pool(fromNanos, toNanos).fractionAbove(Math.round(threshold * valuesPerUnit));
    }

    private Histogram pool(long fromNanos, long toNanos) {
        return pool(windows(fromNanos, toNanos));
    }

    private Histogram pool(List<Histogram> windows) {
        Buckets pool = telemetry.scratch();
        pool.clear();
        windows.forEach(pool::add);
        return pool.histogram();
    }

    @Override
    String kind() {
        return super.kind() + ", %d recorded values in one".formatted(valuesPerUnit);
    }

    @Override
    Histogram running(long nowNanos) {
        return running.histogram();
    }

    @Override
    void clear() {
        running.clear();
    }

    @Override
    Histogram merge(Histogram earlier, Histogram later) {
        return pool(List.of(earlier, later));
    }

    @Override
    double read(Statistic statistic, Histogram window, double seconds) {
        return switch (statistic) {
            case RATE -> seconds == 0 ? Double.NaN : window.count() / seconds;
            case MEAN -> window.mean() / valuesPerUnit;
            case MIN -> window.least() / valuesPerUnit;
            case MAX -> window.greatest() / valuesPerUnit;
            case P50 -> window.quantile(0.50) / valuesPerUnit;
            case P95 -> window.quantile(0.95) / valuesPerUnit;
            case P99 -> window.quantile(0.99) / valuesPerUnit;
            case LAST -> Double.NaN;
        };
    }
}
