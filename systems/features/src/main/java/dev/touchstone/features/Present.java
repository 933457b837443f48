package dev.touchstone.features;

import dev.touchstone.features.internal.files.LongFile;

/// Which moment a read answers for, and from which moment on rows are available: such that rows are
/// available only after every read that was answered without them.
///
/// Moments never go back, though the clock may: then they stand still until it has caught up, but
/// for one nanosecond a push. That holds from one process to the next as well, for the latest is
/// kept in a file. Used by one thread at a time.
final class Present {
    /// The latest moment that something was answered for or became available at.
    private long latest;

    /// The same, and up to when rows may be on the disk that nobody serves yet.
    private final LongFile kept;

    /// From when on the rows will count that are on their way to the disk.
    private long inFlight = Times.INFINITY;

    Present(LongFile kept, long now) {
        this.kept = kept;
        this.latest = Math.max(now, kept.get());
        kept.set(latest);
    }

    /// From when on rows will be available that are written now. Reads until then are answered as
    /// of the moment before.
    long announce(long now) {
        inFlight = Math.max(now, latest + 1);
        kept.set(inFlight);
        return inFlight;
    }

    /// The rows that were announced are served, or never will be: reads that give them say so,
    /// whatever is still to be written.
    void arrive(long available) {
        latest = Math.max(latest, available);
        kept.set(latest);
        inFlight = Times.INFINITY;
    }

    /// The moment that a read answers for.
    long asOf(long now) {
        long asOf = inFlight == Times.INFINITY ? now : Math.min(now, inFlight - 1);
        if (asOf > latest) {
            latest = asOf;
            kept.set(inFlight == Times.INFINITY ? latest : inFlight);
        }
        return latest;
    }

    long latest() {
        return latest;
    }
}
