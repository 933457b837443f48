package dev.touchstone.features.internal.build;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.expression.Formula;
import dev.touchstone.features.internal.expression.Frame;
import java.util.ArrayList;
import java.util.List;

/// A feature that is computed from columns of the labels and from other features, by the formula
/// that computes it online.
///
/// @param output its position among all features of the set
/// @param fields the labels' columns in the formula, in place of what a request brings
public record ComputedColumn(int output, Formula formula, List<Column> fields) {
    public ComputedColumn {
        fields = List.copyOf(fields);
    }

    /// Computes its cells.
    ///
    /// @param names of the features
    /// @param own all labels' columns that anything is computed from, and their cells
    ColumnData compute(
            int rows,
            List<String> names,
            ColumnData[] features,
            List<Column> own,
            List<ColumnData> cells) {
        List<ColumnData> inputs = new ArrayList<>();
        for (String input : formula.inputs()) {
            inputs.add(
                    input.contains(".")
                            ? features[names.indexOf(input)]
                            : cells.get(own.indexOf(field(input))));
        }
        ColumnData computed = ColumnData.allocate(formula.type(), rows);
        var frame = new Frame(formula.places());
        List<Value> values = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            values.clear();
            for (ColumnData input : inputs) {
                values.add(input.value(row));
            }
            computed.set(row, formula.of(values, frame));
        }
        return computed;
    }

    private Column field(String name) {
        return fields.stream().filter(field -> field.name().equals(name)).findFirst().orElseThrow();
    }
}
