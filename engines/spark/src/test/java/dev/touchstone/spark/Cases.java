package dev.touchstone.spark;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.Event;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Freshness;
import dev.touchstone.features.LatePolicy;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.Window;
import dev.touchstone.features.WindowedSource;
import dev.touchstone.features.cases.CaseLabel;
import dev.touchstone.features.cases.FeatureCase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Cases as views and histories.
final class Cases {
    private Cases() {}

    /// A view and its history in the order of arrival.
    record History(ViewDefinition definition, List<FeatureRow> rows) {}

    /// Whether a training set can answer it: windows are spans of time, events are taken back by
    /// versions without values, and labels are served at their moments.
    static boolean canBeAsked(FeatureCase one) {
        return switch (one) {
            case FeatureCase.AsOf _ -> true;
            case FeatureCase.Windows windows ->
                    windows.events().stream().noneMatch(event -> event.row().isTombstone())
                            && windows.aggregates().stream()
                                    .allMatch(its -> its.window() instanceof Window.Span)
                            && windows.labels().stream()
                                    .allMatch(label -> label.knownAt().equals(label.time()));
        };
    }

    static List<History> histories(FeatureCase one) {
        return switch (one) {
            case FeatureCase.AsOf asOf ->
                    asOf.views().stream()
                            .map(its ->
                                    new History(new ViewDefinition(its.view(), "us"), its.rows()))
                            .toList();
            case FeatureCase.Windows windows ->
                    List.of(new History(definition(windows), rows(windows)));
        };
    }

    private static ViewDefinition definition(FeatureCase.Windows one) {
        List<Column> columns = new ArrayList<>(one.source().features());
        columns.add(new Column("event_id", ColumnType.LONG));
        var source = new WindowedSource(columns, Optional.of(columns.size() - 1), one.aggregates());
        FeatureView from = one.source();
        return new ViewDefinition(
                new FeatureView("v", from.key(), source.features(), from.rule()),
                "us",
                Optional.of(source),
                LatePolicy.DEFAULT,
                Freshness.DAILY);
    }

    private static List<FeatureRow> rows(FeatureCase.Windows one) {
        Map<Value, Long> ids = new HashMap<>();
        List<FeatureRow> rows = new ArrayList<>();
        for (Event event : one.events()) {
            FeatureRow row = event.row();
            List<Value> values = new ArrayList<>(row.values());
            values.add(Value.of(ids.computeIfAbsent(event.id(), _ -> (long) ids.size())));
            rows.add(
                    new FeatureRow(
                            row.entity(),
                            row.eventTime(),
                            row.availableTime(),
                            row.sequence(),
                            values));
        }
        return rows;
    }

    /// A label's cells in some columns.
    static List<Value> cells(CaseLabel label, List<Column> columns) {
        return columns.stream()
                .map(column -> label.columns().getOrDefault(column.name(), Value.MISSING))
                .toList();
    }
}
