package dev.touchstone.features.internal.build;

import dev.touchstone.features.Column;
import java.util.List;

/// The features that labels are to be given, and where each comes from.
///
/// @param names of the features' columns: those that are written, then those that only computed
///   ones need
/// @param written how many of them are written
/// @param views those that have rows, with which of the columns they give
/// @param computed those columns that are computed from others
public record Wanted(
        List<String> names, int written, List<WantedView> views, List<ComputedColumn> computed) {
    public Wanted {
        names = List.copyOf(names);
        views = List.copyOf(views);
        computed = List.copyOf(computed);
    }

    /// The features' columns, with their types.
    List<Column> columns() {
        Column[] columns = new Column[names.size()];
        for (WantedView view : views) {
            List<Column> its = view.columns();
            for (int f = 0; f < its.size(); f++) {
                int output = view.outputs().get(f);
                columns[output] = new Column(names.get(output), its.get(f).type());
            }
        }
        for (ComputedColumn one : computed) {
            columns[one.output()] = new Column(names.get(one.output()), one.formula().type());
        }
        return List.of(columns);
    }

    /// Columns of the labels that computed features are computed from.
    List<Column> fields() {
        return computed.stream().flatMap(one -> one.fields().stream()).distinct().toList();
    }
}
