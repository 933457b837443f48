package dev.touchstone.arena.internal.grading;

import dev.touchstone.arena.internal.content.Variant;
import java.util.Locale;
import java.util.stream.DoubleStream;

/// The range of what a healthy deployment shows; empty where it shows nothing.
///
/// @param low infinite where empty
/// @param high infinite where empty
record Band(double low, double high) {
    /// The range of the values, NaN aside.
    static Band of(DoubleStream values) {
        double[] range = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
        values.filter(value -> !Double.isNaN(value))
                .forEach(value -> {
                    range[0] = Math.min(range[0], value);
                    range[1] = Math.max(range[1], value);
                });
        return new Band(range[0], range[1]);
    }

    boolean isEmpty() {
        return low > high;
    }

    /// Whether a value is clearly outside: above the range by the factor and the floor, or below it
    /// by them. Anything is outside an empty range; no value (NaN) is outside any.
    boolean excludes(double value, Variant.Measure measure) {
        if (Double.isNaN(value)) {
            return false;
        }
        if (isEmpty()) {
            return true;
        }
        double above = high + (measure.factor() - 1) * Math.abs(high) + measure.floor();
        double below = low - (1 - 1 / measure.factor()) * Math.abs(low) - measure.floor();
        return value > above || value < below;
    }

    @Override
    public String toString() {
        return isEmpty() ? "nothing" : String.format(Locale.ROOT, "%.4g to %.4g", low, high);
    }
}
