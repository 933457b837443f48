package dev.touchstone.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.touchstone.features.WindowExplanation.Verdict;
import dev.touchstone.testkit.Allocation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("An online store")
class OnlineStoreTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final long NOW = Times.parse("2026-03-04T12:00:00Z");

    private static final String VIEWS =
            """
            views:
              account:
                owner: payments-risk
                key: {account: text}
                features: {balance: double, status: text}
                maxAge: 7d
              card:
                owner: payments-risk
                key: {card: long}
                events: {payment: text, amount: double}
                id: payment
                features:
                  paid_1h: {sum: amount, window: 1h}
                  payments_1h: {count: amount, window: 1h}
                  highest_1d: {max: amount, window: 1d, hop: 1h}
                late: {after: 10m, then: POLICY}
              check:
                owner: fraud
                request: {amount: double, country: text}
                features:
                  to_balance: {value: "amount / account.balance"}
                  unusual: {value: "amount > 2 * coalesce(card.highest_1d, 50)"}
                  abroad: {value: "if(country = 'PT', 'home', 'abroad')"}
            """;

    @TempDir private Path folder = Path.of("");

    private FeatureStore open(String then) {
        return FeatureStore.open(
                folder, Definitions.read("features.yaml", VIEWS.replace("POLICY", then)));
    }

    private static FeatureRow account(String name, long event, Value... values) {
        return new FeatureRow(EntityKey.of(name), event, 0, 0, List.of(values));
    }

    private static FeatureRow payment(String id, long event, double amount) {
        return new FeatureRow(
                EntityKey.of(7), event, 0, 0, List.of(Value.of(id), Value.of(amount)));
    }

    private static List<Value> read(OnlineStore online, String features, long now) {
        OnlineReader reader = online.reader(List.of(features));
        OnlineRow row = reader.row();
        reader.read(reader.keys(Map.of("account", Value.of("a"), "card", Value.of(7L))), now, row);
        return IntStream.range(0, row.size()).mapToObj(row::value).toList();
    }

    @Test
    void serves_what_was_pushed_with_the_status_of_each_cell() throws IOException {
        try (FeatureStore store = open("restate")) {
            OnlineStore online = store.online(NOW);
            online.push(
                    "account",
                    List.of(account("a", NOW - MINUTE, Value.of(12.5), Value.MISSING)),
                    NOW);

            OnlineReader reader = online.reader(List.of("account.*", "card.paid_1h"));
            OnlineRow row = reader.row();
            OnlineKeys keys = reader.keys();
            assertThat(reader.names())
                    .containsExactly("account.balance", "account.status", "card.paid_1h");

            reader.read(keys.set(0, EntityKey.of("a")), NOW + SECOND, row);
            assertThat(statuses(row)).isEqualTo("PRESENT NULL_VALUE NOT_FOUND");
            assertThat(row.real(0)).isEqualTo(12.5);
            assertThat(row.eventTime(0)).isEqualTo(NOW - MINUTE);

            reader.read(keys.set(0, EntityKey.of("b")), NOW + SECOND, row);
            assertThat(statuses(row)).isEqualTo("NOT_FOUND NOT_FOUND NOT_FOUND");

            reader.read(keys.set(0, EntityKey.of("a")), NOW + 8 * 24 * 60 * MINUTE, row);
            assertThat(statuses(row)).isEqualTo("OUTSIDE_MAX_AGE OUTSIDE_MAX_AGE NOT_FOUND");
        }
    }

    private static String statuses(OnlineRow row) {
        return IntStream.range(0, row.size())
                .mapToObj(row::status)
                .map(OnlineStatus::name)
                .collect(Collectors.joining(" "));
    }

    @Test
    void counts_an_event_that_is_delivered_twice_once() throws IOException {
        try (FeatureStore store = open("restate")) {
            OnlineStore online = store.online(NOW);
            online.push("card", List.of(payment("p1", NOW, 10), payment("p2", NOW, 5)), NOW);
            online.push("card", List.of(payment("p1", NOW, 10)), NOW + SECOND);
            assertThat(read(online, "card.*", NOW + MINUTE))
                    .containsExactly(Value.of(15.0), Value.of(2L), Value.of(10.0));

            online.push("card", List.of(payment("p1", NOW, 4)), NOW + 2 * MINUTE);
            assertThat(read(online, "card.*", NOW + 3 * MINUTE))
                    .containsExactly(Value.of(9.0), Value.of(2L), Value.of(5.0));
        }
    }

    @Test
    void computes_features_from_the_request_and_other_features() throws IOException {
        try (FeatureStore store = open("restate")) {
            OnlineStore online = store.online(NOW);
            online.push(
                    "account",
                    List.of(account("a", NOW - MINUTE, Value.of(50.0), Value.of("open"))),
                    NOW);
            online.push("card", List.of(payment("p1", NOW, 10)), NOW);
            OnlineReader reader = online.reader(List.of("check.*", "card.paid_1h"));
            assertThat(reader.names())
                    .containsExactly(
                            "check.to_balance", "check.unusual", "check.abroad", "card.paid_1h");
            assertThat(reader.request().stream().map(Column::name))
                    .containsExactly("amount", "country");
            OnlineRow row = reader.row();
            OnlineKeys keys =
                    reader.keys(
                            Map.of(
                                    "account",
                                    Value.of("a"),
                                    "card",
                                    Value.of(7L),
                                    "amount",
                                    Value.of(25.0),
                                    "country",
                                    Value.of("ES")));
            reader.read(keys, NOW + SECOND, row);
            assertThat(row.size()).isEqualTo(4);
            assertThat(IntStream.range(0, 4).mapToObj(row::value))
                    .containsExactly(
                            Value.of(0.5), Value.of(true), Value.of("abroad"), Value.of(10.0));
            assertThat(row.eventTime(1)).isEqualTo(NOW);

            reader.read(keys.request(0, 20.0).request(1, Value.MISSING), NOW + SECOND, row);
            assertThat(statuses(row)).isEqualTo("PRESENT PRESENT NULL_VALUE PRESENT");
            assertThat(row.truth(1)).isFalse();
            assertThat(Allocation.bytes(() -> readAgain(reader, keys, row))).isZero();

            assertThatThrownBy(() -> reader.keys(Map.of("amount", Value.of("x"))))
                    .hasMessage("amount is DOUBLE, got Text[value=x]");
        }
    }

    @Test
    void gives_labels_the_computed_features_that_requests_were_given() throws IOException {
        try (FeatureStore store = open("restate")) {
            OnlineStore online = store.online(NOW);
            OnlineReader reader = online.reader(List.of("check.*", "card.paid_1h"));
            OnlineRow row = reader.row();
            var labels = new StringBuilder("at,account,card,amount,country\n");
            List<List<Value>> served = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                long now = NOW + i * 7L * MINUTE;
                Value balance = i % 5 == 0 ? Value.MISSING : Value.of(i % 3 - 1.0);
                online.push("account", List.of(account("a", now, balance, Value.of("x"))), now);
                online.push("card", List.of(payment("p" + i, now - MINUTE, i)), now);
                Value amount = i % 7 == 0 ? Value.MISSING : Value.of(3.0 * i);
                Value country = i % 4 == 0 ? Value.of("PT") : Value.of("ES");
                Map<String, Value> ask =
                        Map.of(
                                "account",
                                Value.of("a"),
                                "card",
                                Value.of(i % 6 == 0 ? 8L : 7L),
                                "amount",
                                amount,
                                "country",
                                country);
                long asOf = reader.read(reader.keys(ask), now + SECOND, row);
                served.add(IntStream.range(0, row.size()).mapToObj(row::value).toList());
                labels.append(
                        "%s,a,%d,%s,%s%n"
                                .formatted(
                                        Times.text(asOf),
                                        i % 6 == 0 ? 8 : 7,
                                        amount.equals(Value.MISSING) ? "" : 3.0 * i,
                                        ((Value.Text) country).value()));
            }
            Path file = Files.writeString(folder.resolve("asked.csv"), labels);
            Path out = folder.resolve("computed.csv");
            TrainingSetManifest manifest =
                    store.buildTrainingSet(
                                    new TrainingSetRequest(
                                            reader.names(), "at", Mode.KNOWN_AT_THE_TIME),
                                    file,
                                    out,
                                    BuildProgress.UNWATCHED)
                            .orElseThrow();

            List<String> lines = Files.readAllLines(out);
            assertThat(lines.getFirst())
                    .isEqualTo(
                            "at,account,card,amount,country,check.to_balance,check.unusual,check.abroad,card.paid_1h");
            for (int i = 0; i < served.size(); i++) {
                String expected =
                        served.get(i).stream()
                                .map(OnlineStoreTest::text)
                                .collect(Collectors.joining(","));
                assertThat(lines.get(1 + i)).endsWith("," + expected);
            }
            assertThat(manifest.columns())
                    .extracting(TrainingSetManifest.ColumnPart::name)
                    .containsExactlyElementsOf(reader.names());

            Files.writeString(file, "at,account,card,country\n2026-03-04T12:00:00Z,a,7,PT\n");
            assertThatThrownBy(() ->
                            store.buildTrainingSet(
                                    new TrainingSetRequest(
                                            List.of("check.to_balance"),
                                            "at",
                                            Mode.KNOWN_AT_THE_TIME),
                                    file,
                                    folder.resolve("none.csv"),
                                    BuildProgress.UNWATCHED))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("amount");
        }
    }

    private static String text(Value value) {
        return switch (value) {
            case Value.Missing _ -> "";
            case Value.Real(double real) -> Double.toString(real);
            case Value.Whole(long whole) -> Long.toString(whole);
            case Value.Truth(boolean truth) -> Boolean.toString(truth);
            case Value.Text(String text) -> text;
        };
    }

    private static void readAgain(OnlineReader reader, OnlineKeys keys, OnlineRow row) {
        reader.read(keys, NOW + 2 * SECOND, row);
    }

    @Test
    void says_which_events_an_aggregate_counts_and_why_not_the_others() throws IOException {
        try (FeatureStore store = open("restate")) {
            OnlineStore online = store.online(NOW);
            online.push("card", List.of(payment("p1", NOW - 2 * MINUTE, 10)), NOW);
            online.push("card", List.of(payment("p1", NOW - 2 * MINUTE, 8)), NOW + SECOND);
            online.push("card", List.of(payment("p2", NOW - 90 * MINUTE, 5)), NOW + SECOND);
            online.push("card", List.of(payment("p3", NOW - 3 * 24 * 60 * MINUTE, 1)), NOW + 1);
            online.push("card", List.of(payment("p4", NOW + MINUTE, 2)), NOW + 2 * SECOND);
            online.push("card", List.of(payment("p5", NOW, 3)), NOW + MINUTE);

            WindowExplanation why =
                    store.explainWindows(
                            "card", EntityKey.of(7), NOW + 30 * SECOND, Mode.KNOWN_AT_THE_TIME);
            assertThat(why.values()).containsExactly(Value.of(8.0), Value.of(1L), Value.of(8.0));
            assertThat(why.considered())
                    .extracting(
                            one -> one.row().values().getFirst(),
                            WindowExplanation.Considered::verdict,
                            WindowExplanation.Considered::counting)
                    .containsExactly(
                            tuple(Value.of("p4"), Verdict.NOT_HAPPENED, List.of()),
                            tuple(Value.of("p5"), Verdict.NOT_KNOWN, List.of()),
                            tuple(Value.of("p1"), Verdict.COUNTS, List.of(0, 1, 2)),
                            tuple(Value.of("p1"), Verdict.REPLACED, List.of()),
                            tuple(Value.of("p2"), Verdict.COUNTS, List.of(2)),
                            tuple(Value.of("p3"), Verdict.TOO_OLD, List.of()));
            assertThatThrownBy(() ->
                            store.explainWindows(
                                    "account", EntityKey.of("a"), NOW, Mode.KNOWN_AT_THE_TIME))
                    .hasMessageContaining("has no windows");
        }
    }

    @Test
    void takes_an_id_under_another_key_for_another_event() throws IOException {
        try (FeatureStore store = open("restate")) {
            OnlineStore online = store.online(NOW);
            online.push("card", List.of(payment("p1", NOW, 10)), NOW);
            var other =
                    new FeatureRow(
                            EntityKey.of(8), NOW, 0, 0, List.of(Value.of("p1"), Value.of(3.0)));
            online.push("card", List.of(other), NOW + SECOND);
            assertThat(read(online, "card.paid_1h", NOW + MINUTE)).containsExactly(Value.of(10.0));
        }
    }

    @Test
    void says_of_whom_it_knows_that_there_is_no_value_when_windows_are_empty() throws IOException {
        try (FeatureStore store = open("restate")) {
            OnlineStore online = store.online(NOW);
            online.push("card", List.of(payment("p1", NOW, 10)), NOW);
            OnlineReader reader = online.reader(List.of("card.*"));
            OnlineRow row = reader.row();
            OnlineKeys keys = reader.keys().set(0, EntityKey.of(7));
            for (long later : new long[] {2 * 60 * MINUTE, 90 * 24 * 60 * MINUTE}) {
                online.sweep();
                reader.read(keys, NOW + later, row);
                assertThat(statuses(row)).startsWith("NULL_VALUE PRESENT");
                assertThat(row.whole(1)).isZero();
                assertThat(row.eventTime(0)).isEqualTo(NOW);
            }
            assertThat(statuses(row)).isEqualTo("NULL_VALUE PRESENT NULL_VALUE");
            reader.read(keys.set(0, EntityKey.of(8)), NOW + 90 * 24 * 60 * MINUTE, row);
            assertThat(statuses(row)).isEqualTo("NOT_FOUND PRESENT NOT_FOUND");
        }
    }

    @Test
    void does_not_give_the_time_of_an_event_that_is_still_to_come() throws IOException {
        try (FeatureStore store = open("restate")) {
            OnlineStore online = store.online(NOW);
            online.push(
                    "card", List.of(payment("p1", NOW, 10), payment("p2", NOW + MINUTE, 5)), NOW);
            OnlineReader reader = online.reader(List.of("card.paid_1h"));
            OnlineRow row = reader.row();
            OnlineKeys keys = reader.keys().set(0, EntityKey.of(7));
            reader.read(keys, NOW + SECOND, row);
            assertThat(row.eventTime(0)).isEqualTo(NOW);
            reader.read(keys, NOW + 2 * MINUTE, row);
            assertThat(row.eventTime(0)).isEqualTo(NOW + MINUTE);
        }
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
    void never_serves_a_late_event_that_its_policy_drops() throws IOException {
        try (FeatureStore store = open("drop")) {
            OnlineStore online = store.online(NOW);
            online.push("card", List.of(payment("p1", NOW, 10)), NOW);
            PushReport report =
                    online.push(
                            "card",
                            List.of(
                                    payment("p2", NOW - 11 * MINUTE, 5),
                                    payment("p3", NOW - 9 * MINUTE, 1)),
                            NOW + SECOND);

            assertThat(report.late()).isEqualTo(1);
            assertThat(report.dropped()).isEqualTo(1);
            assertThat(read(online, "card.paid_1h", NOW + MINUTE)).containsExactly(Value.of(11.0));
            assertThat(online.counts("card")).isEqualTo(new IngestCounts(3, 1, 0, NOW));
            assertThat(trained(store, "card.paid_1h", NOW + MINUTE, Mode.KNOWN_AT_THE_TIME))
                    .isEqualTo("11.0");
            assertThat(trained(store, "card.paid_1h", NOW + MINUTE, Mode.EVENT_TIME))
                    .isEqualTo("16.0");
        }
    }

    @Test
    void restates_what_it_serves_and_not_what_labels_before_saw() throws IOException {
        try (FeatureStore store = open("restate")) {
            OnlineStore online = store.online(NOW);
            online.push("card", List.of(payment("p1", NOW, 10)), NOW);
            online.push("card", List.of(payment("p2", NOW - 11 * MINUTE, 5)), NOW + MINUTE);

            assertThat(online.counts("card").restated()).isEqualTo(1);
            assertThat(read(online, "card.paid_1h", NOW + MINUTE)).containsExactly(Value.of(15.0));
            assertThat(trained(store, "card.paid_1h", NOW + SECOND, Mode.KNOWN_AT_THE_TIME))
                    .isEqualTo("10.0");
            assertThat(trained(store, "card.paid_1h", NOW + MINUTE, Mode.KNOWN_AT_THE_TIME))
                    .isEqualTo("15.0");
        }
    }

    @Test
    void keeps_what_it_served_before_a_late_event_when_asked_to() throws IOException {
        try (FeatureStore store = open("restate-and-keep")) {
            OnlineStore online = store.online(NOW);
            online.push("card", List.of(payment("p1", NOW, 10)), NOW);
            online.push("card", List.of(payment("p2", NOW - 11 * MINUTE, 5)), NOW + MINUTE);

            List<FeatureRow> kept = store.restated("card");
            assertThat(kept).hasSize(1);
            assertThat(kept.getFirst().eventTime()).isEqualTo(NOW + MINUTE);
            assertThat(kept.getFirst().values())
                    .containsExactly(
                            Value.of(NOW - 11 * MINUTE),
                            Value.of(10.0),
                            Value.of(1L),
                            Value.of(10.0),
                            Value.of(15.0),
                            Value.of(2L),
                            Value.of(10.0));
        }
    }

    private String trained(FeatureStore store, String feature, long time, Mode mode)
            throws IOException {
        Path labels = folder.resolve("labels.csv");
        Path out = folder.resolve("out-%d-%s.csv".formatted(time, mode));
        Files.writeString(labels, "card,at\n7,%s\n".formatted(Times.text(time)));
        store.buildTrainingSet(
                new TrainingSetRequest(List.of(feature), "at", mode),
                labels,
                out,
                BuildProgress.UNWATCHED);
        String line = Files.readAllLines(out).get(1);
        return line.substring(line.lastIndexOf(',') + 1);
    }

    @Test
    void is_the_same_after_it_was_opened_again() throws IOException {
        IngestCounts counts;
        List<Value> served;
        try (FeatureStore store = open("drop")) {
            OnlineStore online = store.online(NOW);
            for (int i = 0; i < 200; i++) {
                long event = NOW + (i * 37 % 50 - 25) * MINUTE;
                online.push("card", List.of(payment("p" + i % 150, event, i)), NOW + i * SECOND);
            }
            store.compact("card");
            online.push("card", List.of(payment("q", NOW, 1000)), NOW + 201 * SECOND);
            counts = online.counts("card");
            served = read(online, "card.*", NOW + 300 * SECOND);
        }
        assertThat(counts.dropped()).isPositive();
        assertThat(counts.rows()).isEqualTo(201);
        Files.delete(folder.resolve("counts.json")); // as after a kill before the first saving
        try (FeatureStore store = open("drop")) {
            OnlineStore online = store.online(NOW + 250 * SECOND);
            assertThat(online.counts("card")).isEqualTo(counts);
            assertThat(read(online, "card.*", NOW + 300 * SECOND)).isEqualTo(served);
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

    @Test
    void refuses_rows_that_do_not_fit_and_keeps_none_of_their_batch() throws IOException {
        try (FeatureStore store = open("restate")) {
            OnlineStore online = store.online(NOW);
            FeatureRow good = payment("p1", NOW, 10);
            FeatureRow noId =
                    new FeatureRow(
                            EntityKey.of(7), NOW, 0, 0, List.of(Value.MISSING, Value.of(1.0)));
            assertThatThrownBy(() -> online.push("card", List.of(good, noId), NOW))
                    .hasMessageContaining("no payment");
            FeatureRow tombstone = new FeatureRow(EntityKey.of(7), NOW, 0, 0, List.of());
            assertThatThrownBy(() -> online.push("card", List.of(good, tombstone), NOW))
                    .hasMessageContaining("send it again under its id");
            assertThat(store.rowCount("card")).isZero();
            assertThat(read(online, "card.payments_1h", NOW + SECOND))
                    .containsExactly(Value.of(0L));
        }
    }

    @Test
    void allocates_nothing_for_a_read() throws IOException {
        try (FeatureStore store = open("restate")) {
            OnlineStore online = store.online(NOW);
            online.push(
                    "account", List.of(account("a", NOW, Value.of(1.0), Value.of("open"))), NOW);
            for (int i = 0; i < 100; i++) {
                online.push("card", List.of(payment("p" + i, NOW, i)), NOW + i);
            }
            OnlineReader reader = online.reader(List.of("account.*", "card.*"));
            OnlineRow row = reader.row();
            OnlineKeys keys = reader.keys().set(0, EntityKey.of("a")).set(1, EntityKey.of(7));
            long[] now = {NOW + SECOND};
            Runnable reads =
                    () -> {
                        for (int i = 0; i < 1_000; i++) {
                            reader.read(keys, now[0]++, row);
                        }
                    };
            for (int warmUp = 0; warmUp < 100; warmUp++) {
                reads.run();
            }
            // What remains are a few bytes for the whole thousand, from the compiler at work.
            assertThat(Allocation.bytes(reads) / 1_000).isZero();
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
