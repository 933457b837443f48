package dev.touchstone.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.Definitions;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.OnlineStore;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Reads and pushes with Redis on the same machine; run by its name, as docs/features-engines.md
/// says.
class RedisMeasurement {
    private static final long SECOND = 1_000_000_000L;
    private static final long NOW = Times.parse("2026-03-04T12:00:00Z");
    private static final int TIMES = 4_000;
    private static final int FEATURES = 100;
    private static final int EVENTS = 200;

    @Test
    void reads_and_pushes(@TempDir Path folder) throws IOException {
        var views = new StringBuilder("views:\n  plain:\n    owner: o\n    key: {card: long}\n");
        views.append("    features: {");
        for (int feature = 0; feature < FEATURES; feature++) {
            views.append(feature == 0 ? "" : ", ").append("f%d: double".formatted(feature));
        }
        views.append("}\n  windows:\n    owner: o\n    key: {card: long}\n");
        views.append("    events: {amount: double}\n    features:\n");
        for (int feature = 0; feature < FEATURES / 2; feature++) {
            views.append("      w%d: {sum: amount, window: %dm}\n".formatted(feature, 1 + feature));
        }
        try (var server = RedisServer.start(folder);
                var table = RedisTable.open(server.address("speed"));
                var store =
                        FeatureStore.open(
                                folder.resolve("store"),
                                Definitions.read("speed.yaml", views.toString()))) {
            OnlineStore online = store.online(table, NOW);
            List<Value> values = new ArrayList<>();
            for (int feature = 0; feature < FEATURES; feature++) {
                values.add(Value.of((double) feature));
            }
            online.push("plain", List.of(row(NOW, values)), NOW);
            for (int event = 0; event < EVENTS; event++) {
                online.push(
                        "windows",
                        List.of(row(NOW + event * SECOND, List.of(Value.of(1.0)))),
                        NOW + event * SECOND);
            }
            long now = NOW + EVENTS * SECOND;
            read("100 plain features", online.reader(List.of("plain.*")), now);
            read("50 windows over 200 events", online.reader(List.of("windows.*")), now);
            push(online, now);
            assertThat(store.rowCount("windows")).isEqualTo(EVENTS + 2 * TIMES);
        }
    }

    private static FeatureRow row(long event, List<Value> values) {
        return new FeatureRow(EntityKey.of(7), event, 0, 0, values);
    }

    private static void read(String what, OnlineReader reader, long now) {
        OnlineRow row = reader.row();
        var keys = reader.keys().set(0, EntityKey.of(7));
        long[] took = new long[TIMES];
        for (int round = 0; round < 2; round++) { // the first warms up
            for (int i = 0; i < TIMES; i++) {
                long start = System.nanoTime();
                reader.read(keys, now, row);
                took[i] = System.nanoTime() - start;
            }
        }
        print("read of " + what, took);
    }

    private static void push(OnlineStore online, long now) throws IOException {
        long[] took = new long[TIMES];
        for (int i = 0; i < 2 * TIMES; i++) {
            FeatureRow row =
                    new FeatureRow(EntityKey.of(i % 100), now, 0, 0, List.of(Value.of(1.0)));
            long start = System.nanoTime();
            online.push("windows", List.of(row), now);
            took[i % TIMES] = System.nanoTime() - start;
        }
        print("push of an event", took);
    }

    private static void print(String what, long[] took) {
        Arrays.sort(took);
        System.out.printf(
                "%s: p50 %.2f ms, p99 %.2f ms%n",
                what, took[TIMES / 2] / 1e6, took[TIMES * 99 / 100] / 1e6);
    }
}
