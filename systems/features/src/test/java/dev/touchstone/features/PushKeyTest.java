package dev.touchstone.features;

import static dev.touchstone.features.OnlineViews.NOW;
import static dev.touchstone.features.OnlineViews.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A push that comes again")
class PushKeyTest {
    private static final Definitions DEFINITIONS =
            Definitions.read(
                    "push.yaml",
                    """
                    views:
                      card:
                        owner: cards
                        key: {card: long}
                        events: {amount: long}
                        features: {payments: {count: amount, window: 1d}}
                    """);

    @TempDir private Path folder = Path.of("");

    private static List<FeatureRow> rows(long amount) {
        return List.of(
                new FeatureRow(EntityKey.of(7), NOW, 0, 0, List.of(Value.of(amount))),
                new FeatureRow(EntityKey.of(7), NOW, 0, 0, List.of(Value.of(amount + 1))));
    }

    private static long payments(OnlineStore online) {
        OnlineReader reader = online.reader(List.of("card.payments"));
        OnlineRow row = reader.row();
        reader.read(reader.keys(Map.of("card", Value.of(7L))), NOW + 600 * SECOND, row);
        return row.whole(0);
    }

    @Test
    void is_taken_in_once_under_its_key_also_after_a_restart_and_a_compaction() throws IOException {
        var key = new PushKey("k1", 17);
        try (var store = FeatureStore.open(folder, DEFINITIONS)) {
            OnlineStore online = store.online(NOW);
            PushReport first = online.push("card", rows(1), key, NOW);
            assertThat(first.rows()).isEqualTo(2);
            assertThat(first.repeated()).isFalse();
            assertThat(online.push("card", rows(1), key, NOW).repeated()).isTrue();
            store.compact("card");
            assertThat(store.positions("card")).as("of sources").isEmpty();
        }
        try (var store = FeatureStore.open(folder, DEFINITIONS)) {
            OnlineStore online = store.online(NOW);
            PushReport again = online.push("card", rows(1), key, NOW);
            assertThat(again.repeated()).isTrue();
            assertThat(again.rows()).isZero();
            online.push("card", rows(1), new PushKey("k2", 17), NOW);
            assertThatThrownBy(() -> online.push("card", rows(5), new PushKey("k2", 18), NOW))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("'k2'", "a name of its own");
            assertThat(payments(online)).isEqualTo(4);
        }
    }

    @Test
    void is_taken_in_once_when_several_send_it_at_once() throws Exception {
        try (var store = FeatureStore.open(folder, DEFINITIONS);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            OnlineStore online = store.online(NOW);
            List<Callable<PushReport>> pushes = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                var key = new PushKey("k" + i % 4, 17);
                pushes.add(() -> online.push("card", rows(1), key, NOW));
            }
            int taken = 0;
            for (Future<PushReport> push : threads.invokeAll(pushes)) {
                taken += push.get().rows();
            }
            assertThat(taken).isEqualTo(8);
            assertThat(payments(online)).isEqualTo(8);
        }
    }
}
