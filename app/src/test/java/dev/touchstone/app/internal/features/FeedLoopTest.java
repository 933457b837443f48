package dev.touchstone.app.internal.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.Definitions;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.guardrails.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("What reads a view's source")
class FeedLoopTest {
    private static final Instant NOW = Instant.parse("2026-03-04T12:00:00Z");
    private static final String DEFINITIONS =
            """
            views:
              card:
                owner: payments-risk
                key: {card: long}
                events: {amount: long}
                features: {sum: {sum: amount, window: 1d}}
                source: {folder: "IN"}
            """;

    @Test
    void says_an_error_and_goes_on(@TempDir Path folder) throws IOException, InterruptedException {
        Path in = Files.createDirectory(folder.resolve("in"));
        Files.writeString(
                in.resolve("1.csv"), "card,amount,event_time\n7,1,2026-03-04T11:59:00Z\n");
        var asked = new AtomicInteger();
        var goesOn = new CountDownLatch(3);
        LongSupplier now =
                () -> {
                    goesOn.countDown();
                    if (asked.incrementAndGet() == 1) {
                        throw new OutOfMemoryError("heap");
                    }
                    return now();
                };
        var timeline = new Timeline();
        var definitions = Definitions.read("f.yaml", DEFINITIONS.replace("IN", in.toString()));
        try (var store = FeatureStore.open(folder.resolve("store"), definitions);
                var loop =
                        FeedLoop.start(
                                store.reads("card", List.of(), now()),
                                now,
                                new FeatureChanges(timeline, () -> NOW))) {
            assertThat(goesOn.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(loop.counts().rows()).isEqualTo(1);
            assertThat(loop.counts().failures()).isEqualTo(1);
            assertThat(loop.counts().trouble()).isEmpty();
        }
        assertThat(timeline.before(NOW.plusSeconds(1), 10))
                .extracting(Timeline.Change::summary)
                .containsExactly("goes on again", "java.lang.OutOfMemoryError: heap");
    }

    private static long now() {
        return NOW.getEpochSecond() * 1_000_000_000L;
    }
}
