package dev.touchstone.llm;

import java.time.Duration;
import java.util.Optional;

/// Notices an engine that has stopped working while it looks healthy: requests wait, blocks are
/// free, and nothing is scheduled. Shown every plan, it says when that has lasted for too long.
///
/// An engine whose sessions may keep memory for long does this lawfully for as long as they do.
public final class Watchdog {
    private static final long WORKING = Long.MIN_VALUE;

    private final long patienceNanos;
    private long sinceNanos = WORKING;

    /// @param patience how long an engine may do nothing
    public Watchdog(Duration patience) {
        if (!patience.isPositive()) {
            throw new IllegalArgumentException("patience must be above 0, got " + patience);
        }
        this.patienceNanos = patience.toNanos();
    }

    /// Looks at what was decided just now. Returns what is wrong; empty as long as nothing is.
    public Optional<String> check(long nowNanos, LlmEngine engine) {
        Scheduler scheduler = engine.scheduler();
        boolean idle = !engine.stepping() && engine.step().size() == 0;
        if (!idle || scheduler.waiting() == 0 || engine.pool().freeBlocks() == 0) {
            sinceNanos = WORKING;
            return Optional.empty();
        }
        if (sinceNanos == WORKING || nowNanos < sinceNanos) {
            sinceNanos = nowNanos;
        }
        if (nowNanos - sinceNanos < patienceNanos) {
            return Optional.empty();
        }
        Sequence first = scheduler.waiting(0);
        return Optional.of(
                ("nothing has been scheduled for %.1f s while %d requests wait and %d of %d blocks"
                                + " are free; request %d is first, with %d tokens, and idle"
                                + " sessions hold %d blocks: check the watermark, the ceiling, the"
                                + " long lane and the session TTL")
                        .formatted(
                                (nowNanos - sinceNanos) / 1e9,
                                scheduler.waiting(),
                                engine.pool().freeBlocks(),
                                engine.pool().layout().blockCount(),
                                first.request().id(),
                                first.length(),
                                scheduler.idleSessionBlocks()));
    }
}
