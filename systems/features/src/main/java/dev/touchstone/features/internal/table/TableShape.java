package dev.touchstone.features.internal.table;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.FeatureView;
import java.util.List;

/// What a view's tables look like.
///
/// @param wholeKey whether the key is a single whole number, so that its hash says it all
/// @param features the features' types
public record TableShape(boolean wholeKey, List<ColumnType> features) {
    public TableShape {
        features = List.copyOf(features);
    }

    public static TableShape of(FeatureView view) {
        return new TableShape(
                view.key().size() == 1 && view.key().getFirst().type() == ColumnType.LONG,
                view.features().stream().map(Column::type).toList());
    }

    /// Words of a row's mask where it has one: bit 0 marks a tombstone, bit `1 + f` a missing value
    /// of feature f.
    public int maskWords() {
        return (features.size() + Long.SIZE) / Long.SIZE;
    }
}
