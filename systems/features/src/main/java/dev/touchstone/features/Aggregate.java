package dev.touchstone.features;

/// A feature computed from the events in a window.
///
/// Missing values are left out, [Function#COUNT] of them included. Sums are exact and rounded once,
/// so they depend neither on the order of arrival nor on how the window was cut into tiles. So are
/// means and variances. A sum of whole numbers beyond 64 bits is missing.
///
/// @param name the feature's name Distinct counts and quantiles are approximate, with a known
///   error, and as independent of order and tiles as the others.
///
/// @param column the position of the aggregated value in an event
/// @param at which quantile, 0 to 1; 0 for other functions
public record Aggregate(String name, Function function, int column, Window window, double at) {
    /// Refuses shares that are none.
    public Aggregate {
        if (!(at >= 0 && at <= 1)) {
            throw new IllegalArgumentException(
                    "a quantile is at 0 to 1, such as 0.95, got %s".formatted(at));
        }
    }

    /// A function that is not a quantile.
    public Aggregate(String name, Function function, int column, Window window) {
        this(name, function, column, window, 0);
    }

    /// What is computed. Of no values, COUNT and DISTINCT are 0 and everything else missing.
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
        STDDEV,
        /// How many different values: exact up to 256, above that with a standard error of 1.6 %.
        DISTINCT,
        /// The value below which a share of the values lies, within 0.8 %: see [#at].
        QUANTILE
    }
}
