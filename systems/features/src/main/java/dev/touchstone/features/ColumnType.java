package dev.touchstone.features;

/// What the cells of a column are.
public enum ColumnType {
    /// 64-bit floating point; infinities and NaN are values.
    DOUBLE,
    /// 64-bit integer.
    LONG,
    /// Unicode text.
    TEXT,
    /// True or false.
    BOOLEAN,
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    TIMESTAMP;

    /// Whether a cell of this type may hold the value. Every type may hold none.
    public boolean accepts(Value value) {
        return switch (value) {
            case Value.Missing _ -> true;
            case Value.Real _ -> this == DOUBLE;
            case Value.Whole _ -> this == LONG || this == TIMESTAMP;
            case Value.Text _ -> this == TEXT;
            case Value.Truth _ -> this == BOOLEAN;
        };
    }
}
