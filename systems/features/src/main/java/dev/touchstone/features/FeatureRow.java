package dev.touchstone.features;

import java.util.Comparator;
import java.util.List;

/// One entry of a view's history: what became known about an entity, or that it was deleted.
///
/// @param entity whom it is about
/// @param eventTime when it happened, in nanoseconds (see [Times])
/// @param availableTime when the store could first have served it, in nanoseconds; [Times#INFINITY]
///   when that is unknown, so that only [Mode#EVENT_TIME] sees it
/// @param sequence its place in the order of arrival
/// @param values one for each feature of the view; empty for a tombstone
public record FeatureRow(
        EntityKey entity, long eventTime, long availableTime, long sequence, List<Value> values) {
    /// The order in which rows of one entity win: the greatest does.
    public static final Comparator<FeatureRow> BY_PRECEDENCE =
            Comparator.comparingLong(FeatureRow::eventTime)
                    .thenComparingLong(FeatureRow::availableTime)
                    .thenComparingLong(FeatureRow::sequence);

    public FeatureRow {
        values = List.copyOf(values);
    }

    /// Whether it says that the entity has no values from its event on.
    public boolean isTombstone() {
        return values.isEmpty();
    }

    /// The same row at another place in the order of arrival.
    public FeatureRow withSequence(long other) {
        return new FeatureRow(entity, eventTime, availableTime, other, values);
    }
}
