package dev.touchstone.features.internal.build;

import dev.touchstone.features.ColumnData;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.expression.Formula;
import dev.touchstone.features.internal.expression.Frame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A column of a set that is computed from the labels' columns and from features, by the formula
/// that computes it online.
///
/// @param output its position among the features
/// @param text the formula as it was written
/// @param inputs for each of the formula's inputs the position of a feature, or of a column that
///   requests bring, which are counted −1, −2 and so on
public record ComputedColumn(int output, String text, Formula formula, List<Integer> inputs) {
    public ComputedColumn {
        inputs = List.copyOf(inputs);
    }

    /// Fills the column for some labels.
    ///
    /// @param features those that are not computed
    /// @param request the labels' columns in place of what requests bring
    ColumnData compute(int rows, ColumnData[] features, List<ColumnData> request) {
        ColumnData column = ColumnData.allocate(formula.type(), rows);
        var frame = new Frame(formula.places());
        var row =
                new Row(
                        inputs.stream()
                                .map(input -> input < 0 ? request.get(-1 - input) : features[input])
                                .toList());
        for (int label = 0; label < rows; label++) {
            row.label = label;
            column.set(
                    label, formula.compute(row, frame) ? formula.value(frame) : Value.MISSING);
        }
        return column;
    }

    /// A formula's inputs for one label.
    private static final class Row implements Formula.Inputs {
        private final List<ColumnData> columns;
        private int label;

        Row(List<ColumnData> columns) {
            this.columns = columns;
        }

        @Override
        public boolean present(int input) {
            return !columns.get(input).missing()[label];
        }

        @Override
        public long bits(int input) {
            return switch (columns.get(input)) {
                case ColumnData.Doubles(double[] values, _) ->
                        Double.doubleToRawLongBits(values[label]);
                case ColumnData.Longs(long[] values, _) -> values[label];
                case ColumnData.Booleans(boolean[] values, _) -> values[label] ? 1 : 0;
                case ColumnData.Texts _ -> 0;
            };
        }

        @Override
        public @Nullable String text(int input) {
            return columns.get(input) instanceof ColumnData.Texts(String[] values, _)
                    ? values[label]
                    : null;
        }
    }
}
