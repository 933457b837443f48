package dev.touchstone.features.internal.window;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Times;
import java.util.Comparator;

/// What windows say about single events: which version of one counts, and which have happened.
public final class Versions {
    private static final Comparator<FeatureRow> BY_AVAILABILITY =
            Comparator.comparingLong(FeatureRow::availableTime)
                    .thenComparingLong(FeatureRow::sequence);

    private Versions() {}

    /// Of two versions of one event the one that counts.
    public static FeatureRow later(FeatureRow a, FeatureRow b) {
        return BY_AVAILABILITY.compare(a, b) < 0 ? b : a;
    }

    /// The time before which events have happened, for a label at `time`.
    public static long end(AsOfRule rule, long time) {
        return switch (rule.boundary()) {
            case AT_OR_BEFORE -> time == Times.INFINITY ? time : time + 1;
            case BEFORE -> time;
        };
    }
}
