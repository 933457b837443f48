package dev.touchstone.app.internal.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.OnlineKeys;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A feature store while the server runs")
class FeatureServiceTest {
    private static final String DEFINITIONS =
            """
            views:
              card:
                owner: payments-risk
                key: {card: long}
                events: {amount: double}
                features:
                  paid_10m: {sum: amount, window: 10m}
            """;

    @Test
    void gives_the_memory_of_old_events_back_once_an_hour(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("features.yaml"), DEFINITIONS);
        var clock = new AtomicReference<>(Instant.parse("2026-03-04T12:00:00Z"));
        try (var service = FeatureService.open(folder, clock::get).orElseThrow()) {
            var event =
                    new FeatureRow(EntityKey.of(7), service.now(), 0, 0, List.of(Value.of(12.5)));
            service.online().push("card", List.of(event), service.now());

            clock.updateAndGet(now -> now.plus(Duration.ofMinutes(1)));
            readAnother(service);
            clock.updateAndGet(now -> now.plus(Duration.ofMinutes(58)));
            readAnother(service);
            service.beat();
            assertThat(service.online().entities("card")).isEqualTo(1);

            clock.updateAndGet(now -> now.plus(Duration.ofMinutes(1)));
            service.beat();
            assertThat(service.online().entities("card")).isZero();
        }
    }

    private static void readAnother(FeatureService service) {
        OnlineReader reader = service.online().reader(List.of("card.paid_10m"));
        OnlineKeys keys = reader.keys(Map.of("card", Value.of(8L)));
        reader.read(keys, service.now(), reader.row());
    }
}
