package dev.touchstone.benchmarks;

import dev.touchstone.features.Definitions;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.LoggedReader;
import dev.touchstone.features.OnlineKeys;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.OnlineStore;
import dev.touchstone.features.Value;
import dev.touchstone.simulation.RandomStreams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// An online read in process: 1 entity, 100 features. `plain` are columns of one view; `windows`
/// are ten windows from 10 minutes to 30 days, five functions of two columns each, over a card's
/// payments of 30 days.
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 3, jvmArgsAppend = "-XX:+UseSerialGC")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class OnlineReadBenchmark {
    private static final long SECOND = 1_000_000_000L;
    private static final long NOW = 1_772_000_000L * SECOND;
    private static final long SPAN_SECONDS = 30L * 86_400;
    private static final int ENTITIES = 10_000;
    private static final int FEATURES = 100;
    private static final int EVENTS_PER_PUSH = 5_000;
    private static final long STEP_NANOS = 100_000_000;

    /// A read of the plain view.
    @Benchmark
    public long plain(Served served) {
        return served.read(served.plain);
    }

    /// A read of the plain view that is remembered. Every 20,000th writes the records, a kilobyte
    /// each: that is why there are few.
    @Benchmark
    @Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
    @Warmup(iterations = 2, time = 300, timeUnit = TimeUnit.MILLISECONDS)
    @Measurement(iterations = 2, time = 300, timeUnit = TimeUnit.MILLISECONDS)
    public long logged(Served served) throws IOException {
        return served.readLogged();
    }

    /// A read of the view with windows.
    @Benchmark
    public long windows(Served served) {
        return served.read(served.windowed);
    }

    /// Definitions of both views.
    static Definitions definitions() {
        return Definitions.read("benchmark.yaml", yaml());
    }

    static String yaml() {
        var yaml = new StringBuilder("views:\n  plain:\n    owner: us\n    key: {id: long}\n");
        yaml.append("    features:\n");
        for (int f = 0; f < FEATURES; f++) {
            yaml.append("      f%d: double%n".formatted(f));
        }
        yaml.append("  card:\n    owner: us\n    key: {id: long}\n");
        yaml.append("    events: {amount: double, items: long}\n    features:\n");
        String[] windows = {"10m", "30m", "1h", "3h", "6h", "12h", "1d", "3d", "7d", "30d"};
        for (String window : windows) {
            for (String column : List.of("amount", "items")) {
                for (String function : List.of("count", "sum", "mean", "max", "variance")) {
                    yaml.append(
                            String.format(
                                    Locale.ROOT,
                                    "      %s_%s_%s: {%s: %s, window: %s, hop: %s}%n",
                                    column,
                                    function,
                                    window,
                                    function,
                                    column,
                                    window,
                                    window.endsWith("d") ? "1h" : "1m"));
                }
            }
        }
        return yaml.toString();
    }

    /// A payment of a card.
    static FeatureRow payment(RandomGenerator random, long card, long eventTime) {
        return new FeatureRow(
                EntityKey.of(card),
                eventTime,
                0,
                0,
                List.of(
                        Value.of(Math.rint(random.nextDouble(50_000)) / 100),
                        Value.of(random.nextLong(1, 9))));
    }

    /// A store that serves.
    @State(Scope.Thread)
    public static class Served {
        /// Payments of a card in 30 days.
        @Param({"100", "2000"})
        int events;

        private Path folder;
        private FeatureStore store;
        private OnlineReader plain;
        private OnlineReader windowed;
        private LoggedReader logged;
        private OnlineKeys[] keys;
        private OnlineRow row;
        private long now = NOW;
        private int next;

        @Setup
        public void fill() throws IOException {
            folder = Files.createTempDirectory("online-benchmark");
            store = FeatureStore.open(folder, definitions());
            OnlineStore online = store.online(NOW);
            RandomGenerator random = new RandomStreams(1).stream("values");
            List<FeatureRow> rows = new ArrayList<>();
            for (int id = 0; id < ENTITIES; id++) {
                List<Value> values = new ArrayList<>();
                for (int f = 0; f < FEATURES; f++) {
                    values.add(Value.of(random.nextDouble()));
                }
                rows.add(new FeatureRow(EntityKey.of(id), NOW, 0, 0, values));
            }
            online.push("plain", rows, NOW);
            rows.clear();
            int cards = 1_000_000 / events;
            for (long event = 0; event < 1_000_000; event++) {
                rows.add(
                        payment(
                                random,
                                random.nextInt(cards),
                                NOW - random.nextLong(SPAN_SECONDS) * SECOND));
                if (rows.size() == EVENTS_PER_PUSH) {
                    online.push("card", rows, NOW);
                    rows.clear();
                }
            }
            plain = online.reader(List.of("plain.*"));
            windowed = online.reader(List.of("card.*"));
            logged = store.reader(List.of("plain.*"), NOW);
            row = plain.row();
            keys = new OnlineKeys[Math.min(cards, ENTITIES)];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = plain.keys().set(0, EntityKey.of(i));
            }
        }

        long read(OnlineReader reader) {
            next = (next + 4_099) % keys.length;
            now += STEP_NANOS; // so that windows move on from read to read
            return reader.read(keys[next], now, row);
        }

        long readLogged() throws IOException {
            next = (next + 4_099) % keys.length;
            now += STEP_NANOS;
            return logged.read("request", keys[next], now, row);
        }

        @TearDown
        public void remove() throws IOException {
            store.close();
            OnlineIngestBenchmark.delete(folder);
        }
    }
}
