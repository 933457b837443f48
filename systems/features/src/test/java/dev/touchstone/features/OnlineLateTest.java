package dev.touchstone.features;

import static dev.touchstone.features.OnlineViews.MINUTE;
import static dev.touchstone.features.OnlineViews.NOW;
import static dev.touchstone.features.OnlineViews.SECOND;
import static dev.touchstone.features.OnlineViews.payment;
import static dev.touchstone.features.OnlineViews.read;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A late event")
class OnlineLateTest {
    @TempDir private Path folder = Path.of("");

    private FeatureStore open(String then) {
        return OnlineViews.open(folder, then);
    }

    @Test
    void never_serves_a_late_event_that_its_policy_drops() throws IOException {
        try (FeatureStore store = open("drop")) {
            OnlineStore online = store.online(NOW);
            online.push("card", List.of(payment("p1", NOW, 10)), NOW);
            PushReport report =
                    online.push(
                            "card",
                            List.of(
                                    payment("p2", NOW - 11 * MINUTE, 5),
                                    payment("p3", NOW - 9 * MINUTE, 1)),
                            NOW + SECOND);

            assertThat(report.late()).isEqualTo(1);
            assertThat(report.dropped()).isEqualTo(1);
            assertThat(read(online, "card.paid_1h", NOW + MINUTE)).containsExactly(Value.of(11.0));
            assertThat(online.counts("card")).isEqualTo(new IngestCounts(3, 1, 0, NOW));
            assertThat(trained(store, "card.paid_1h", NOW + MINUTE, Mode.KNOWN_AT_THE_TIME))
                    .isEqualTo("11.0");
            assertThat(trained(store, "card.paid_1h", NOW + MINUTE, Mode.EVENT_TIME))
                    .isEqualTo("16.0");
        }
    }

    @Test
    void is_late_by_the_history_that_is_there_though_another_was_served_before()
            throws IOException {
        try (FeatureStore store = open("drop")) {
            store.online(NOW).push("card", List.of(payment("p1", NOW, 10)), NOW);
            store.online(NOW).push("card", List.of(payment("p2", NOW, 10)), NOW);
        }
        Path other = Files.createDirectory(folder.resolve("other"));
        try (FeatureStore store = OnlineViews.open(other, "drop")) {
            for (String id : List.of("p1", "p2")) {
                store.online(NOW)
                        .push("card", List.of(payment(id, NOW - 30 * MINUTE, 10)), NOW + SECOND);
            }
        }
        Files.move(folder.resolve("card"), folder.resolve("old"));
        Files.move(other.resolve("card"), folder.resolve("card"));
        try (FeatureStore store = open("drop")) {
            OnlineStore online = store.online(NOW);
            assertThat(online.counts("card"))
                    .isEqualTo(new IngestCounts(2, 0, 0, NOW - 30 * MINUTE));
            FeatureRow onTime = payment("p3", NOW - 29 * MINUTE, 10);
            assertThat(online.push("card", List.of(onTime), NOW + MINUTE).dropped()).isZero();
        }
    }

    @Test
    void restates_what_it_serves_and_not_what_labels_before_saw() throws IOException {
        try (FeatureStore store = open("restate")) {
            OnlineStore online = store.online(NOW);
            online.push("card", List.of(payment("p1", NOW, 10)), NOW);
            online.push("card", List.of(payment("p2", NOW - 11 * MINUTE, 5)), NOW + MINUTE);

            assertThat(online.counts("card").restated()).isEqualTo(1);
            assertThat(read(online, "card.paid_1h", NOW + MINUTE)).containsExactly(Value.of(15.0));
            assertThat(trained(store, "card.paid_1h", NOW + SECOND, Mode.KNOWN_AT_THE_TIME))
                    .isEqualTo("10.0");
            assertThat(trained(store, "card.paid_1h", NOW + MINUTE, Mode.KNOWN_AT_THE_TIME))
                    .isEqualTo("15.0");
        }
    }

    @Test
    void keeps_what_it_served_before_a_late_event_when_asked_to() throws IOException {
        try (FeatureStore store = open("restate-and-keep")) {
            OnlineStore online = store.online(NOW);
            online.push("card", List.of(payment("p1", NOW, 10)), NOW);
            online.push("card", List.of(payment("p2", NOW - 11 * MINUTE, 5)), NOW + MINUTE);

            List<FeatureRow> kept = store.restated("card");
            assertThat(kept).hasSize(1);
            assertThat(kept.getFirst().eventTime()).isEqualTo(NOW + MINUTE);
            assertThat(kept.getFirst().values())
                    .containsExactly(
                            Value.of(NOW - 11 * MINUTE),
                            Value.of(10.0),
                            Value.of(1L),
                            Value.of(10.0),
                            Value.of(15.0),
                            Value.of(2L),
                            Value.of(10.0));
        }
    }

    @Test
    void keeps_what_it_served_though_that_is_too_large_to_be_written_at_once() throws IOException {
        Definitions notes =
                Definitions.read(
                        "notes.yaml",
                        """
                        views:
                          card:
                            owner: cards
                            key: {card: long}
                            events: {note: text}
                            features: {latest: {last: note, window: 1d}}
                            late: {after: 10m, then: restate-and-keep}
                        """);
        List<Value> note = List.of(Value.of("x".repeat(40_000)));
        var onTime = new FeatureRow(EntityKey.of(7), NOW, 0, 0, note);
        var late = new FeatureRow(EntityKey.of(7), NOW - 11 * MINUTE, 0, 0, note);
        try (FeatureStore store = FeatureStore.open(folder, notes)) {
            OnlineStore online = store.online(NOW);
            online.push("card", List.of(onTime), NOW);
            online.push("card", Collections.nCopies(1_000, late), NOW + MINUTE);
            assertThat(store.restated("card")).hasSize(1_000);
            assertThat(store.rowCount("card")).isEqualTo(1_001);
        }
    }

    private String trained(FeatureStore store, String feature, long time, Mode mode)
            throws IOException {
        Path labels = folder.resolve("labels.csv");
        Path out = folder.resolve("out-%d-%s.csv".formatted(time, mode));
        Files.writeString(labels, "card,at\n7,%s\n".formatted(Times.text(time)));
        store.buildTrainingSet(
                new TrainingSetRequest(List.of(feature), "at", mode),
                labels,
                out,
                BuildProgress.UNWATCHED);
        String line = Files.readAllLines(out).get(1);
        return line.substring(line.lastIndexOf(',') + 1);
    }
}
