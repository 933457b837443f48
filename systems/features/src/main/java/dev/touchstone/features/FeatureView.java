package dev.touchstone.features;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Features that arrive together under one key, and the rule by which labels see them.
///
/// @param name how features are addressed: `name.feature`
/// @param key the columns that name an entity, [ColumnType#LONG] or [ColumnType#TEXT]
/// @param features at least one
public record FeatureView(String name, List<Column> key, List<Column> features, AsOfRule rule) {
    /// Refuses views that no row could belong to.
    public FeatureView {
        key = List.copyOf(key);
        features = List.copyOf(features);
        if (key.isEmpty() || features.isEmpty()) {
            throw new IllegalArgumentException(
                    "view %s needs at least one key column and one feature, got %d and %d"
                            .formatted(name, key.size(), features.size()));
        }
        Set<String> names = new HashSet<>();
        for (Column column : Stream.concat(key.stream(), features.stream()).toList()) {
            if (!names.add(column.name())) {
                throw new IllegalArgumentException(
                        "view %s has two columns named %s; rename one"
                                .formatted(name, column.name()));
            }
        }
        for (Column column : key) {
            if (column.type() != ColumnType.LONG && column.type() != ColumnType.TEXT) {
                throw new IllegalArgumentException(
                        "key column %s of view %s is %s; a key is LONG or TEXT"
                                .formatted(column.name(), name, column.type()));
            }
        }
    }

    /// Refuses a row that does not fit.
    ///
    /// @throws IllegalArgumentException with the column and what it may hold
    public void check(FeatureRow row) {
        checkKey(row.entity());
        if (row.isTombstone()) {
            return;
        }
        checkSize("values", row.values().size(), features.size());
        for (int i = 0; i < features.size(); i++) {
            checkType(features.get(i), row.values().get(i));
        }
    }

    /// Refuses a key that does not fit.
    ///
    /// @throws IllegalArgumentException with the column and what it may hold
    public void checkKey(EntityKey entity) {
        checkSize("key parts", entity.parts().size(), key.size());
        for (int i = 0; i < key.size(); i++) {
            checkType(key.get(i), entity.parts().get(i));
        }
    }

    /// Reads a key as people write it.
    ///
    /// @param texts a text for each key column
    /// @throws IllegalArgumentException when they are too few or too many, or a number is none
    public EntityKey readKey(List<String> texts) {
        if (texts.size() != key.size()) {
            throw new IllegalArgumentException(
                    "view %s has %d key parts, got %d; give %s"
                            .formatted(
                                    name,
                                    key.size(),
                                    texts.size(),
                                    key.stream().map(Column::name).toList()));
        }
        List<Value> parts = new ArrayList<>();
        for (int i = 0; i < key.size(); i++) {
            boolean text = key.get(i).type() == ColumnType.TEXT;
            parts.add(text ? Value.of(texts.get(i)) : Value.of(whole(texts.get(i))));
        }
        return new EntityKey(parts);
    }

    private static long whole(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "the key is a whole number, got '%s'".formatted(text), e);
        }
    }

    /// The position of a feature.
    ///
    /// @throws IllegalArgumentException when there is none of that name
    public int position(String feature) {
        for (int i = 0; i < features.size(); i++) {
            if (features.get(i).name().equals(feature)) {
                return i;
            }
        }
        throw new IllegalArgumentException(
                "view %s has no feature '%s'; it has %s"
                        .formatted(name, feature, features.stream().map(Column::name).toList()));
    }

    private void checkSize(String what, int size, int expected) {
        if (size != expected) {
            throw new IllegalArgumentException(
                    "view %s has %d %s, got %d".formatted(name, expected, what, size));
        }
    }

    private void checkType(Column column, Value value) {
        if (!column.type().accepts(value)) {
            throw new IllegalArgumentException(
                    "column %s of view %s is %s, got %s"
                            .formatted(column.name(), name, column.type(), value));
        }
    }
}
