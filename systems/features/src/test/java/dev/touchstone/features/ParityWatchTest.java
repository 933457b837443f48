package dev.touchstone.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.ParityReport.Cause;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A watch over parity")
class ParityWatchTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long NOW = Times.parse("2026-03-04T12:00:00Z");
    private static final Definitions DEFINITIONS =
            Definitions.read(
                    "features.yaml",
                    """
                    views:
                      card:
                        owner: cards
                        key: {card: long}
                        events: {amount: double}
                        features: {paid_1h: {sum: amount, window: 1h}}
                    """);
    private static final ParityWatch.Settings SETTINGS =
            new ParityWatch.Settings(1_000, 60 * SECOND, 10 * SECOND, 50, 0.99, 100 * SECOND);

    @TempDir private Path folder = Path.of("");

    private static FeatureRow payment(long event, long available, double amount) {
        return new FeatureRow(EntityKey.of(7), event, available, 0, List.of(Value.of(amount)));
    }

    private static void read(FeatureStore store, int reads, long now) throws IOException {
        OnlineReader reader = store.online(now).reader(List.of("card.*"));
        OnlineKeys keys = reader.keys(Map.of("card", Value.of(7L)));
        OnlineRow row = reader.row();
        for (int i = 0; i < reads; i++) {
            long asOf = reader.read(keys, now, row);
            store.served(now).record("r" + now + "-" + i, reader, keys, row, asOf);
        }
    }

    @Test
    void replays_reads_when_late_rows_had_time_to_come() throws IOException {
        try (FeatureStore store = FeatureStore.open(folder, DEFINITIONS)) {
            ParityWatch watch = store.watchParity(SETTINGS);
            store.online(NOW).push("card", List.of(payment(NOW, NOW, 10)), NOW);
            read(store, 3, NOW + SECOND);

            assertThat(watch.beat(NOW + 60 * SECOND)).isEmpty();
            assertThat(watch.report().reads()).isZero();
            assertThat(watch.beat(NOW + 65 * SECOND)).isEmpty(); // not time yet
            assertThat(watch.report().reads()).isZero();
            assertThat(watch.beat(NOW + 70 * SECOND)).isEmpty();
            assertThat(watch.points())
                    .containsExactly(new ParityWatch.Point(NOW + 70 * SECOND, 3, 3, 3));
            assertThat(watch.report().matchRate()).isEqualTo(1);
        }
    }

    @Test
    void tells_once_when_too_few_cells_agree_and_once_when_enough_do_again() throws IOException {
        try (FeatureStore store = FeatureStore.open(folder, DEFINITIONS)) {
            ParityWatch watch = store.watchParity(SETTINGS);
            store.online(NOW).push("card", List.of(payment(NOW, NOW, 10)), NOW);
            read(store, 2, NOW + SECOND);
            // Says afterwards that it was available before the reads.
            store.append("card", List.of(payment(NOW - SECOND, NOW - SECOND, 5)));

            Optional<ParityWatch.Alarm> alarm = watch.beat(NOW + 70 * SECOND);
            assertThat(alarm)
                    .contains(
                            new ParityWatch.Alarm(
                                    NOW + 70 * SECOND, false, 0, "card.paid_1h", Cause.LATE));
            assertThat(watch.alarmed()).isTrue();
            assertThat(watch.report().examples()).hasSize(2);
            assertThat(watch.report().features().getFirst().causes()).containsEntry(Cause.LATE, 2L);

            read(store, 2, NOW + 80 * SECOND);
            assertThat(watch.beat(NOW + 150 * SECOND)).isEmpty();
            read(store, 50, NOW + 120 * SECOND);
            assertThat(watch.beat(NOW + 200 * SECOND))
                    .hasValueSatisfying(over -> assertThat(over.over()).isTrue());
            assertThat(watch.alarmed()).isFalse();
        }
    }

    @Test
    void names_the_worst_feature_of_the_span_though_the_last_replay_was_good() throws IOException {
        var half =
                new ParityWatch.Settings(1_000, 60 * SECOND, 10 * SECOND, 200, 0.9, 100 * SECOND);
        try (FeatureStore store = FeatureStore.open(folder, DEFINITIONS)) {
            ParityWatch watch = store.watchParity(half);
            store.online(NOW).push("card", List.of(payment(NOW, NOW, 10)), NOW);
            read(store, 50, NOW + SECOND);
            assertThat(watch.beat(NOW + 70 * SECOND)).isEmpty();

            read(store, 1, NOW + 80 * SECOND);
            store.append("card", List.of(payment(NOW - SECOND, NOW - SECOND, 5)));
            assertThat(watch.beat(NOW + 150 * SECOND)).isEmpty();

            read(store, 1, NOW + 110 * SECOND);
            assertThat(watch.beat(NOW + 180 * SECOND))
                    .contains(
                            new ParityWatch.Alarm(
                                    NOW + 180 * SECOND, false, 0.5, "card.paid_1h", Cause.LATE));
        }
    }

    @Test
    void goes_on_when_more_reads_are_sampled_than_can_wait() throws IOException {
        try (FeatureStore store = FeatureStore.open(folder, DEFINITIONS)) {
            ParityWatch watch = store.watchParity(SETTINGS);
            read(store, 10_000, NOW);
            read(store, 10_000, NOW + 30 * SECOND);
            assertThat(watch.skipped()).isEqualTo(10_000);
            watch.beat(NOW + 60 * SECOND);
            assertThat(watch.report().reads()).isEqualTo(50);
        }
    }

    @Test
    void takes_few_reads_at_a_time_and_the_same_sample_every_time() throws IOException {
        var some = new ParityWatch.Settings(100, 0, SECOND, 10, 0.9, SECOND);
        try (FeatureStore store = FeatureStore.open(folder, DEFINITIONS)) {
            ParityWatch watch = store.watchParity(some);
            read(store, 400, NOW);
            long sampled = 0;
            for (int i = 0; i < 400; i++) {
                sampled += watch.samples("r" + NOW + "-" + i) ? 1 : 0;
            }
            assertThat(sampled).isBetween(20L, 60L);
            watch.beat(NOW + SECOND);
            assertThat(watch.report().reads()).isEqualTo(10);
            for (int beat = 2; beat < 10; beat++) {
                watch.beat(NOW + beat * SECOND);
            }
            assertThat(watch.report().reads()).isEqualTo(sampled);
        }
    }
}
