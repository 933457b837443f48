package dev.touchstone.features;

import java.util.List;

/// A training set in memory: the same columns and cells as in a file.
///
/// ```java
/// TrainingSet set = store.trainingSet(request, sources, labels, BuildProgress.UNWATCHED).orElseThrow();
/// if (set.cells("account.balance") instanceof ColumnData.Doubles(double[] values, boolean[] missing)) {
///     …
/// }
/// ```
///
/// @param columns the labels' own, in their order, then the features
/// @param cells a column each, a cell for each label, in the labels' order
/// @param manifest what a file's manifest says; its `sha256` is empty
public record TrainingSet(
        List<Column> columns, List<ColumnData> cells, TrainingSetManifest manifest) {
    public TrainingSet {
        columns = List.copyOf(columns);
        cells = List.copyOf(cells);
    }

    /// How many labels it has.
    public int rows() {
        return cells.isEmpty() ? 0 : cells.getFirst().size();
    }

    /// The cells of a column.
    ///
    /// @throws IllegalArgumentException when there is no such column
    public ColumnData cells(String column) {
        for (int c = 0; c < columns.size(); c++) {
            if (columns.get(c).name().equals(column)) {
                return cells.get(c);
            }
        }
        throw new IllegalArgumentException(
                "no column '%s'; there are %s"
                        .formatted(column, columns.stream().map(Column::name).toList()));
    }
}
