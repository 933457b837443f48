package dev.touchstone.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.internal.parquet.ParquetRows;
import dev.touchstone.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("An exported history")
class HistoryExportTest {
    private static final long MICRO = 1_000;
    private static final Definitions DEFINITIONS =
            Definitions.read(
                    "export.yaml",
                    """
                    views:
                      account:
                        owner: us
                        key: {account: text}
                        features: {balance: double, status: text, visits: long}
                    """);

    @TempDir private Path folder = Path.of("");

    @ParameterizedTest(name = "seed {0}")
    @Seeds(20)
    void gives_the_same_rows_when_it_is_appended_elsewhere(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        Path name = Files.createTempDirectory(folder, "export");
        Path file = name.resolve("account.parquet");
        try (var from = FeatureStore.open(name.resolve("a"), DEFINITIONS);
                var to = FeatureStore.open(name.resolve("b"), DEFINITIONS)) {
            from.append("account", rows(random));
            from.compact("account");
            from.append("account", rows(random));
            assertThat(from.export("account", file)).isEqualTo(from.rowCount("account"));
            var _ = to.appendFile("account", file);
            assertThat(all(to)).isEqualTo(all(from));
        }
    }

    @Test
    void of_a_view_with_windows_has_its_events() throws IOException {
        Definitions definitions =
                Definitions.read(
                        "windows.yaml",
                        """
                        views:
                          card:
                            owner: us
                            key: {card: long}
                            events: {shop: text, amount: double}
                            features: {payments: {count: shop, window: 1d}}
                        """);
        Path events =
                Files.writeString(
                        folder.resolve("events.csv"),
                        "card,shop,amount,event_time\n7,a,1.5,2026-03-04T11:00:00Z\n");
        Path file = folder.resolve("card.parquet");
        try (var from = FeatureStore.open(folder.resolve("a"), definitions);
                var to = FeatureStore.open(folder.resolve("b"), definitions)) {
            var _ = from.appendFile("card", events);
            assertThat(from.export("card", file)).isEqualTo(1);
            assertThat(to.appendFile("card", file).rows()).isEqualTo(1);
        }
    }

    @Test
    void has_the_rows_of_an_entity_together_and_by_time() throws IOException {
        Path file = folder.resolve("account.parquet");
        try (var store = FeatureStore.open(folder.resolve("store"), DEFINITIONS)) {
            store.append("account", List.of(row("b", 2, 2, 1.5), row("a", 1, 5, 2.5)));
            store.compact("account");
            store.append("account", List.of(row("b", 1, 9, 3.5)));
            var _ = store.export("account", file);
        }
        List<String> read = new ArrayList<>();
        try (var rows = new ParquetRows(file, DEFINITIONS.view("account").source())) {
            for (FeatureRow row : rows.next(10)) {
                read.add(
                        "%s %d %d"
                                .formatted(
                                        row.entity().parts().getFirst(),
                                        row.eventTime() / MICRO,
                                        row.availableTime() / MICRO));
            }
        }
        String a = Value.of("a") + " 1 5";
        String b = Value.of("b") + " 1 9";
        String later = Value.of("b") + " 2 2";
        assertThat(read).isIn(List.of(a, b, later), List.of(b, later, a));
    }

    @Test
    void never_takes_the_place_of_a_file_and_never_says_that_a_row_was_known_sooner()
            throws IOException {
        Path file = Files.writeString(folder.resolve("account.parquet"), "mine");
        try (var store = FeatureStore.open(folder.resolve("store"), DEFINITIONS)) {
            assertThatThrownBy(() -> store.export("account", file))
                    .hasMessageContaining("is there already");
            assertThat(file).hasContent("mine");
            store.append(
                    "account",
                    List.of(
                            new FeatureRow(
                                    EntityKey.of("a"), 0, 1, 0, row("a", 0, 0, 1).values())));
            Path other = folder.resolve("other.parquet");
            var _ = store.export("account", other);
            try (var to = FeatureStore.open(folder.resolve("to"), DEFINITIONS)) {
                var _ = to.appendFile("account", other);
                assertThat(all(to).getFirst().availableTime()).isEqualTo(MICRO);
            }
        }
    }

    private static List<FeatureRow> rows(SplittableRandom random) {
        List<FeatureRow> rows = new ArrayList<>();
        for (int i = random.nextInt(40); i >= 0; i--) {
            FeatureRow row =
                    row(
                            "k" + random.nextInt(5),
                            random.nextInt(10),
                            10 + random.nextInt(10),
                            random.nextInt(5));
            rows.add(
                    random.nextInt(6) == 0
                            ? new FeatureRow(
                                    row.entity(),
                                    row.eventTime(),
                                    row.availableTime(),
                                    0,
                                    List.of())
                            : row);
        }
        return rows;
    }

    private static FeatureRow row(String account, long event, long available, double balance) {
        return new FeatureRow(
                EntityKey.of(account),
                event * MICRO,
                available * MICRO,
                0,
                List.of(
                        Value.of(balance),
                        balance > 3 ? Value.MISSING : Value.of("é"),
                        Value.of((long) balance)));
    }

    /// By entity and precedence; sequence numbers are each store's own.
    private static List<FeatureRow> all(FeatureStore store) throws IOException {
        List<FeatureRow> rows = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            for (String key : List.of("k" + i, i == 0 ? "a" : "-")) {
                store
                        .explain("account", EntityKey.of(key), MICRO * 1_000, Mode.EVENT_TIME)
                        .considered()
                        .stream()
                        .map(Explanation.Considered::row)
                        .sorted(FeatureRow.BY_PRECEDENCE)
                        .map(row ->
                                new FeatureRow(
                                        row.entity(),
                                        row.eventTime(),
                                        row.availableTime(),
                                        0,
                                        row.values()))
                        .forEach(rows::add);
            }
        }
        return rows;
    }
}
