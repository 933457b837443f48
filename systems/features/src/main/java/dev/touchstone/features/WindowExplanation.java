package dev.touchstone.features;

import java.util.List;

/// Why a label is given its windowed aggregates: every event of its entity, and which aggregates
/// count it.
///
/// @param values what the label is given, one for each feature of the view
/// @param considered the entity's events, the latest first
public record WindowExplanation(List<Value> values, List<Considered> considered) {
    public WindowExplanation {
        values = List.copyOf(values);
        considered = List.copyOf(considered);
    }

    /// An event and its fate.
    ///
    /// @param counting the positions of the features that count it
    public record Considered(FeatureRow row, Verdict verdict, List<Integer> counting) {
        public Considered {
            counting = List.copyOf(counting);
        }
    }

    /// What became of an event.
    public enum Verdict {
        /// Happened after the label, or at its very moment where the boundary is `<`.
        NOT_HAPPENED,
        /// Had happened, but could not be served yet.
        NOT_KNOWN,
        /// Another version of the event counts, which came later under the same id.
        REPLACED,
        /// Happened before all windows.
        TOO_OLD,
        /// Is in the windows of some features.
        COUNTS
    }
}
