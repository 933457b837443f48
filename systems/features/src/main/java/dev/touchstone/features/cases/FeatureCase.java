package dev.touchstone.features.cases;

import dev.touchstone.features.Aggregate;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.Event;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Freshness;
import dev.touchstone.features.LatePolicy;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.Window;
import dev.touchstone.features.WindowedSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One case.
public sealed interface FeatureCase {
    /// What it shows, in a sentence.
    String title();

    List<CaseLabel> labels();

    /// For each mode that the case speaks about, a list of cells for each label: the features in
    /// the order in which the file lists them.
    Map<Mode, List<List<Value>>> expected();

    /// As-of joins of any number of views.
    record AsOf(
            String title,
            List<History> views,
            List<CaseLabel> labels,
            Map<Mode, List<List<Value>>> expected)
            implements FeatureCase {}

    /// A view and its history in the order of arrival.
    record History(FeatureView view, List<FeatureRow> rows) {}

    /// Aggregates over events. The features of `source` are the events' columns.
    record Windows(
            String title,
            FeatureView source,
            List<Event> events,
            List<Aggregate> aggregates,
            Expectation expectation)
            implements FeatureCase {
        @Override
        public List<CaseLabel> labels() {
            return expectation.labels();
        }

        @Override
        public Map<Mode, List<List<Value>>> expected() {
            return expectation.expected();
        }

        /// The case as a view that a store can have, called `v`: its events are told apart by a
        /// number that stands behind their own columns.
        public ViewDefinition definition() {
            List<Column> columns = new ArrayList<>(source.features());
            columns.add(new Column("event_id", ColumnType.LONG));
            var windows = new WindowedSource(columns, Optional.of(columns.size() - 1), aggregates);
            return new ViewDefinition(
                    new FeatureView("v", source.key(), windows.features(), source.rule()),
                    "us",
                    Optional.of(windows),
                    LatePolicy.DEFAULT,
                    Freshness.DAILY);
        }

        /// The events as rows of [#definition], in the order of arrival.
        public List<FeatureRow> rows() {
            Map<Value, Long> ids = new HashMap<>();
            List<FeatureRow> rows = new ArrayList<>();
            for (Event event : events) {
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

        /// Whether a store can have it: windows are spans of time, no event is taken back by a
        /// version without values, and labels are served at their moments.
        public boolean canBeServed() {
            return events.stream().noneMatch(event -> event.row().isTombstone())
                    && aggregates.stream().allMatch(its -> its.window() instanceof Window.Span)
                    && labels().stream().allMatch(label -> label.knownAt().equals(label.time()));
        }
    }

    /// The labels of a case and what they must be given.
    record Expectation(List<CaseLabel> labels, Map<Mode, List<List<Value>>> expected) {}
}
