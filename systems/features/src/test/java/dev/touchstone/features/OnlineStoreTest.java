package dev.touchstone.features;

import static dev.touchstone.features.OnlineViews.MINUTE;
import static dev.touchstone.features.OnlineViews.NOW;
import static dev.touchstone.features.OnlineViews.SECOND;
import static dev.touchstone.features.OnlineViews.account;
import static dev.touchstone.features.OnlineViews.payment;
import static dev.touchstone.features.OnlineViews.read;
import static dev.touchstone.features.OnlineViews.statuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.touchstone.features.WindowExplanation.Verdict;
import dev.touchstone.testkit.Allocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An online store")
class OnlineStoreTest {
    @TempDir private Path folder = Path.of("");

    private FeatureStore open(String then) {
        return OnlineViews.open(folder, then);
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

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{\"card\": null}", "{\"card\": {\"rows\": 1}}"})
    void counts_anew_when_what_it_counted_cannot_be_read(String damaged) throws IOException {
        IngestCounts counts;
        try (FeatureStore store = open("drop")) {
            store.online(NOW).push("card", List.of(payment("p1", NOW, 10)), NOW);
            counts = store.online(NOW).counts("card");
        }
        Files.writeString(folder.resolve("counts.json"), damaged);
        try (FeatureStore store = open("drop")) {
            assertThat(store.online(NOW).counts("card")).isEqualTo(counts);
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
}
