package dev.touchstone.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.Definitions;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.FeedReader;
import dev.touchstone.features.OnlineKeys;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.OnlineStatus;
import dev.touchstone.features.Times;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From an event's way into a topic until it can be read; run by its name, as
/// docs/features-engines.md says. Broker, producer, store and reader share one process.
class FreshnessMeasurement {
    private static final int WARM_UP = 300;
    private static final int EVENTS = 2_000;
    private static final long BETWEEN_READS_NANOS = 100_000;

    @Test
    void from_topic_to_read(@TempDir Path folder) throws Exception {
        try (var broker = KafkaBroker.start(folder)) {
            broker.makeTopic("fresh", 2);
            var views =
                    Definitions.read(
                            "fresh.yaml",
                            """
                            views:
                              card:
                                owner: cards
                                key: {card: long}
                                features: {number: long}
                                source: {kafka: {bootstrap: "%s", topic: fresh}}
                            """
                                    .formatted(broker.bootstrap()));
            var ended = new AtomicBoolean();
            try (var store = FeatureStore.open(folder.resolve("store"), views);
                    FeedReader reader = store.reads("card", List.of(new KafkaFeeds()), now())) {
                Thread thread = Thread.ofPlatform().start(() -> readOn(reader, ended));
                long[] took = measure(broker, store.online(now()).reader(List.of("card.number")));
                ended.set(true);
                thread.join();
                Arrays.sort(took);
                System.out.printf(
                        "topic to read, %d events: p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, longest %.1f ms%n",
                        EVENTS,
                        took[EVENTS / 2] / 1e6,
                        took[EVENTS * 9 / 10] / 1e6,
                        took[EVENTS * 99 / 100] / 1e6,
                        took[EVENTS - 1] / 1e6);
                assertThat(store.rowCount("card")).isEqualTo(WARM_UP + EVENTS);
            }
        }
    }

    private static long now() {
        return Times.of(Instant.now());
    }

    private static void readOn(FeedReader reader, AtomicBoolean ended) {
        try {
            while (!ended.get()) {
                var _ = reader.step(FreshnessMeasurement::now, Duration.ofMillis(200));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long[] measure(KafkaBroker broker, OnlineReader reader) throws Exception {
        OnlineRow row = reader.row();
        OnlineKeys keys = reader.keys().set(0, EntityKey.of(7));
        long[] took = new long[EVENTS];
        for (int event = 0; event < WARM_UP + EVENTS; event++) {
            long start = System.nanoTime();
            broker.sendSoon(
                    "fresh",
                    event % 2,
                    "{\"card\": 7, \"number\": %d, \"event_timestamp\": \"%s\"}"
                            .formatted(event, Instant.now()));
            do {
                // A read as often as it can be would take the processor from what is measured.
                LockSupport.parkNanos(BETWEEN_READS_NANOS);
                reader.read(keys, now(), row);
            } while (row.status(0) != OnlineStatus.PRESENT || row.whole(0) != event);
            if (event >= WARM_UP) {
                took[event - WARM_UP] = System.nanoTime() - start;
            }
        }
        return took;
    }
}
