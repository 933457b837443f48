package dev.touchstone.features;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Pushes that come while another is on its way to the disk, and share the next way there.
final class PushQueue {
    /// Rows that are written at once, unless a single push has more.
    private static final int MOST_TOGETHER = 10_000;

    private final Commit commit;

    /// Held while rows go to the disk and are taken in.
    private final Object way = new Object();

    /// Pushes that nobody has taken on yet; guarded by itself.
    private final List<Push> waiting = new ArrayList<>();

    /// Takes pushes of one view in: tells each what became of it, or fails all of them.
    interface Commit {
        void commit(ServedView view, List<Push> pushes) throws IOException;
    }

    /// What nobody else may do meanwhile.
    interface Alone<T> {
        T run() throws IOException;
    }

    /// Rows on their way in, and what became of them.
    static final class Push {
        final ServedView view;
        final List<FeatureRow> rows;
        final Map<String, Long> positions;
        final long now;
        private boolean done;
        private @Nullable PushReport report;
        private @Nullable Exception failure;

        Push(ServedView view, List<FeatureRow> rows, Map<String, Long> positions, long now) {
            this.view = view;
            this.rows = rows;
            this.positions = positions;
            this.now = now;
        }

        void succeed(IngestCounts before, IngestCounts after, long available) {
            done = true;
            report =
                    new PushReport(
                            rows.size(),
                            (int) (after.late() - before.late()),
                            (int) (after.dropped() - before.dropped()),
                            available);
        }

        private void fail(Exception why) {
            done = true;
            failure = why;
        }

        private PushReport report() throws IOException {
            switch (failure) {
                case null -> {}
                case IOException e -> throw new IOException(e.getMessage(), e);
                case RuntimeException e -> throw e;
                default -> throw new IllegalStateException(failure);
            }
            return Objects.requireNonNull(report);
        }
    }

    PushQueue(Commit commit) {
        this.commit = commit;
    }

    /// Has a push committed, by this thread or by one that was on its way; returns when it was.
    PushReport run(Push push) throws IOException {
        synchronized (waiting) {
            waiting.add(push);
        }
        synchronized (way) {
            if (!push.done) { // else it went with one that was written meanwhile
                List<Push> together;
                synchronized (waiting) {
                    together = List.copyOf(waiting);
                    waiting.clear();
                }
                commitTogether(together);
            }
        }
        return push.report();
    }

    /// Runs something between pushes.
    void between(Runnable what) {
        synchronized (way) {
            what.run();
        }
    }

    /// As [#between], of what gives something or fails.
    <T> T alone(Alone<T> what) throws IOException {
        synchronized (way) {
            return what.run();
        }
    }

    private void commitTogether(List<Push> pushes) {
        Map<ServedView, List<Push>> byView = new LinkedHashMap<>();
        int rows = 0;
        for (Push push : pushes) {
            rows += push.rows.size();
            if (rows > MOST_TOGETHER) {
                commitEach(byView);
                byView.clear();
                rows = push.rows.size();
            }
            byView.computeIfAbsent(push.view, _ -> new ArrayList<>()).add(push);
        }
        commitEach(byView);
    }

    private void commitEach(Map<ServedView, List<Push>> byView) {
        byView.forEach((view, pushes) -> {
            try {
                commit.commit(view, pushes);
            } catch (IOException | RuntimeException e) {
                pushes.forEach(push -> push.fail(e));
            }
        });
    }
}
