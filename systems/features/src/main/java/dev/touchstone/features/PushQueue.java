package dev.touchstone.features;

import dev.touchstone.features.internal.log.TooManyBytesException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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

    /// Rows on their way in, and what became of them: that is read and written by who holds the
    /// way.
    static final class Push {
        final ServedView view;
        final List<FeatureRow> rows;
        final Map<String, Long> positions;
        final Optional<PushKey> key;
        final long now;
        private boolean done;
        private @Nullable PushReport report;
        private @Nullable Throwable failure;

        Push(ServedView view, List<FeatureRow> rows, Map<String, Long> positions, long now) {
            this.view = view;
            this.rows = rows;
            this.positions = positions;
            this.key = Optional.empty();
            this.now = now;
        }

        Push(ServedView view, List<FeatureRow> rows, PushKey key, long now) {
            this.view = view;
            this.rows = rows;
            this.positions = Map.of(key.position(), key.content());
            this.key = Optional.of(key);
            this.now = now;
        }

        /// Finds that another push came before under its key.
        ///
        /// @param content of that one
        void repeat(long content, long available) {
            if (content == key.orElseThrow().content()) {
                end(new PushReport(0, 0, 0, available, true));
            } else {
                fail(
                        new IllegalArgumentException(
                                "'%s' names an earlier push with other rows; give every push a name of its own"
                                        .formatted(key.get().name())));
            }
        }

        void succeed(IngestCounts before, IngestCounts after, long available) {
            end(
                    new PushReport(
                            rows.size(),
                            (int) (after.late() - before.late()),
                            (int) (after.dropped() - before.dropped()),
                            available,
                            false));
        }

        private void end(PushReport its) {
            done = true;
            report = its;
            failure = null;
        }

        private void fail(Throwable why) {
            done = true;
            failure = why;
        }

        /// What became of it.
        ///
        /// @throws IOException or what else it failed with: when others failed with it, they throw
        ///   exceptions of their own
        private PushReport report() throws IOException {
            return switch (failure) {
                case null -> Objects.requireNonNull(report);
                case TooManyBytesException e -> throw e; // alone
                case OnlineUnavailableException e ->
                        throw new OnlineUnavailableException(String.valueOf(e.getMessage()), e);
                case IllegalArgumentException e ->
                        throw new IllegalArgumentException(e.getMessage(), e);
                case IOException e -> throw new IOException(e.getMessage(), e);
                case RuntimeException e -> throw new IllegalStateException(e.getMessage(), e);
                case Throwable e ->
                        throw new IOException(
                                "%s: the rows may not be on the disk; open the store again to know"
                                        .formatted(e),
                                e);
            };
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
            return push.report();
        }
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
        byView.forEach(this::commit);
    }

    private void commit(ServedView view, List<Push> pushes) {
        try {
            commit.commit(view, pushes);
        } catch (TooManyBytesException e) {
            if (pushes.size() == 1) {
                pushes.getFirst().fail(e);
            } else { // none was written, and nobody is to blame for the others' size
                pushes.forEach(push -> commit(view, List.of(push)));
            }
        } catch (Throwable e) { // also an Error: others wait for what became of theirs
            pushes.forEach(push -> push.fail(e));
        }
    }
}
