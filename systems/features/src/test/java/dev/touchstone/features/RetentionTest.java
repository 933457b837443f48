package dev.touchstone.features;

import static dev.touchstone.features.OnlineViews.MINUTE;
import static dev.touchstone.features.OnlineViews.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.internal.log.FolderFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("What was served and is not to be kept for good")
class RetentionTest {
    private static final String VIEWS =
            """
            views:
              account:
                owner: risk
                key: {account: text}
                features: {balance: double}
            served: {%s}
            """;

    private static final String SERVED =
            ServedRecords.of(Definitions.read("f.yaml", VIEWS.formatted("")).view("account"))
                    .definition()
                    .view()
                    .name();

    @TempDir private Path folder = Path.of("");

    private FeatureStore open(String served) {
        return FeatureStore.open(
                folder.resolve("store"), Definitions.read("f.yaml", VIEWS.formatted(served)));
    }

    private static void read(FeatureStore store, String rowId, long now) throws IOException {
        OnlineReader reader = store.online(now).reader(List.of("account.balance"));
        OnlineKeys keys = reader.keys(Map.of("account", Value.of("a")));
        OnlineRow row = reader.row();
        store.served(now).record(rowId, reader, keys, row, reader.read(keys, now, row));
    }

    private static List<String> kept(FeatureStore store) throws IOException {
        List<String> ids = new ArrayList<>();
        store.parity(1000, 1);
        ServedHistory.of(
                        store.histories(),
                        Definitions.read("f.yaml", VIEWS.formatted("")).view("account"))
                .rows(record -> ids.add(((Value.Text) record.entity().parts().getFirst()).value()));
        return ids.stream().sorted().toList();
    }

    private long folders() throws IOException {
        try (Stream<Path> all = Files.list(folder.resolve("store"))) {
            return all.filter(path -> path.getFileName().toString().contains("served")).count();
        }
    }

    @Test
    void goes_when_it_is_older_than_that_and_not_before() throws IOException {
        try (FeatureStore store = open("keep: 60m")) {
            push(store);
            for (int minute = 0; minute < 200; minute++) {
                long now = NOW + minute * MINUTE;
                read(store, "r%03d".formatted(minute), now);
                ServedLog log = store.served(now);
                log.flush();
                log.retain(now);
                List<String> kept = kept(store);
                int oldest = Integer.parseInt(kept.getFirst().substring(1));
                assertThat(oldest).isBetween(Math.max(0, minute - 70), Math.max(0, minute - 60));
                assertThat(kept).hasSize(minute - oldest + 1);
                assertThat(log.expired()).isEqualTo(oldest);
            }
            assertThat(folders()).isLessThanOrEqualTo(11);
            assertThat(folder.resolve("store/" + SERVED))
                    .as("the first part has gone, and is not made again")
                    .doesNotExist();
            store.served(NOW).retain(NOW + 500 * MINUTE);
            store.served(NOW).retain(NOW + 600 * MINUTE);
            assertThat(kept(store)).as("nobody reads any more").isEmpty();
        }
    }

    @Test
    void goes_when_there_is_more_of_it_the_oldest_first() throws IOException {
        try (FeatureStore store = open("size: 1 MB")) {
            push(store);
            String longId = "x".repeat(2_000);
            for (int i = 0; i < 3_000; i++) {
                read(store, "%04d%s".formatted(i, longId), NOW + i);
                if (i % 50 == 49) {
                    store.served(NOW).flush();
                    store.served(NOW).retain(NOW + i);
                }
            }
            assertThat(bytes()).isBetween(800_000L, 1_200_000L);
            List<String> kept = kept(store);
            assertThat(kept.getLast()).startsWith("2999");
            assertThat(kept).hasSize(3_000 - Integer.parseInt(kept.getFirst().substring(0, 4)));
            assertThat(store.served(NOW).expired()).isEqualTo(3_000L - kept.size());
        }
    }

