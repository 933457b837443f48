package dev.touchstone.features.internal.window;

import dev.touchstone.features.Aggregate;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Value;
import java.util.List;

/// A column of events that is aggregated, and what has to be known about its values for that.
///
/// @param column its position in an event
/// @param needs some of the bits below
record Input(int column, ColumnType type, int needs) {
    static final int SUM = 1;
    static final int SQUARES = 2;
    static final int EXTREMES = 4;
    static final int ENDS = 8;
    static final int DISTINCT = 16;
    static final int QUANTILES = 32;

    /// Bits of [#special]: what a sum becomes that is no number.
    static final int PLUS_INFINITY = 1;

    static final int MINUS_INFINITY = 2;
    static final int NAN = 4;

    /// What aggregates of a column need, taken together.
    static Input of(int column, ColumnType type, List<Aggregate> aggregates) {
        int needs = 0;
        for (Aggregate aggregate : aggregates) {
            needs |=
                    switch (aggregate.function()) {
                        case COUNT -> 0;
                        case SUM, MEAN -> SUM;
                        case VARIANCE, STDDEV -> SUM | SQUARES;
                        case MIN, MAX -> EXTREMES;
                        case FIRST, LAST -> ENDS;
                        case DISTINCT -> DISTINCT;
                        case QUANTILE -> QUANTILES;
                    };
        }
        return new Input(column, type, needs);
    }

    boolean needs(int what) {
        return (needs & what) != 0;
    }

    /// Whether sums are whole numbers.
    boolean whole() {
        return type == ColumnType.LONG || type == ColumnType.TIMESTAMP;
    }

    Value valueOf(FeatureRow row) {
        return row.values().get(column);
    }

    /// A number in the order of the values, which is that of [Double#compare] for reals; of texts
    /// there is none.
    static long ordered(Value value) {
        return switch (value) {
            case Value.Whole(long whole) -> whole;
            case Value.Truth(boolean truth) -> truth ? 1 : 0;
            case Value.Real(double real) -> flipped(Double.doubleToLongBits(real));
            case Value.Text _, Value.Missing _ ->
                    throw new IllegalArgumentException("no number: " + value);
        };
    }

    /// The real that [#ordered] made a number of.
    static double real(long ordered) {
        return Double.longBitsToDouble(flipped(ordered));
    }

    private static long flipped(long bits) {
        return bits ^ ((bits >> (Long.SIZE - 1)) & Long.MAX_VALUE);
    }

    /// What a real adds to the specials of a sum: 0 when it is finite.
    static int special(double real) {
        if (Double.isNaN(real)) {
            return NAN;
        }
        return Double.isInfinite(real) ? real > 0 ? PLUS_INFINITY : MINUS_INFINITY : 0;
    }

    /// The sum of specials.
    static double sumOf(int special) {
        return switch (special) {
            case PLUS_INFINITY -> Double.POSITIVE_INFINITY;
            case MINUS_INFINITY -> Double.NEGATIVE_INFINITY;
            default -> Double.NaN;
        };
    }
}
