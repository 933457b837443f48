package dev.touchstone.features;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// Which features labels shall be given.
///
/// @param features `view.feature`, or `view.*` for all of a view, in the order of the columns
/// @param timeColumn the labels' column that holds their moments
/// @param rowIds where the labels say under which row ids they were served: what was logged then is
///   preferred to what can be rebuilt
public record TrainingSetRequest(
        List<String> features, String timeColumn, Mode mode, Optional<RowIds> rowIds) {
    /// Row ids of labels.
    ///
    /// @param column the labels' column that holds them, texts or whole numbers
    /// @param marked whether a column `view.feature.served` behind each feature says which of its
    ///   cells were logged; the manifest counts them in any case
    public record RowIds(String column, boolean marked) {}

    /// Rebuilds every value from history.
    public TrainingSetRequest(List<String> features, String timeColumn, Mode mode) {
        this(features, timeColumn, mode, Optional.empty());
    }

    /// Refuses an empty or ambiguous request.
    public TrainingSetRequest {
        features = List.copyOf(features);
        if (features.isEmpty()) {
            throw new IllegalArgumentException(
                    "ask for at least one feature, such as account.balance or account.*");
        }
        if (rowIds.isPresent() && mode == Mode.EVENT_TIME) {
            throw new IllegalArgumentException(
                    "what was served is what was known at the time; leave the row ids out, or the event-time mode");
        }
        if (new HashSet<>(features).size() < features.size()) {
            throw new IllegalArgumentException(
                    "a feature is asked for twice in %s; leave one out".formatted(features));
        }
    }
}
