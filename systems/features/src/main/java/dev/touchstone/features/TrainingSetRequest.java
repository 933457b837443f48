package dev.touchstone.features;

import java.util.HashSet;
import java.util.List;

/// Which features labels shall be given.
///
/// @param features `view.feature`, or `view.*` for all of a view, in the order of the columns
/// @param timeColumn the labels' column that holds their moments
public record TrainingSetRequest(List<String> features, String timeColumn, Mode mode) {
    /// Refuses an empty or ambiguous request.
    public TrainingSetRequest {
        features = List.copyOf(features);
        if (features.isEmpty()) {
            throw new IllegalArgumentException(
                    "ask for at least one feature, such as account.balance or account.*");
        }
        if (new HashSet<>(features).size() < features.size()) {
            throw new IllegalArgumentException(
                    "a feature is asked for twice in %s; leave one out".formatted(features));
        }
    }
}
