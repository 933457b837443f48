package dev.touchstone.spark;

import dev.touchstone.features.Column;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.cases.CaseLabel;
import dev.touchstone.features.cases.FeatureCase;
import java.util.List;

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
            case FeatureCase.Windows windows -> windows.canBeServed();
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
                    List.of(new History(windows.definition(), windows.rows()));
        };
    }

    /// A label's cells in some columns.
    static List<Value> cells(CaseLabel label, List<Column> columns) {
        return columns.stream()
                .map(column -> label.columns().getOrDefault(column.name(), Value.MISSING))
                .toList();
    }
}
