package dev.touchstone.features;

/// Which rows a label may see, and which of them wins.
///
/// For a label at time T, a row is a candidate when
///
/// - its event is at or before T ([Boundary#AT_OR_BEFORE]) or before T ([Boundary#BEFORE]), and
/// - it was available at or before T − `delayNanos` ([Mode#EVENT_TIME] leaves this out).
///
/// The candidate with the latest event wins; among equals the one with the latest availability,
/// then the one with the highest sequence number. A tombstone that wins means that there is no
/// value. A winner whose time by the `staleness` clock is before T − `maxAgeNanos` is too old to be
/// served.
///
/// This is one operator and no join with a filter behind it: "take the latest event, then see
/// whether it was available" would lose the older row that really was served.
///
/// @param boundary whether a row may happen at the label's very moment
/// @param delayNanos from a row's availability until it is served, at least 0
/// @param maxAgeNanos the oldest that is served, at least 0; [#UNBOUNDED] for any age
/// @param staleness the time that age is counted from
public record AsOfRule(
        Boundary boundary, long delayNanos, long maxAgeNanos, StalenessClock staleness) {
    /// A `maxAgeNanos` that no age exceeds.
    public static final long UNBOUNDED = Long.MAX_VALUE;

    /// Rows up to and including the label's moment, without delay, of any age.
    public static final AsOfRule DEFAULT =
            new AsOfRule(Boundary.AT_OR_BEFORE, 0, UNBOUNDED, StalenessClock.EVENT);

    /// Whether a row may happen at the label's very moment.
    public enum Boundary {
        /// `<=`
        AT_OR_BEFORE,
        /// `<`
        BEFORE
    }

    /// Which of a row's times its age is counted from.
    public enum StalenessClock {
        EVENT,
        AVAILABILITY
    }

    /// Refuses negative spans.
    public AsOfRule {
        if (delayNanos < 0) {
            throw new IllegalArgumentException(
                    "a serving delay is at least 0, got %d ns".formatted(delayNanos));
        }
        if (maxAgeNanos < 0) {
            throw new IllegalArgumentException(
                    "maxAge is at least 0, got %d ns; leave it out for any age"
                            .formatted(maxAgeNanos));
        }
    }

    /// Whether a row is a candidate for a label.
    public boolean admits(FeatureRow row, long labelTime, Mode mode) {
        boolean happened =
                switch (boundary) {
                    case AT_OR_BEFORE -> row.eventTime() <= labelTime;
                    case BEFORE -> row.eventTime() < labelTime;
                };
        boolean known =
                switch (mode) {
                    case KNOWN_AT_THE_TIME ->
                            row.availableTime() <= Times.minus(labelTime, delayNanos);
                    case EVENT_TIME -> true;
                };
        return happened && known;
    }

    /// The earliest label that may see a row. No label may when that is [Times#INFINITY] and the
    /// event is too, unless the boundary allows the label's very moment.
    public long visibleFrom(long eventTime, long availableTime, Mode mode) {
        long happened =
                boundary == Boundary.BEFORE && eventTime != Times.INFINITY
                        ? eventTime + 1
                        : eventTime;
        return switch (mode) {
            case KNOWN_AT_THE_TIME -> Math.max(happened, Times.plus(availableTime, delayNanos));
            case EVENT_TIME -> happened;
        };
    }

    /// Whether a row that is available at its event is seen from that very moment on.
    public boolean isSeenAtEvent(Mode mode) {
        return boundary == Boundary.AT_OR_BEFORE && (mode == Mode.EVENT_TIME || delayNanos == 0);
    }

    /// Whether the winner is too old for a label.
    public boolean isStale(FeatureRow winner, long labelTime) {
        long from =
                switch (staleness) {
                    case EVENT -> winner.eventTime();
                    case AVAILABILITY -> winner.availableTime();
                };
        return from < oldestServed(labelTime);
    }

    /// The earliest time, by the staleness clock, that is served at a label's moment.
    public long oldestServed(long labelTime) {
        return maxAgeNanos == UNBOUNDED
                ? Times.MINUS_INFINITY
                : Times.minus(labelTime, maxAgeNanos);
    }
}
