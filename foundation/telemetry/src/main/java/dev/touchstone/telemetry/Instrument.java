package dev.touchstone.telemetry;

import java.util.Set;

/// What every instrument can be asked: what it measures, and its course over time.
public sealed interface Instrument permits Windowed {
    /// What it measures.
    Metric metric();

    /// What can be read from its windows.
    Set<Statistic> statistics();

    /// One point for each window that overlaps `[fromNanos, toNanos)`, so that no recording in that
    /// range is missed; `Long.MIN_VALUE` and `Long.MAX_VALUE` stand for all there is.
    ///
    /// The running window is the last point, as it stands: a rate is over its elapsed part, NaN
    /// while nothing has elapsed. An empty window's rate is zero, its other statistics NaN; a gauge
    /// carries its last value on.
    Series series(Statistic statistic, long fromNanos, long toNanos);
}
