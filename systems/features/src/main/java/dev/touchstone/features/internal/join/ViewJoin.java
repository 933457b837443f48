package dev.touchstone.features.internal.join;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.internal.table.ClusteredTable;
import java.util.ArrayList;
import java.util.List;

/// One view in a join: where its rows are, by which rule they are seen, and where the answers go.
///
/// @param tables each holds a part of the rows; which one holds what does not matter
/// @param features the positions of the wanted features in the view
/// @param cells a column for each wanted feature, one cell for each label
/// @param status an [AsOfJoin] status for each label
@SuppressWarnings("ArrayRecordComponent") // A join's working place; nobody compares two of them.
public record ViewJoin(
        AsOfRule rule,
        List<ClusteredTable> tables,
        int[] features,
        List<ColumnData> cells,
        byte[] status) {
    /// A join that gives all features of a view to `labels` labels.
    ///
    /// In [Mode#EVENT_TIME] the delay is of no account, and neither is availability.
    public static ViewJoin all(FeatureView view, List<ClusteredTable> tables, int labels) {
        int[] features = new int[view.features().size()];
        List<ColumnData> cells = new ArrayList<>();
        for (int f = 0; f < features.length; f++) {
            features[f] = f;
            cells.add(ColumnData.allocate(view.features().get(f).type(), labels));
        }
        return new ViewJoin(view.rule(), tables, features, cells, new byte[labels]);
    }
}
