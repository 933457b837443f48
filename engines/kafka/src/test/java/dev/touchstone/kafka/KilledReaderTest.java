package dev.touchstone.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.Definitions;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.FeedReader;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.testkit.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A process that is killed while it reads a topic")
class KilledReaderTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration WAIT = Duration.ofMillis(50);
    private static final long NOW = Times.parse("2026-03-04T12:00:00Z");
    private static final int KILLS = 3;
    private static final int EVENTS = 3_000;
    private static final int PER_STEP = 50;

    /// Without ids, so that an event which is taken twice would count twice.
    private static Definitions definitions(String bootstrap) {
        return Definitions.read(
                "kill.yaml",
                """
                views:
                  card:
                    owner: cards
                    key: {card: long}
                    events: {amount: long}
                    features:
                      count: {count: amount, window: 1d, hop: 1h}
                      sum: {sum: amount, window: 1d, hop: 1h}
                    source:
                      kafka:
                        bootstrap: "%s"
                        topic: killed
                        options: {max.poll.records: "%d"}
                """
                        .formatted(bootstrap, PER_STEP));
    }

    @Test
    void has_taken_every_event_once_in_the_end(@TempDir Path folder) throws Exception {
        try (var broker = KafkaBroker.start(folder)) {
            broker.makeTopic("killed", 2);
            long sum = 0;
            for (int event = 0; event < EVENTS; event++) {
                sum += event;
                broker.sendSoon("killed", event % 2, event(event));
            }
            for (int kill = 0; kill < KILLS; kill++) {
                runAndKill(folder.resolve("store"), broker.bootstrap());
            }
            try (var store =
                            FeatureStore.open(
                                    folder.resolve("store"), definitions(broker.bootstrap()));
                    FeedReader reader = store.reads("card", List.of(new KafkaFeeds()), NOW)) {
                long deadline = System.nanoTime() + LIMIT.toNanos();
                while (store.rowCount("card") < EVENTS && System.nanoTime() < deadline) {
                    var _ = reader.step(() -> NOW, WAIT);
                }
                assertThat(store.rowCount("card")).isEqualTo(EVENTS);
                OnlineReader features = store.online(NOW).reader(List.of("card.*"));
                OnlineRow row = features.row();
                features.read(features.keys(Map.of("card", Value.of(7L))), NOW + 1_000, row);
                assertThat(List.of(row.whole(0), row.whole(1))).containsExactly((long) EVENTS, sum);
            }
        }
    }

    private static String event(int amount) {
        return "{\"card\": 7, \"amount\": %d, \"event_timestamp\": \"2026-03-04T11:59:00Z\"}"
                .formatted(amount);
    }

    private static void runAndKill(Path folder, String bootstrap) throws Exception {
        try (var reader =
                JavaProcess.start(
                        JavaProcess.testClassPath(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        Reader.class.getName(),
                        folder.toString(),
                        bootstrap)) {
            reader.awaitLine("taken [0-9]+", LIMIT);
            reader.awaitLine("taken [0-9]+", LIMIT);
            reader.kill();
            assertThat(reader.awaitExit(LIMIT)).isNotZero();
        }
    }

    /// The program that is killed.
    static final class Reader {
        public static void main(String[] arguments) throws Exception {
            try (var store = FeatureStore.open(Path.of(arguments[0]), definitions(arguments[1]));
                    FeedReader reader = store.reads("card", List.of(new KafkaFeeds()), NOW)) {
                while (true) {
                    int taken = reader.step(() -> NOW, WAIT);
                    if (taken > 0) {
                        System.out.println("taken " + taken);
                    }
                }
            }
        }
    }
}
