package dev.touchstone.features;

import dev.touchstone.features.internal.online.OnlineView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Keeps, of a view whose late events restate what is served, what was served before and after
/// each: as rows of a history of their own, `VIEW-restated`.
///
/// @param definition of that history: when the late event happened, then each feature twice
record RestatementKeeper(ViewDefinition definition, int features) {
    /// The keeper of a view, if its policy asks for one.
    static Optional<RestatementKeeper> of(ViewDefinition definition) {
        if (definition.late().then() != LatePolicy.Then.RESTATE_AND_KEEP) {
            return Optional.empty();
        }
        FeatureView view = definition.view();
        List<Column> columns = new ArrayList<>();
        columns.add(new Column("late_event_time", ColumnType.TIMESTAMP));
        for (String suffix : List.of("_before", "_after")) {
            for (Column feature : view.features()) {
                columns.add(new Column(feature.name() + suffix, feature.type()));
            }
        }
        var kept =
                new FeatureView(view.name() + "-restated", view.key(), columns, AsOfRule.DEFAULT);
        return Optional.of(
                new RestatementKeeper(
                        new ViewDefinition(kept, definition.owner()), view.features().size()));
    }

    /// Lets a view take a late row, and says what changed.
    ///
    /// @param asOf the moment from which on the row is served
    FeatureRow take(OnlineView view, FeatureRow late, long asOf) {
        view.advance(asOf - 1);
        List<Integer> all = IntStream.range(0, features).boxed().toList();
        OnlineView.Reads reads = view.reads(all, all);
        var row = new OnlineRow(definition.view().features().subList(1, 1 + features));
        List<Value> values = new ArrayList<>();
        values.add(Value.of(late.eventTime()));
        reads.read(late.entity(), row.cells());
        all.forEach(feature -> values.add(row.value(feature)));
        view.put(late);
        view.advance(asOf);
        reads.read(late.entity(), row.cells());
        all.forEach(feature -> values.add(row.value(feature)));
        return new FeatureRow(late.entity(), asOf, asOf, 0, values);
    }
}
