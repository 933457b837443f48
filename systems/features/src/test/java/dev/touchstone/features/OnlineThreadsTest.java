package dev.touchstone.features;

import static dev.touchstone.features.OnlineViews.MINUTE;
import static dev.touchstone.features.OnlineViews.NOW;
import static dev.touchstone.features.OnlineViews.SECOND;
import static dev.touchstone.features.OnlineViews.account;
import static dev.touchstone.features.OnlineViews.payment;
import static dev.touchstone.features.OnlineViews.read;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("An online store among many threads")
class OnlineThreadsTest {
    @TempDir private Path folder = Path.of("");

    private FeatureStore open(String then) {
        return OnlineViews.open(folder, then);
    }

    @Test
    void takes_in_what_comes_from_many_threads_at_once() throws Exception {
        int threads = 8;
        int pushes = 25;
        try (FeatureStore store = open("restate")) {
            OnlineStore online = store.online(NOW);
            List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
            AtomicInteger refused = new AtomicInteger();
            List<Thread> pushers = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int thread = t;
                pushers.add(
                        Thread.ofPlatform()
                                .start(() -> {
                                    try {
                                        for (int i = 0; i < pushes; i++) {
                                            String id = thread + "-" + i;
                                            PushReport report =
                                                    online.push(
                                                            "card",
                                                            List.of(payment(id, NOW, 1)),
                                                            NOW);
                                            assertThat(report.rows()).isEqualTo(1);
                                            try {
                                                online.push(
                                                        "card",
                                                        List.of(account("a", NOW, Value.of(1.0))),
                                                        NOW);
                                            } catch (IllegalArgumentException e) {
                                                refused.incrementAndGet();
                                            }
                                        }
                                    } catch (IOException | RuntimeException | Error e) {
                                        failures.add(e);
                                    }
                                }));
            }
            for (Thread pusher : pushers) {
                pusher.join();
            }
            assertThat(failures).isEmpty();
            assertThat(refused).hasValue(threads * pushes);
            assertThat(online.counts("card").rows()).isEqualTo(1L * threads * pushes);
            assertThat(read(online, "card.payments_1h", NOW + SECOND))
                    .containsExactly(Value.of(1L * threads * pushes));
        }
    }

    @Test
    void answers_no_read_with_what_becomes_available_after_it() throws IOException {
        try (FeatureStore store = open("restate")) {
            OnlineStore online = store.online(NOW);
            OnlineReader reader = online.reader(List.of("account.balance"));
            OnlineRow row = reader.row();
            OnlineKeys keys = reader.keys().set(0, EntityKey.of("a"));
            long asked = reader.read(keys, NOW + MINUTE, row);
            // The clock of whoever pushes is behind.
            PushReport report =
                    online.push(
                            "account",
                            List.of(account("a", NOW, Value.of(1.0), Value.of("open"))),
                            NOW);
            assertThat(report.availableTime()).isGreaterThan(asked);
            assertThat(reader.read(keys, NOW, row)).isEqualTo(report.availableTime());
            assertThat(row.real(0)).isEqualTo(1.0);
        }
    }

    /// What a read was answered as of, and how many payments it was given.
    private record Answer(long asOf, Value payments) {}

    @Test
    void says_of_every_read_a_moment_that_has_just_what_it_gave() throws Exception {
        try (FeatureStore store = open("restate-and-keep")) {
            OnlineStore online = store.online(NOW);
            online.push("card", List.of(payment("p", NOW, 1)), NOW);
            OnlineReader reader = online.reader(List.of("card.payments_1h"));
            OnlineKeys keys = reader.keys(Map.of("card", Value.of(7L)));
            var pushing = new AtomicBoolean(true);
            Set<Answer> answers = new HashSet<>();
            Thread reads =
                    Thread.ofPlatform()
                            .start(() -> {
                                OnlineRow row = reader.row();
                                while (pushing.get()) {
                                    long asOf = reader.read(keys, NOW + SECOND, row);
                                    answers.add(new Answer(asOf, row.value(0)));
                                }
                            });
            List<Long> available = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                FeatureRow late = payment("late" + i, NOW - 11 * MINUTE, 1);
                available.add(online.push("card", List.of(late), NOW + SECOND).availableTime());
            }
            pushing.set(false);
            reads.join();

            assertThat(answers)
                    .isNotEmpty()
                    .allSatisfy(answer -> {
                        long there =
                                available.stream().filter(time -> time <= answer.asOf()).count();
                        assertThat(answer.payments()).isEqualTo(Value.of(1 + there));
                    });
            assertThat(store.restated("card")).hasSize(50);
        }
    }

    @Test
    void serves_rows_that_are_appended_while_it_is_made() throws Exception {
        try (FeatureStore store = open("restate")) {
            var first = new CountDownLatch(20);
            Thread appends =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    for (int i = 0; i < 200; i++) {
                                        store.append("card", List.of(payment("p" + i, NOW, 1)));
                                        first.countDown();
                                    }
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
            first.await();
            OnlineStore online = store.online(NOW);
            appends.join();
            assertThat(store.rowCount("card")).isEqualTo(200);
            assertThat(online.counts("card").rows()).isEqualTo(200);
            assertThat(read(online, "card.payments_1h", NOW + SECOND))
                    .containsExactly(Value.of(200L));
        }
    }
}
