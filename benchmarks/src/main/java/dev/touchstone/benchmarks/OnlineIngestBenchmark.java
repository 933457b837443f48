package dev.touchstone.benchmarks;

import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.OnlineKeys;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.OnlineStore;
import dev.touchstone.simulation.RandomStreams;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// What a push costs: events a second in batches, each on the disk before the next, into a view of
/// ten windows with a hundred features; and the time from a push of one event until it is read.
///
/// ```sh
/// java -Xmx3g -cp benchmarks/target/benchmarks.jar \
///     dev.touchstone.benchmarks.OnlineIngestBenchmark 5
/// ```
public final class OnlineIngestBenchmark {
    private static final long SECOND = 1_000_000_000L;
    private static final long NOW = 1_772_000_000L * SECOND;
    private static final int CARDS = 20_000;
    private static final int BATCH = 5_000;
    private static final int BATCHES = 200;
    private static final int SINGLES = 2_000;

    private OnlineIngestBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        for (int round = 0; round < Integer.parseInt(arguments[0]); round++) {
            Path folder = Files.createTempDirectory("ingest-benchmark");
            try (var store = FeatureStore.open(folder, OnlineReadBenchmark.definitions())) {
                measure(store.online(NOW));
            }
            long start = System.nanoTime();
            try (var store = FeatureStore.open(folder, OnlineReadBenchmark.definitions())) {
                store.online(NOW + (BATCHES + 1) * SECOND);
                System.out.printf(
                        Locale.ROOT,
                        "  opened again in %.2f s%n",
                        (System.nanoTime() - start) / 1e9);
            }
            delete(folder);
        }
    }

    private static void measure(OnlineStore online) throws IOException {
        RandomGenerator random = new RandomStreams(1).stream("events");
        List<List<FeatureRow>> batches = new ArrayList<>();
        for (int batch = 0; batch < BATCHES; batch++) {
            List<FeatureRow> rows = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                rows.add(event(random, NOW + batch * SECOND + random.nextLong(SECOND)));
            }
            batches.add(rows);
        }
        long cpu = cpuNanos();
        long start = System.nanoTime();
        for (int batch = 0; batch < BATCHES; batch++) {
            online.push("card", batches.get(batch), NOW + (batch + 1) * SECOND);
        }
        double wallSeconds = (System.nanoTime() - start) / 1e9;
        double cpuSeconds = (cpuNanos() - cpu) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%,d events: %,.0f a second, %,.0f a second of CPU%n",
                BATCH * BATCHES,
                BATCH * BATCHES / wallSeconds,
                BATCH * BATCHES / cpuSeconds);
        readable(online, random);
    }

    private static void readable(OnlineStore online, RandomGenerator random) throws IOException {
        OnlineReader reader = online.reader(List.of("card.amount_count_10m"));
        OnlineRow row = reader.row();
        OnlineKeys keys = reader.keys();
        long[] nanos = new long[SINGLES];
        for (int i = 0; i < SINGLES; i++) {
            long now = NOW + (BATCHES + 1) * SECOND + i * 1_000_000L;
            FeatureRow event = event(random, now);
            keys.set(0, event.entity());
            reader.read(keys, now, row);
            long before = row.whole(0);
            long start = System.nanoTime();
            online.push("card", List.of(event), now);
            reader.read(keys, now, row);
            nanos[i] = System.nanoTime() - start;
            if (row.whole(0) != before + 1) {
                throw new IllegalStateException("an event was pushed and cannot be read");
            }
        }
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "  one event, pushed to read: p50 %.2f ms, p99 %.2f ms%n",
                nanos[SINGLES / 2] / 1e6,
                nanos[SINGLES * 99 / 100] / 1e6);
    }

    private static FeatureRow event(RandomGenerator random, long time) {
        return OnlineReadBenchmark.payment(random, random.nextInt(CARDS), time);
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
