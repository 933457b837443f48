package dev.touchstone.features.internal.training;

import dev.touchstone.features.Column;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.internal.table.ClusteredTable;
import java.util.List;
import java.util.Optional;

/// A view of which features are wanted.
///
/// @param features positions in the view
/// @param outputs for each of them the position of its column in the training set
/// @param tables the view's history
/// @param served what it has served, if that is to be preferred
public record ViewRequest(
        ViewDefinition definition,
        List<Integer> features,
        List<Integer> outputs,
        List<ClusteredTable> tables,
        Optional<ServedCells> served) {
    Column feature(int wanted) {
        return definition.view().features().get(features.get(wanted));
    }

    long rows() {
        return tables.stream().mapToLong(table -> table.rows().count()).sum();
    }
}
