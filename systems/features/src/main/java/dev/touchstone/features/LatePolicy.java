package dev.touchstone.features;

/// What becomes of events that arrive after others which happened later.
///
/// An event is late when it happened more than `afterNanos` before the watermark: the latest event
/// of the view so far, as far as that is not in the future.
///
/// @param afterNanos at least 0
public record LatePolicy(long afterNanos, Then then) {
    /// Every event counts, however late.
    public static final LatePolicy DEFAULT = new LatePolicy(0, Then.RESTATE);

    /// What is done with a late event.
    public enum Then {
        /// It is never served. The history keeps it as never available, so that training sets do
        /// not see it either, unless they ask for [Mode#EVENT_TIME].
        DROP,
        /// It is served from its arrival on. Labels before that do not see it.
        RESTATE,
        /// As RESTATE, and what was served until then is kept beside the history.
        RESTATE_AND_KEEP
    }

    public LatePolicy {
        if (afterNanos < 0) {
            throw new IllegalArgumentException(
                    "events are late after at least 0 ns, got %d".formatted(afterNanos));
        }
    }

    /// Whether an event is late when the latest so far happened at `latestEvent`.
    public boolean isLate(long eventTime, long latestEvent) {
        return eventTime < Times.minus(latestEvent, afterNanos);
    }
}