    private long bytes() throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("store"))) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> file.toString().contains("-served-"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    @Test
    void is_gone_after_a_restart_and_its_labels_are_rebuilt() throws IOException {
        try (FeatureStore store = open("keep: 60m")) {
            push(store);
            read(store, "old", NOW + MINUTE);
            store.served(NOW).flush();
            store.served(NOW).retain(NOW + MINUTE);
            read(store, "young", NOW + 90 * MINUTE);
            store.served(NOW).flush();
            store.served(NOW).retain(NOW + 90 * MINUTE);
        }
        // As after a kill while a part was being deleted.
        Path half = Files.createDirectories(folder.resolve("store/_dropped-account-served-x"));
        Files.writeString(half.resolve("log-00000001"), "rest");
        try (FeatureStore store = open("keep: 60m")) {
            store.served(NOW + 91 * MINUTE);
            assertThat(half).doesNotExist();
            assertThat(kept(store)).containsExactly("young");
            Path labels = folder.resolve("labels.csv");
            Files.writeString(
                    labels,
                    "id,account,at\nold,a,%s\nyoung,a,%s\n"
                            .formatted(Times.text(NOW + MINUTE), Times.text(NOW + 90 * MINUTE)));
            TrainingSetManifest manifest =
                    store.buildTrainingSet(
                                    new TrainingSetRequest(
                                            List.of("account.balance"),
                                            "at",
                                            Mode.KNOWN_AT_THE_TIME,
                                            Optional.of(
                                                    new TrainingSetRequest.RowIds("id", false))),
                                    labels,
                                    folder.resolve("set.csv"),
                                    BuildProgress.UNWATCHED)
                            .orElseThrow();
            assertThat(Files.readAllLines(folder.resolve("set.csv")))
                    .allMatch(line -> line.startsWith("id") || line.contains("12.5"));
            assertThat(manifest.columns().getFirst().served()).isEqualTo(1);
        }
    }

    private static void push(FeatureStore store) throws IOException {
        store.online(NOW)
                .push(
                        "account",
                        List.of(
                                new FeatureRow(
                                        EntityKey.of("a"), NOW, 0, 0, List.of(Value.of(12.5)))),
                        NOW);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{balance: double, limit: double}", "gone"})
    void goes_in_time_too_when_its_view_is_gone_or_has_other_columns(String features)
            throws IOException {
        try (FeatureStore store = open("")) {
            push(store);
            read(store, "old", NOW);
            store.served(NOW).flush();
        }
        String views = VIEWS.formatted("keep: 60m");
        String later =
                features.equals("gone")
                        ? views.replace("account:", "other:")
                        : views.replace("{balance: double}", features);
        Path served = folder.resolve("store/" + SERVED);
        try (FeatureStore store =
                FeatureStore.open(folder.resolve("store"), Definitions.read("f.yaml", later))) {
            ServedLog log = store.served(NOW);
            writeLast(served, NOW - 59 * MINUTE);
            assertThat(log.retain(NOW)).isEmpty();
            assertThat(served).exists();

            writeLast(served, NOW - 61 * MINUTE);
            assertThat(log.retain(NOW))
                    .containsExactly(new ServedLog.Expired("account", 1, NOW - 61 * MINUTE));
            assertThat(log.expired()).isEqualTo(1);
            assertThat(served).doesNotExist();
            assertThat(folder.resolve("store/account")).as("the view's own rows").exists();
            assertThat(log.retain(NOW)).isEmpty();
        }
    }

    private static void writeLast(Path history, long time) throws IOException {
        for (String file : new FolderFiles(history).list()) {
            Files.setLastModifiedTime(
                    history.resolve(file), FileTime.from(Instant.ofEpochSecond(0, time)));
        }
    }

    @Test
    void goes_first_when_there_is_too_much_with_what_is_served_under_other_columns()
            throws IOException {
        try (FeatureStore store = open("")) {
            push(store);
            for (int i = 0; i < 500; i++) {
                read(store, i + "x".repeat(2_000), NOW + i);
            }
            store.served(NOW).flush();
        }
        String later =
                VIEWS.formatted("size: 1 MB")
                        .replace("{balance: double}", "{balance: double, limit: double}");
        try (FeatureStore store =
                FeatureStore.open(folder.resolve("store"), Definitions.read("f.yaml", later))) {
            ServedLog log = store.served(NOW);
            assertThat(log.retain(NOW)).as("less than that").isEmpty();
            for (int i = 0; i < 100; i++) {
                read(store, i + "y".repeat(2_000), NOW + i);
            }
            log.flush();
            assertThat(log.retain(NOW).getFirst().records()).isEqualTo(500);
            assertThat(folder.resolve("store/" + SERVED)).doesNotExist();
            assertThat(folders()).as("what is served now").isPositive();
        }
    }

    @Test
    void stays_when_the_definitions_say_nothing() throws IOException {
        try (FeatureStore store = open("")) {
            push(store);
            read(store, "r", NOW);
            store.served(NOW).flush();
            assertThat(store.served(NOW).retain(NOW + 1_000_000 * MINUTE)).isEmpty();
            assertThat(kept(store)).containsExactly("r");
        }
    }
}
