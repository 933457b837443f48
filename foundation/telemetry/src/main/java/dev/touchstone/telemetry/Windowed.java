package dev.touchstone.telemetry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// An instrument as [Telemetry] sees it: a running window, and a summary `W` of each closed one.
///
/// @param <W> immutable summary of one window
abstract sealed class Windowed<W> implements Instrument permits Counter, Gauge, Distribution {
    final Telemetry telemetry;
    private final Metric metric;
    private final Set<Statistic> statistics;
    private final List<W> closed;

    /// @param empty summary of the windows that were closed before this instrument existed
    Windowed(Telemetry telemetry, Metric metric, EnumSet<Statistic> statistics, W empty) {
        this.telemetry = telemetry;
        this.metric = metric;
        this.statistics = Collections.unmodifiableSet(statistics);
        this.closed = new ArrayList<>(Collections.nCopies(telemetry.closedWindows(), empty));
    }

    /// Sums up the running window as of `nowNanos`.
    abstract W running(long nowNanos);

    /// Begins the next window.
    abstract void clear();

    /// Sums up two adjacent windows as if they had been one.
    abstract W merge(W earlier, W later);

    /// Reads one of [#statistics] from a window of which `seconds` have elapsed.
    abstract double read(Statistic statistic, W window, double seconds);

    /// What all instruments of one name have in common.
    String kind() {
        return "a %s of %s ('%s')"
                .formatted(getClass().getSimpleName(), metric.unit(), metric.help());
    }

    final void close(long endNanos) {
        closed.add(running(endNanos));
        clear();
    }

    final void mergePairs() {
        int pairs = closed.size() / 2;
        for (int i = 0; i < pairs; i++) {
            closed.set(i, merge(closed.get(2 * i), closed.get(2 * i + 1)));
        }
        closed.subList(pairs, closed.size()).clear();
    }

    /// Summaries of the windows that overlap `[fromNanos, toNanos)`.
    final List<W> windows(long fromNanos, long toNanos) {
        List<W> windows = new ArrayList<>();
        for (int i = telemetry.firstWindow(fromNanos); i < telemetry.endWindow(toNanos); i++) {
            windows.add(i < closed.size() ? closed.get(i) : running(telemetry.latestNanos()));
        }
        return windows;
    }

    @Override
    public Metric metric() {
        return metric;
    }

    @Override
    public Set<Statistic> statistics() {
        return statistics;
    }

    @Override
    public Series series(Statistic statistic, long fromNanos, long toNanos) {
        if (!statistics.contains(statistic)) {
            throw new IllegalArgumentException(
                    "%s has no %s; it is a %s and has %s"
                            .formatted(
                                    metric.id(),
                                    statistic,
                                    getClass().getSimpleName(),
                                    statistics));
        }
        List<W> windows = windows(fromNanos, toNanos);
        double[] timesSeconds = new double[windows.size()];
        double[] values = new double[windows.size()];
        for (int i = 0; i < values.length; i++) {
            int window = telemetry.firstWindow(fromNanos) + i;
            timesSeconds[i] = telemetry.startNanos(window) / 1e9;
            values[i] = read(statistic, windows.get(i), telemetry.elapsedNanos(window) / 1e9);
        }
        return new Series(timesSeconds, values);
    }
}
