package dev.touchstone.app.internal.features;

import dev.touchstone.app.internal.edge.Worker;
import dev.touchstone.features.FeedCounts;
import dev.touchstone.features.FeedReader;
import dev.touchstone.features.Quarantined;
import dev.touchstone.guardrails.Timeline.Kind;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
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
    private final FeatureChanges changes;
    private final CountDownLatch end = new CountDownLatch(1);
    private final Worker worker;
    private String trouble = "";

    private FeedLoop(FeedReader reader, LongSupplier now, FeatureChanges changes) {
        this.reader = reader;
        this.now = now;
        this.changes = changes;
        this.worker = Worker.start("source of " + reader.view(), this::run);
    }

    static FeedLoop start(FeedReader reader, LongSupplier now, FeatureChanges changes) {
        return new FeedLoop(reader, now, changes);
    }

    String view() {
        return reader.view();
    }

    FeedCounts counts() {
        return reader.counts();
    }

    List<Quarantined> quarantined(int limit) throws IOException {
        return reader.quarantined(limit);
    }

    private void run() {
        try (reader) {
            long before = bad(reader.counts()); // was told when it was put in
            long told = 0;
            while (end.getCount() > 0) {
                try {
                    var _ = reader.step(now, LONGEST_WAIT);
                    say("");
                    told = sayBad(bad(reader.counts()) - before, told);
                } catch (Throwable e) { // also an Error: nobody else would say that reading ended
                    say(e instanceof Error ? e.toString() : String.valueOf(e.getMessage()));
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
            String told = what.isEmpty() ? "goes on again" : what;
            LOG.log(Level.WARNING, "the source of %s: %s".formatted(view(), told));
            changes.add(Kind.DEPENDENCY, "source:" + view(), told, "source");
            trouble = what;
        }
    }

    private static long bad(FeedCounts counts) {
        return counts.malformed() + counts.schema();
    }

    /// Says that something went into quarantine, each time that it has become twice as much.
    ///
    /// @return how much was told of
    private long sayBad(long bad, long told) {
        if (bad == 0 || bad < 2 * told) {
            return told;
        }
        String said =
                "%d that are no events of the view since the start; see quarantine/%s.jsonl in the store"
                        .formatted(bad, view());
        LOG.log(Level.WARNING, "the source of %s gave %s".formatted(view(), said));
        changes.add(Kind.DATA, "source:" + view(), "quarantined " + said, "source");
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
