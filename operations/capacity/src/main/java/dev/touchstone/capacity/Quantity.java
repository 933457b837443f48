package dev.touchstone.capacity;

import dev.touchstone.capacity.internal.QuantityReader;
import dev.touchstone.capacity.internal.QuantityWriter;

/// A value that knows what it measures.
///
/// @param base the value in bytes, FLOP, seconds, dollars, tokens, requests, items, devices, and
///   their products and quotients
public record Quantity(double base, Dimension dimension) {
    public static Quantity of(double value, Unit unit) {
        return new Quantity(value * unit.factor(), unit.dimension());
    }

    /// Reads what people write: `429.5 GB`, `200k/h`, `$76,800/day`, `4 d 6 h`, `52 %`. A bare
    /// number is a plain number.
    ///
    /// @throws IllegalArgumentException when it is not a number with a known unit
    public static Quantity parse(String text) {
        QuantityReader.Reading reading = QuantityReader.read(text);
        return of(reading.value(), reading.unit());
    }

    /// Reads what people write where `expected` is asked for. A bare number is in that unit, except
    /// that a bare number for a share is the share itself (0.52 for `52 %`); counts may be left out
    /// ([Dimension#accepts]).
    ///
    /// @throws IllegalArgumentException when it is not a number, has an unknown unit, or measures
    ///   something else
    public static Quantity parse(String text, Unit expected) {
        return QuantityReader.parse(text, expected);
    }

    public Quantity times(Quantity other) {
        return new Quantity(base * other.base, dimension.times(other.dimension));
    }

    public Quantity per(Quantity other) {
        return new Quantity(base / other.base, dimension.per(other.dimension));
    }

    /// The sum.
    ///
    /// @throws IllegalArgumentException when the two do not measure the same
    public Quantity plus(Quantity other) {
        if (!dimension.agreesWith(other.dimension)) {
            throw new IllegalArgumentException(
                    "cannot add %s to %s".formatted(other.dimension, dimension));
        }
        return new Quantity(
                base + other.base,
                dimension.accepts(other.dimension) ? dimension : other.dimension);
    }

    /// The value in a unit.
    ///
    /// @throws IllegalArgumentException when that measures something else
    public double in(Unit unit) {
        if (!unit.dimension().agreesWith(dimension)) {
            throw new IllegalArgumentException(
                    "%s is not measured in '%s'".formatted(dimension, unit.symbol()));
        }
        return base / unit.factor();
    }

    /// For people, to four significant digits, whole numbers below a million in full: `429.5 GB`,
    /// `819,200 B/token`, `66,667 tokens/s`. [#parse] reads it back.
    public String text(Unit unit) {
        return QuantityWriter.text(in(unit), unit);
    }

    /// The same in binary prefixes where the unit is bytes: `400 GiB`; else, and below a KiB,
    /// empty.
    public String binaryText(Unit unit) {
        return QuantityWriter.binaryText(in(unit), unit);
    }
}
