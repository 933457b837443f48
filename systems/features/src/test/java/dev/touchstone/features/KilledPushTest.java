package dev.touchstone.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.testkit.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A process that is killed while it ingests and applies")
class KilledPushTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long SECOND = 1_000_000_000L;
    private static final int BATCH = 3;
    private static final int KILLS = 4;
    private static final int ROWS_PER_LIFE = 120;

    private static final String VIEWS =
            """
            views:
              card:
                owner: cards
                key: {card: long}
                events: {amount: double}
                features:
                  count: {count: amount, window: 365d, hop: 1d}
                  sum: {sum: amount, window: 365d, hop: 1d}
                late: {after: 2s, then: drop}
            """;

    @Test
    void serves_and_counts_every_acknowledged_event_afterwards(@TempDir Path folder)
            throws Exception {
        int acknowledged = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            acknowledged = runAndKill(folder, acknowledged);
            Optional<Registry.Applied> applied;
            try (var registry = Registry.open(folder)) {
                applied = registry.current();
            }
            try (var store = FeatureStore.open(folder, applied.orElseThrow().definitions())) {
                long rows = store.rowCount("card");
                assertThat(rows).isGreaterThanOrEqualTo(acknowledged);
                assertThat(rows % BATCH).isZero();
                List<FeatureRow> all = Writer.rows(0, (int) rows);
                OnlineStore online = store.online(rows * SECOND);
                IngestCounts counts = online.counts("card");
                assertThat(counts.rows()).isEqualTo(rows);
                assertThat(counts.dropped()).isEqualTo(all.stream().filter(Writer::isLate).count());

                OnlineReader reader = online.reader(List.of("card.*"));
                OnlineRow row = reader.row();
                reader.read(reader.keys().set(0, EntityKey.of(0)), rows * SECOND, row);
                double sum =
                        all.stream()
                                .filter(event -> !Writer.isLate(event))
                                .mapToDouble(
                                        event -> ((Value.Real) event.values().getFirst()).value())
                                .sum();
                assertThat(row.real(1)).isEqualTo(sum);
                acknowledged = (int) rows;
            }
        }
    }

    private static int runAndKill(Path folder, int before) throws Exception {
        try (var writer =
                JavaProcess.start(
                        JavaProcess.testClassPath(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        Writer.class.getName(),
                        folder.toString())) {
            writer.awaitLine("acknowledged %d$".formatted(before + ROWS_PER_LIFE), LIMIT);
            writer.kill();
            writer.awaitExit(LIMIT);
            return JavaProcess.lastNumber(writer.output(), "acknowledged");
        }
    }

    /// The program that is killed: pushes threes of events of one card for ever, every fourth event
    /// too late, and applies a changed file before each push.
    static final class Writer {
        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            Files.createDirectories(folder);
            String text = VIEWS;
            try (var registry = Registry.open(folder);
                    var store = FeatureStore.open(folder, Definitions.read("kill.yaml", text))) {
                int from = (int) store.rowCount("card");
                OnlineStore online = store.online(from * SECOND);
                while (true) {
                    String owner = "owner: cards" + from;
                    registry.apply("kill.yaml", text.replace("owner: cards", owner), from);
                    online.push("card", rows(from, BATCH), (from + BATCH) * SECOND);
                    from += BATCH;
                    System.out.println("acknowledged " + from);
                }
            }
        }

        static List<FeatureRow> rows(int from, int count) {
            return IntStream.range(from, from + count)
                    .mapToObj(next ->
                            new FeatureRow(
                                    EntityKey.of(0),
                                    (next % 4 == 3 ? next - 10 : next) * SECOND,
                                    0,
                                    next,
                                    List.of(Value.of((double) next))))
                    .toList();
        }

        static boolean isLate(FeatureRow row) {
            return row.sequence() % 4 == 3;
        }
    }
}
