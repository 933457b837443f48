package dev.touchstone.features.cases;

import dev.touchstone.features.Aggregate;
import dev.touchstone.features.Event;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Value;
import java.util.List;
import java.util.Map;

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
    }

    /// The labels of a case and what they must be given.
    record Expectation(List<CaseLabel> labels, Map<Mode, List<List<Value>>> expected) {}
}
