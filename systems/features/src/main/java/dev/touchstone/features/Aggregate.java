package dev.touchstone.features;

/// A feature computed from the events in a window.
///
/// Missing values are left out, [Function#COUNT] of them included. Sums are exact and rounded once,
/// so they depend neither on the order of arrival nor on how the window was cut into tiles. So are
/// means and variances. A sum of whole numbers beyond 64 bits is missing.
///
/// @param name the feature's name
/// @param column the position of the aggregated value in an event
public record Aggregate(String name, Function function, int column, Window window) {
    /// What is computed. Of no values, COUNT is 0 and everything else missing.
    public enum Function {
        COUNT,
        SUM,
        MEAN,
        MIN,
        MAX,
        /// The value of the event that happened first.
        FIRST,
        /// The value of the event that happened last.
        LAST,
        /// Of a sample: divided by n − 1, missing for fewer than two values.
        VARIANCE,
        /// The square root of the variance.
        STDDEV
    }
}
