package dev.touchstone.features.internal.build;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.internal.stream.StreamJoin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A view of which features are wanted.
///
/// @param features positions in the view
/// @param outputs for each of them the position of its column among all features of the set
/// @param served what it has served, if that is to be preferred
public record WantedView(
        ViewDefinition definition,
        List<Integer> features,
        List<Integer> outputs,
        History history,
        Optional<ServedCells> served) {
    private static final int BYTES_PER_TEXT = 64;
    private static final int BYTES_PER_WHOLE = 16;

    FeatureView view() {
        return definition.view();
    }

    /// The wanted features.
    List<Column> columns() {
        return features.stream().map(view().features()::get).toList();
    }

    /// What a part holds: the features and, where served values are preferred, for each of them
    /// whether a cell was served.
    List<Column> partColumns() {
        List<Column> columns = new ArrayList<>(columns());
        if (served.isPresent()) {
            columns().forEach(column -> columns.add(marked(column)));
        }
        return columns;
    }

    private static Column marked(Column feature) {
        return new Column(feature.name() + ".served", ColumnType.BOOLEAN);
    }

    /// About how much of a part a label takes.
    long bytesGivenPerLabel() {
        long texts = columns().stream().filter(c -> c.type() == ColumnType.TEXT).count();
        return partColumns().size() * (Long.BYTES + 1L) + texts * BYTES_PER_TEXT;
    }

    /// About how much a label takes while it is joined with this view.
    long bytesPerLabel() {
        long texts = columns().stream().filter(c -> c.type() == ColumnType.TEXT).count();
        return StreamJoin.bytesPerLabel(features.size())
                + texts * BYTES_PER_TEXT
                + (served.isPresent() ? 2L * features.size() + BYTES_PER_TEXT : 0)
                + view().key().stream()
                        .mapToLong(
                                c -> c.type() == ColumnType.TEXT ? BYTES_PER_TEXT : BYTES_PER_WHOLE)
                        .sum();
    }
}
