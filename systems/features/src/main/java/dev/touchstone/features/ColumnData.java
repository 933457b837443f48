package dev.touchstone.features;

/// The cells of one column, in arrays that are there to be read and not to be changed.
///
/// Where `missing` is true the value in the array means nothing (NaN, 0, false or the empty text).
///
/// They are arrays, and not lists, because a join fills millions of cells.
@SuppressWarnings("ArrayRecordComponent") // Columns are compared cell by cell, never as records.
public sealed interface ColumnData {
    boolean[] missing();

    /// Cells of a [ColumnType#DOUBLE].
    record Doubles(double[] values, boolean[] missing) implements ColumnData {}

    /// Cells of a [ColumnType#LONG], or nanoseconds of a [ColumnType#TIMESTAMP].
    record Longs(long[] values, boolean[] missing) implements ColumnData {}

    /// Cells of a [ColumnType#BOOLEAN].
    record Booleans(boolean[] values, boolean[] missing) implements ColumnData {}

    /// Cells of a [ColumnType#TEXT].
    record Texts(String[] values, boolean[] missing) implements ColumnData {}

    default int size() {
        return missing().length;
    }

    /// A cell.
    default Value value(int row) {
        if (missing()[row]) {
            return Value.MISSING;
        }
        return switch (this) {
            case Doubles(double[] values, _) -> Value.of(values[row]);
            case Longs(long[] values, _) -> Value.of(values[row]);
            case Booleans(boolean[] values, _) -> Value.of(values[row]);
            case Texts(String[] values, _) -> Value.of(values[row]);
        };
    }

    /// Fills a cell of a column that was allocated.
    ///
    /// @throws IllegalArgumentException when the column holds no such values
    default void set(int row, Value value) {
        switch (value) {
            case Value.Missing _ -> missing()[row] = true;
            case Value.Real(double real) when this instanceof Doubles(double[] values, _) ->
                    values[row] = real;
            case Value.Whole(long whole) when this instanceof Longs(long[] values, _) ->
                    values[row] = whole;
            case Value.Truth(boolean truth) when this instanceof Booleans(boolean[] values, _) ->
                    values[row] = truth;
            case Value.Text(String text) when this instanceof Texts(String[] values, _) ->
                    values[row] = text;
            case Value.Real _, Value.Whole _, Value.Truth _, Value.Text _ ->
                    throw new IllegalArgumentException(
                            "%s is no value of %s".formatted(value, getClass().getSimpleName()));
        }
    }

    /// A column of `size` cells to be filled.
    static ColumnData allocate(ColumnType type, int size) {
        boolean[] missing = new boolean[size];
        return switch (type) {
            case DOUBLE -> new Doubles(new double[size], missing);
            case LONG, TIMESTAMP -> new Longs(new long[size], missing);
            case BOOLEAN -> new Booleans(new boolean[size], missing);
            case TEXT -> new Texts(new String[size], missing);
        };
    }
}
