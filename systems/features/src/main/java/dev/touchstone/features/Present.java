package dev.touchstone.features;

/// Which moment a read answers for, and from which moment on rows are available: such that rows are
/// available only after every read that was answered without them.
///
/// Moments never go back, though the clock may: then they stand still until it has caught up, but
/// for one nanosecond a push. Used by one thread at a time.
final class Present {
    /// The latest moment that something was answered for or became available at.
    private long latest;

    /// From when on the rows will count that are on their way to the disk.
    private long inFlight = Times.INFINITY;

    Present(long now) {
        latest = now;
    }

    /// From when on rows will be available that are written now. Reads until then are answered as
    /// of the moment before.
    long announce(long now) {
        inFlight = Math.max(now, latest + 1);
        return inFlight;
    }

    /// The rows that were announced are served, or never will be: reads that give them say so,
    /// whatever is still to be written.
    void arrive(long available) {
        latest = Math.max(latest, available);
        inFlight = Times.INFINITY;
    }

    /// The moment that a read answers for.
    long asOf(long now) {
        long asOf = inFlight == Times.INFINITY ? now : Math.min(now, inFlight - 1);
        latest = Math.max(asOf, latest);
        return latest;
    }

    long latest() {
        return latest;
    }
}
