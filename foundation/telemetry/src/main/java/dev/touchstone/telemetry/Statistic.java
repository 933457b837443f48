package dev.touchstone.telemetry;

/// What to read from a window of an instrument. A [Counter] has a rate; a [Gauge] a mean, min, max
/// and last; a [Distribution] everything but last.
public enum Statistic {
    /// Counted or recorded per second.
    RATE,
    /// Over time for a gauge, over recorded values for a distribution.
    MEAN,
    /// Least value.
    MIN,
    /// Greatest value.
    MAX,
    /// Value at the window's end.
    LAST,
    /// Median.
    P50,
    /// 95th percentile.
    P95,
    /// 99th percentile.
    P99
}
