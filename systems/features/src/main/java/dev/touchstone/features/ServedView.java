package dev.touchstone.features;

import dev.touchstone.features.internal.online.OnlineView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A view that an [OnlineStore] serves, and what became of its rows.
final class ServedView {
    final ViewDefinition definition;
    final OnlineView view;
    final Optional<RestatementKeeper> keeper;

    /// Changed where the view is.
    RowCounts.Counted counted;

    ServedView(ViewDefinition definition, OnlineView view, RowCounts.Counted counted) {
        this.definition = definition;
        this.view = view;
        this.keeper = RestatementKeeper.of(definition);
        this.counted = counted;
    }

    /// Rows with the moment from which on they are available: never, when they are late and the
    /// view drops such.
    ///
    /// @param before what had become of the rows before them
    List<FeatureRow> stamp(IngestCounts before, List<FeatureRow> rows, long available) {
        LatePolicy policy = definition.late();
        IngestCounts counted = before;
        List<FeatureRow> stamped = new ArrayList<>(rows.size());
        for (FeatureRow row : rows) {
            boolean drop =
                    policy.then() == LatePolicy.Then.DROP
                            && policy.isLate(row.eventTime(), counted.watermark());
            FeatureRow its =
                    new FeatureRow(
                            row.entity(),
                            row.eventTime(),
                            drop ? Times.INFINITY : available,
                            row.sequence(),
                            row.values());
            stamped.add(its);
            counted = counted.after(its, policy);
        }
        return stamped;
    }
}
