package dev.touchstone.app.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.testing.Documents;
import dev.touchstone.app.testing.PracticeServer;
import dev.touchstone.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@DisplayName("The page of the feature store")
class FeatureSourcesTest {
    private static final String EVENTS =
            """
            {"card": 7, "amount": 1, "event_timestamp": "2026-11-23T09:29:00Z"}
            {"card": 7, "amnt": 2, "event_timestamp": "2026-11-23T09:29:00Z"}
            {"card": 7, "amount": 3, "event_timestamp": "2026-11-23T09:29:00"}
            {"card": 7, "amount": 4, "event_timestamp": "2026-11-23T09:29:30Z"}
            """;

    @Test
    void shows_what_sources_gave_and_which_line_of_which_file_is_no_event(@TempDir Path data)
            throws IOException {
        Path in = Files.createDirectories(data.resolve("in"));
        Files.createDirectories(data.resolve("features"));
        Files.writeString(
                data.resolve("features/features.yaml"),
                """
                views:
                  card:
                    owner: payments-risk
                    key: {card: long}
                    events: {amount: double}
                    features:
                      paid_1h: {sum: amount, window: 1h}
                    source: {folder: "%s"}
                """
                        .formatted(in.toString().replace('\\', '/')));
        try (var server = PracticeServer.start(data)) {
            Files.writeString(in.resolve(".payments"), EVENTS);
            Files.move(in.resolve(".payments"), in.resolve("payments.jsonl"));
            Eventually.holds("the file is read", () -> isRead(server));

            JsonNode card = Documents.read(server.http().get("/api/features/sources")).get("card");
            assertThat(card.get("kind").asString()).isEqualTo("folder");
            assertThat(card.get("malformed").asInt()).isEqualTo(1);
            assertThat(card.get("schema").asInt()).isEqualTo(1);
            assertThat(card.at("/quarantined/0/position").asInt()).isEqualTo(2);
            String page = server.http().get("/features").body();
            assertThat(page)
                    .contains("folder " + in)
                    .contains("payments.jsonl, line 2", "view card has no column ")
                    .contains("payments.jsonl, line 3", "is no time with a zone")
                    .contains("source:card");
            assertThat(server.http().get("/api/timeline").body())
                    .contains("quarantined 2 that are no events of the view since the start");
            assertThat(server.http().get("/metrics").body())
                    .contains(
                            "touchstone_features_source_events_total{view=\"card\",outcome=\"taken\"} 2",
                            "touchstone_features_source_events_total{view=\"card\",outcome=\"schema\"} 1");
        }
    }

    private static boolean isRead(PracticeServer server) {
        try {
            return server.http().get("/api/timeline").body().contains("quarantined 2");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
