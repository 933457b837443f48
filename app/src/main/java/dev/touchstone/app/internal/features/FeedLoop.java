package dev.touchstone.app.internal.features;

import dev.touchstone.app.internal.edge.Worker;
import dev.touchstone.features.FeedCounts;
import dev.touchstone.features.FeedReader;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Reads a view's source on a thread of its own until it is closed.
final class FeedLoop implements AutoCloseable {
    private static final Logger LOG = System.getLogger(FeedLoop.class.getName());
    private static final Duration LONGEST_WAIT = Duration.ofMillis(200);
    private static final long PAUSE_AFTER_TROUBLE_MILLIS = 1_000;

    private final FeedReader reader;
    private final LongSupplier now;
    private final CountDownLatch end = new CountDownLatch(1);
    private final Worker worker;
    private String trouble = "";

    private FeedLoop(FeedReader reader, LongSupplier now) {
        this.reader = reader;
        this.now = now;
        this.worker = Worker.start("source of " + reader.view(), this::run);
    }

    static FeedLoop start(FeedReader reader, LongSupplier now) {
        return new FeedLoop(reader, now);
    }

    String view() {
        return reader.view();
    }

    FeedCounts counts() {
        return reader.counts();
    }

    private void run() {
        try (reader) {
            long bad = 0;
            while (end.getCount() > 0) {
                try {
                    var _ = reader.step(now, LONGEST_WAIT);
                    say("");
                    bad = sayBad(bad);
                } catch (IOException | RuntimeException e) {
                    say(String.valueOf(e.getMessage()));
                    pause();
                }
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "closing the source of " + view() + ": " + e.getMessage());
        }
    }

    /// Says what keeps it from reading, once, and when that is over.
    private void say(String what) {
        if (!what.equals(trouble)) {
            LOG.log(
                    Level.WARNING,
                    "the source of %s: %s"
                            .formatted(view(), what.isEmpty() ? "goes on again" : what));
            trouble = what;
        }
    }

    /// Says that something went into quarantine, each time that it has become twice as much.
    private long sayBad(long before) {
        FeedCounts counts = reader.counts();
        long bad = counts.malformed() + counts.schema();
        if (bad == 0 || bad < 2 * before) {
            return before;
        }
        LOG.log(
                Level.WARNING,
                "the source of %s gave %d events that are none and %d of another schema; see quarantine/%s.jsonl in the store"
                        .formatted(view(), counts.malformed(), counts.schema(), view()));
        return bad;
    }

    private void pause() {
        try {
            var _ = end.await(PAUSE_AFTER_TROUBLE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        end.countDown();
        worker.await();
    }
}
