package dev.touchstone.features;

/// A named, typed column: part of a key, a feature, or a column of labels.
public record Column(String name, ColumnType type) {
    /// Refuses a column without a name.
    public Column {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a column needs a name, got '%s'".formatted(name));
        }
    }
}
