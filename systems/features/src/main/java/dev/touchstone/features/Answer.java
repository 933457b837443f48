package dev.touchstone.features;

/// What a view has to say to one label. Switch over it without a `default`.
///
/// The names in brackets are those of Feast's serving API.
public sealed interface Answer {
    /// The row that is served (PRESENT; a cell of it that is missing is NULL_VALUE).
    record Found(FeatureRow row) implements Answer {}

    /// The entity was deleted by the row that won (NULL_VALUE).
    record Deleted(FeatureRow tombstone) implements Answer {}

    /// The row that won is older than the view serves (OUTSIDE_MAX_AGE).
    record Stale(FeatureRow row) implements Answer {}

    /// No row was known (NOT_FOUND).
    record NotFound() implements Answer {}

    /// The value of a feature in a training set or an online read.
    ///
    /// @param feature its position in the view
    default Value value(int feature) {
        return switch (this) {
            case Found(FeatureRow row) -> row.values().get(feature);
            case Deleted _, Stale _, NotFound _ -> Value.MISSING;
        };
    }
}
