package dev.touchstone.capacity;

/// A quantity that a plan starts from and that everybody may override.
///
/// @param id as used in formulas, `snake_case`
/// @param label what it is, in a few words
/// @param unit what `value`, `min` and `max` are in
/// @param value unless overridden
/// @param min least value that makes sense
/// @param max greatest value that makes sense
/// @param whole whether only whole numbers make sense
/// @param source where the default comes from, or what it assumes
public record Input(
        String id,
        String label,
        Unit unit,
        double value,
        double min,
        double max,
        boolean whole,
        String source) {
    /// How far a slider reaches to either side of the default, where its range allows it.
    private static final double SLIDER_REACH = 20;

    /// Rejects defaults that the input itself would refuse.
    public Input {
        if (!(min <= value && value <= max)) {
            throw new IllegalArgumentException(
                    "default of %s must lie between %s and %s, got %s"
                            .formatted(id, min, max, value));
        }
    }

    /// Where a slider for an input should run.
    ///
    /// @param low least value, in the input's unit
    /// @param high greatest value, in the input's unit
    /// @param logarithmic whether equal distances should be equal factors
    public record Slider(double low, double high, boolean logarithmic) {
        /// The value at a position from 0 to 1.
        public double at(double position) {
            return logarithmic
                    ? low * Math.pow(high / low, position)
                    : low + (high - low) * position;
        }

        /// The position of a value, from 0 to 1; values beyond an end stand at it.
        public double position(double value) {
            double position =
                    logarithmic
                            ? Math.log(value / low) / Math.log(high / low)
                            : (value - low) / (high - low);
            return Math.clamp(Double.isNaN(position) ? 0 : position, 0, 1);
        }
    }

    /// The whole range for shares; else a factor of twenty to either side of the default.
    public Slider slider() {
        if (unit.symbol().equals("%") || value <= 0) {
            return new Slider(min, max, false);
        }
        return new Slider(
                Math.max(min, value / SLIDER_REACH), Math.min(max, value * SLIDER_REACH), true);
    }

    /// What is wrong with a value in this input's unit, and what would be right; empty when
    /// nothing.
    String complaint(double given) {
        // Percentages and powers of ten come out of their conversion a hair off.
        double slack = 1e-9 * Math.abs(given);
        if (!(given >= min - slack && given <= max + slack)) {
            return "%s is %s; it must lie between %s and %s%s"
                    .formatted(
                            id,
                            text(given),
                            text(min),
                            text(max),
                            unit.symbol().equals("%")
                                    ? " (a bare number is the share itself: 0.6 is 60 %)"
                                    : "");
        }
        return whole && Math.abs(given - Math.rint(given)) > slack
                ? "%s is %s; it must be a whole number".formatted(id, text(given))
                : "";
    }

    /// A number in this input's unit, for people.
    public String text(double number) {
        return Quantity.of(number, unit).text(unit);
    }
}
