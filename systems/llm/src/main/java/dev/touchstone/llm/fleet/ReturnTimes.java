package dev.touchstone.llm.fleet;

import java.time.Duration;

/// Tells those who find no room when to come back: one after the other, at the pace at which a
/// fleet works them off. Told the same time, all of them would come back at once and find no room
/// again, while nobody came before.
public final class ReturnTimes {
    private static final double NANOS = 1e9;

    /// Who comes back sooner asks more often than the answer is worth.
    private static final long LEAST_NANOS = 1_000_000_000;

    private long lastNanos;

    /// Whether somebody is still to come back.
    public boolean outstanding(long nowNanos) {
        return lastNanos > nowNanos;
    }

    /// How long whoever asks now would have to stay away; [#book] makes it so.
    ///
    /// @param lateSeconds until there is room for one more
    public Duration away(long nowNanos, double lateSeconds) {
        return Duration.ofNanos(next(nowNanos, lateSeconds) - nowNanos);
    }

    /// Whoever asks now was told to come back.
    ///
    /// @param secondsPerRequest between two that the fleet begins
    public void book(long nowNanos, double lateSeconds, double secondsPerRequest) {
        lastNanos = next(nowNanos, lateSeconds) + Math.round(secondsPerRequest * NANOS);
    }

    private long next(long nowNanos, double lateSeconds) {
        long room = nowNanos + Math.max(LEAST_NANOS, Math.round(lateSeconds * NANOS));
        return Math.max(room, lastNanos);
    }
}
