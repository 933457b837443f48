package dev.touchstone.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.Definitions;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.OnlineStore;
import dev.touchstone.features.Value;
import dev.touchstone.testkit.JavaProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A process that is killed while it pushes to Redis")
class KilledWriterTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long SECOND = 1_000_000_000L;
    private static final int CARDS = 3;
    private static final int BATCH = 4;
    private static final int KILLS = 4;
    private static final int ROWS_PER_LIFE = 200;

    private static final Definitions VIEWS =
            Definitions.read(
                    "kill.yaml",
                    """
                    views:
                      card:
                        owner: cards
                        key: {card: long}
                        events: {amount: long}
                        features:
                          count: {count: amount, window: 365d, hop: 1d}
                          sum: {sum: amount, window: 365d, hop: 1d}
                    """);

    @Test
    void has_every_acknowledged_event_served_once_afterwards(@TempDir Path folder)
            throws Exception {
        int acknowledged = 0;
        try (var server = RedisServer.start(folder)) {
            URI address = server.address("kill");
            for (int kill = 0; kill < KILLS; kill++) {
                acknowledged = runAndKill(folder.resolve("store"), address, acknowledged);
                try (var table = RedisTable.open(address);
                        var store = FeatureStore.open(folder.resolve("store"), VIEWS)) {
                    int rows = (int) store.rowCount("card");
                    assertThat(rows).isGreaterThanOrEqualTo(acknowledged);
                    assertThat(rows % BATCH).isZero();
                    OnlineStore online = store.online(table, rows * SECOND);
                    OnlineReader reader = online.reader(List.of("card.*"));
                    for (int card = 0; card < CARDS; card++) {
                        int its = card;
                        OnlineRow row = reader.row();
                        reader.read(reader.keys().set(0, EntityKey.of(its)), rows * SECOND, row);
                        assertThat(List.of(row.whole(0), row.whole(1)))
                                .as("count and sum of card %d", its)
                                .containsExactly(
                                        LongStream.range(0, rows)
                                                .filter(at -> at % CARDS == its)
                                                .count(),
                                        LongStream.range(0, rows)
                                                .filter(at -> at % CARDS == its)
                                                .sum());
                    }
                    acknowledged = rows;
                }
            }
        }
    }

    private static int runAndKill(Path folder, URI address, int before) throws Exception {
        try (var writer =
                JavaProcess.start(
                        JavaProcess.testClassPath(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        Writer.class.getName(),
                        folder.toString(),
                        address.toString())) {
            writer.awaitLine("acknowledged %d$".formatted(before + ROWS_PER_LIFE), LIMIT);
            writer.kill();
            writer.awaitExit(LIMIT);
            return JavaProcess.lastNumber(writer.output(), "acknowledged");
        }
    }

    /// The program that is killed: pushes fours of events of three cards for ever.
    static final class Writer {
        public static void main(String[] arguments) throws IOException {
            try (var table = RedisTable.open(URI.create(arguments[1]));
                    var store = FeatureStore.open(Path.of(arguments[0]), VIEWS)) {
                int from = (int) store.rowCount("card");
                OnlineStore online = store.online(table, from * SECOND);
                while (true) {
                    online.push("card", rows(from), (from + BATCH) * SECOND);
                    from += BATCH;
                    System.out.println("acknowledged " + from);
                }
            }
        }

        private static List<FeatureRow> rows(int from) {
            return IntStream.range(from, from + BATCH)
                    .mapToObj(next ->
                            new FeatureRow(
                                    EntityKey.of(next % CARDS),
                                    next * SECOND,
                                    0,
                                    next,
                                    List.of(Value.of((long) next))))
                    .toList();
        }
    }
}
