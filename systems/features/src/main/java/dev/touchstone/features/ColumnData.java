package dev.touchstone.features;

/// The cells of one column, in arrays that are there to be read and not to be changed.
///
/// Where `missing` is true the value in the array means nothing (NaN, 0, false, an empty text or
/// null).
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

    /// Fills a cell.
    ///
    /// @param value one that the column's type may hold
    default void set(int row, Value value) {
        missing()[row] = value.equals(Value.MISSING);
        switch (value) {
            case Value.Missing _ -> {}
            case Value.Real(double real) -> ((Doubles) this).values()[row] = real;
            case Value.Whole(long whole) -> ((Longs) this).values()[row] = whole;
            case Value.Truth(boolean truth) -> ((Booleans) this).values()[row] = truth;
            case Value.Text(String text) -> ((Texts) this).values()[row] = text;
        }
    }

    /// A column of the same kind of cells, `size` of them, to be filled.
    default ColumnData empty(int size) {
        boolean[] missing = new boolean[size];
        return switch (this) {
            case Doubles _ -> new Doubles(new double[size], missing);
            case Longs _ -> new Longs(new long[size], missing);
            case Booleans _ -> new Booleans(new boolean[size], missing);
            case Texts _ -> new Texts(new String[size], missing);
        };
    }

    /// Copies `count` cells, from `at` on, into a column of the same kind, from `place` on.
    default void copy(int at, ColumnData to, int place, int count) {
        System.arraycopy(array(), at, to.array(), place, count);
        System.arraycopy(missing(), at, to.missing(), place, count);
    }

    private Object array() {
        return switch (this) {
            case Doubles(double[] values, _) -> values;
            case Longs(long[] values, _) -> values;
            case Booleans(boolean[] values, _) -> values;
            case Texts(String[] values, _) -> values;
        };
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
