package dev.touchstone.simulation;

import java.time.Instant;
import java.time.InstantSource;

/// A clock that stands still until its [EventLoop] moves it.
public final class VirtualClock implements InstantSource {
    private final Instant start;
    private long nanos;

    /// @param start the instant at which the simulation begins
    public VirtualClock(Instant start) {
        this.start = start;
    }

    @Override
    public Instant instant() {
        return start.plusNanos(nanos);
    }

    /// Nanoseconds since the start.
    public long nanos() {
        return nanos;
    }

    void advanceTo(long nanos) {
        if (nanos < this.nanos) {
            throw new IllegalArgumentException(
                    "time cannot go back from %d ns to %d ns; schedule events at or after now()"
                            .formatted(this.nanos, nanos));
        }
        this.nanos = nanos;
    }
}
