package dev.touchstone.app.internal.edge;

import java.time.Instant;
import java.time.InstantSource;

/// The time on the wall: what a run's start is dated with.
public enum WallClock implements InstantSource {
    INSTANCE;

    @Override
    public Instant instant() {
        return Instant.now();
    }

    /// Nanoseconds since some moment; never goes backwards.
    public static long nanos() {
        return System.nanoTime();
    }
}
