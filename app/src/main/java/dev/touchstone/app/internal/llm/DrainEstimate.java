package dev.touchstone.app.internal.llm;

import java.time.Duration;

/// Predicts when a full queue has a place again, from how fast places have become free.
///
/// Each request that is sent away is given a later place than the one before, so they do not all
/// come back at once.
final class DrainEstimate {
    /// A client that would have to wait longer is better told so by its user.
    static final Duration LONGEST = Duration.ofSeconds(60);

    private static final Duration FIRST_GUESS = Duration.ofMillis(500);
    private static final double NEWEST_WEIGHT = 0.2;

    private double intervalNanos = FIRST_GUESS.toNanos();
    private long freedNanos;
    private boolean freedBefore;
    private long promisedNanos = Long.MIN_VALUE;

    /// A place became free.
    ///
    /// @param waitedFor whether the queue was full, so that the time since the last one says how
    ///   fast it drains
    void freed(long nowNanos, boolean waitedFor) {
        if (waitedFor && freedBefore) {
            intervalNanos += NEWEST_WEIGHT * (nowNanos - freedNanos - intervalNanos);
        }
        freedBefore = true;
        freedNanos = nowNanos;
    }

    /// How long to wait for a place that nobody else was promised; [#LONGEST] and more promises
    /// none.
    long comeBackNanos(long nowNanos) {
        long from = Math.max(nowNanos, promisedNanos);
        long wait = from - nowNanos + Math.max(1, Math.round(intervalNanos));
        if (wait < LONGEST.toNanos()) {
            promisedNanos = nowNanos + wait;
        }
        return wait;
    }
}
