package dev.touchstone.capacity;

import dev.touchstone.capacity.internal.QuantityReader;

/// What a number is read in: `GiB`, `token/s/GPU`, `$/1M tokens`.
///
/// A unit that begins with a bare `B`, `FLOP` or `s` is shown with the prefix that suits the value
/// (`429.5 GB`, `22.6 ms`); one that names a prefix keeps it.
///
/// @param symbol as it is written
/// @param factor of one of this unit in bytes, FLOP, seconds, tokens and so on
/// @param batch how many of a counted thing the unit speaks of: a million in `$/1M tokens`, else 1
public record Unit(String symbol, Dimension dimension, double factor, double batch) {
    /// Of a plain number.
    public static final Unit NONE = new Unit("", Dimension.NONE, 1, 1);

    /// The unit written so.
    ///
    /// @throws IllegalArgumentException when a word in it is unknown; the nearest known one is
    ///   named
    public static Unit of(String symbol) {
        return symbol.isEmpty() ? NONE : QuantityReader.unit(symbol);
    }
}
