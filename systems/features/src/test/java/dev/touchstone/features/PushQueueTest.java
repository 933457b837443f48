package dev.touchstone.features;

import static dev.touchstone.features.OnlineViews.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.PushQueue.Push;
import dev.touchstone.features.internal.log.TooManyBytesException;
import dev.touchstone.features.internal.online.OnlineView;
import dev.touchstone.testkit.Eventually;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Pushes that wait for one another")
class PushQueueTest {
    private static final int WAITING = 5;

    private static final ViewDefinition VIEW =
            Definitions.read(
                            "push.yaml",
                            """
                            views:
                              card:
                                owner: cards
                                key: {card: long}
                                features: {amount: long}
                            """)
                    .view("card");

    private final ServedView served =
            new ServedView(VIEW, OnlineView.of(VIEW), RowCounts.Counted.NONE);

    private Push push(long card) {
        var row = new FeatureRow(EntityKey.of(card), NOW, 0, 0, List.of(Value.of(1L)));
        return new Push(served, List.of(row), Map.of(), NOW);
    }

    /// Runs some pushes that all wait while the way is held, and so go together.
    private List<FutureTask<PushReport>> runTogether(PushQueue queue) throws IOException {
        List<FutureTask<PushReport>> reports = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        queue.alone(() -> {
            for (long card = 0; card < WAITING; card++) {
                Push push = push(card);
                var report = new FutureTask<>(() -> queue.run(push));
                reports.add(report);
                threads.add(Thread.ofPlatform().start(report));
            }
            for (Thread thread : threads) {
                Eventually.holds("waits", () -> thread.getState() == Thread.State.BLOCKED);
            }
            return true;
        });
        return reports;
    }

    private static void succeed(List<Push> pushes) {
        pushes.forEach(push -> push.succeed(IngestCounts.NONE, IngestCounts.NONE, NOW));
    }

    @Test
    void are_written_one_by_one_when_they_are_too_large_together() throws Exception {
        List<Integer> groups = new ArrayList<>();
        var queue =
                new PushQueue((_, pushes) -> {
                    groups.add(pushes.size());
                    succeed(pushes); // as is said before the rows are written
                    if (pushes.size() > 1 || pushes.getFirst().rows.equals(push(3).rows)) {
                        throw new TooManyBytesException(pushes.size(), 10);
                    }
                });
        List<FutureTask<PushReport>> reports = runTogether(queue);
        for (int card = 0; card < WAITING; card++) {
            if (card == 3) {
                assertThatThrownBy(reports.get(card)::get).hasMessageContaining("1 rows take more");
            } else {
                assertThat(reports.get(card).get().rows()).isEqualTo(1);
            }
        }
        assertThat(groups).containsExactly(WAITING, 1, 1, 1, 1, 1);
    }

    @Test
    void fail_each_with_an_exception_of_its_own_also_of_an_error() throws Exception {
        for (Throwable cause :
                List.of(
                        new StackOverflowError("too deep"),
                        new IllegalArgumentException("too deep"),
                        new OnlineUnavailableException("too deep"))) {
            var queue =
                    new PushQueue((_, _) -> {
                        switch (cause) {
                            case Error e -> throw e;
                            case RuntimeException e -> throw e;
                            default -> throw new IOException(cause);
                        }
                    });
            List<Throwable> thrown = new ArrayList<>();
            for (FutureTask<PushReport> report : runTogether(queue)) {
                assertThatThrownBy(report::get)
                        .isInstanceOf(ExecutionException.class)
                        .satisfies(e -> thrown.add(e.getCause()));
            }
            assertThat(thrown)
                    .hasSize(WAITING)
                    .doesNotHaveDuplicates()
                    .allSatisfy(e -> assertThat(e).hasMessageContaining("too deep"))
                    .allSatisfy(e -> assertThat(e.getCause()).isSameAs(cause));
        }
    }
}
