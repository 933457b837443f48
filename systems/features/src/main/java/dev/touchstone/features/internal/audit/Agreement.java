package dev.touchstone.features.internal.audit;

import dev.touchstone.features.Aggregate;
import dev.touchstone.features.Value;

/// Whether a value that somebody else computed is the one that we compute.
///
/// Counts, extremes, firsts and lasts must be the same. Sums and what is made of them may differ in
/// the last digits, since others add up in another order and round each time; distinct counts and
/// quantiles by the error of ours, since others may compute them exactly.
final class Agreement {
    private static final double ROUNDING = 1e-9;

    /// Our distinct counts are exact up to here.
    private static final long EXACT_DISTINCT = 256;

    /// Three times the standard error of those above.
    private static final double DISTINCT_ERROR = 0.048;

    /// Twice what ours may be off: others interpolate between two values.
    private static final double QUANTILE_ERROR = 1.0 / 64;

    private Agreement() {}

    static boolean of(Aggregate aggregate, Value ours, Value theirs) {
        if (ours.equals(theirs)) {
            return true;
        }
        return switch (aggregate.function()) {
            case SUM, MEAN, VARIANCE, STDDEV -> near(ours, theirs, ROUNDING);
            case QUANTILE -> near(ours, theirs, QUANTILE_ERROR);
            case DISTINCT ->
                    ours instanceof Value.Whole(long count)
                            && count > EXACT_DISTINCT
                            && theirs instanceof Value.Whole(long other)
                            && Math.abs(other - count) <= DISTINCT_ERROR * count;
            case COUNT, MIN, MAX, FIRST, LAST -> false;
        };
    }

    private static boolean near(Value one, Value other, double share) {
        return one instanceof Value.Real(double a)
                && other instanceof Value.Real(double b)
                && Math.abs(a - b) <= share * Math.max(Math.abs(a), Math.abs(b));
    }
}
