package dev.touchstone.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.TrainingSetSources.HistoryFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The Parquet file was written by DuckDB.
@DisplayName("A training set built from files as they lie")
class TrainingSetBuildTest {
    private static final Definitions DEFINITIONS =
            Definitions.read(
                    "features.yaml",
                    """
                    views:
                      account:
                        owner: risk
                        key: {account: text, branch: long}
                        features: {balance: double, status: text, open: boolean, since: timestamp}
                      merchant:
                        owner: risk
                        key: {merchant: long}
                        features: {disputes: long}
                    """);

    private static final HistoryFile ACCOUNTS =
            new HistoryFile(Path.of("src/test/resources/parquet/zstd.parquet"), Map.of());

    private static final TrainingSetRequest REQUEST =
            new TrainingSetRequest(
                    List.of("account.*", "merchant.disputes"), "at", Mode.KNOWN_AT_THE_TIME);

    @TempDir private Path folder = Path.of("");

    @BeforeEach
    void fill_the_store() throws IOException {
        Path merchants =
                Files.writeString(
                        folder.resolve("merchants.csv"),
                        "merchant,event_time,disputes\n7,2026-01-02T00:00:00Z,3\n");
        try (var store = open()) {
            store.appendFile("merchant", merchants);
        }
    }

    private FeatureStore open() {
        return FeatureStore.open(folder.resolve("store"), DEFINITIONS);
    }

    private TrainingSetManifest build(Path labels, Path out, HistoryFile accounts)
            throws IOException {
        try (var store = open()) {
            var sources = new TrainingSetSources(Map.of("account", accounts), 1 << 20, 1);
            return store.buildTrainingSet(REQUEST, sources, labels, out, BuildProgress.UNWATCHED)
                    .orElseThrow();
        }
    }

    private Path labels() throws IOException {
        return Files.writeString(
                folder.resolve("labels.csv"),
                """
                id,at,account,branch,merchant,note
                1,2026-01-01T05:00:00Z,a,1,7,"x,y"
                2,2026-01-01T06:00:00+00:00,a,1,7,
                3,2026-01-03T00:00:00Z,a,1,007,""
                4,2026-01-05T00:00:00Z,b,3,8,z
                5,,b,3,7,
                6,2026-01-05T00:00:00Z,,3,7,
                """);
    }

    @Test
    void joins_a_foreign_file_and_the_store() throws IOException {
        Path out = folder.resolve("set.csv");
        TrainingSetManifest manifest = build(labels(), out, ACCOUNTS);
        assertThat(Files.readString(out))
                .isEqualTo(
                        """
                        id,at,account,branch,merchant,note,account.balance,account.status,account.open,account.since,merchant.disputes
                        1,2026-01-01T05:00:00Z,a,1,7,"x,y",,,,,
                        2,2026-01-01T06:00:00+00:00,a,1,7,,10.5,offen,true,2025-12-31T23:00:00Z,
                        3,2026-01-03T00:00:00Z,a,1,007,"",,,,,3
                        4,2026-01-05T00:00:00Z,b,3,8,z,-Infinity,x,false,1969-12-31T23:59:59.500Z,
                        5,,b,3,7,,,,,,
                        6,2026-01-05T00:00:00Z,,3,7,,,,,,3
                        """);
        assertThat(manifest.labels()).isEqualTo(6);
        assertThat(manifest.firstTime()).isEqualTo("2026-01-01T05:00:00Z");
        assertThat(manifest.views().getFirst().rows()).isEqualTo(4);
        assertThat(manifest.views().getFirst().deleted()).isEqualTo(1);
        assertThat(names())
                .containsExactly(
                        "labels.csv", "merchants.csv", "set.csv", "set.csv.manifest.json", "store");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void reads_labels_from_parquet_and_gives_the_same() throws IOException {
        Path first = folder.resolve("first.parquet");
        build(labels(), first, ACCOUNTS);
        // A training set is a file of labels too, once its features are dropped.
        Path again = folder.resolve("again.csv");
        Definitions renamed =
                Definitions.read(
                        "features.yaml",
                        """
                        views:
                          account2:
                            owner: risk
                            key: {account: text, branch: long}
                            features: {balance: double}
                        """);
        try (var store = FeatureStore.open(folder.resolve("other"), renamed)) {
            var sources = new TrainingSetSources(Map.of("account2", ACCOUNTS), 1 << 20, 1);
            store.buildTrainingSet(
                    new TrainingSetRequest(
                            List.of("account2.balance"), "at", Mode.KNOWN_AT_THE_TIME),
                    sources,
                    first,
                    again,
                    BuildProgress.UNWATCHED);
        }
        assertThat(Files.readAllLines(again))
                .contains(
                        "2,2026-01-01T06:00:00Z,a,1,7,,10.5,offen,true,2025-12-31T23:00:00Z,,10.5",
                        "3,2026-01-03T00:00:00Z,a,1,7,\"\",,,,,3,");
    }

    @Test
    void keeps_many_labels_in_their_order_in_little_memory() throws IOException {
        List<String> lines = new ArrayList<>(List.of("n,at,account,branch,merchant"));
        for (int i = 0; i < 20_000; i++) {
            lines.add("%d,2026-01-02T00:00:00Z,%s,1,7".formatted(i, i % 2 == 0 ? "a" : "b"));
        }
        Path labels = Files.write(folder.resolve("many.csv"), lines);
        Path out = folder.resolve("out.csv");
        build(labels, out, ACCOUNTS);
        List<String> made = Files.readAllLines(out);
        assertThat(made).hasSize(lines.size());
        for (int i = 1; i < lines.size(); i++) {
            assertThat(made.get(i))
                    .startsWith(lines.get(i) + (i % 2 == 1 ? ",10.5,offen" : ",,"))
                    .endsWith(",3");
        }
    }

    @Test
    void takes_columns_under_other_names() throws IOException {
        Path out = folder.resolve("set.csv");
        var other = new HistoryFile(ACCOUNTS.file(), Map.of("available_time", "event_time"));
        build(labels(), out, other);
        assertThat(Files.readAllLines(out).get(1)).contains(",10.5,offen,");
    }

    @Test
    void gives_windows_over_the_stores_events() throws IOException {
        Definitions windowed =
                Definitions.read(
                        "features.yaml",
                        """
                        views:
                          card:
                            owner: risk
                            key: {card: text}
                            events: {amount: double}
                            features:
                              paid_1h: {sum: amount, window: 1h}
                              payments_1d: {count: amount, window: 1d}
                        """);
        Path events =
                Files.writeString(
                        folder.resolve("events.csv"),
                        """
                        card,event_time,amount
                        c,2026-01-01T00:00:00Z,5.0
                        c,2026-01-01T10:00:00Z,7.5
                        c,2026-01-01T10:30:00Z,2.5
                        """);
        Path labels =
                Files.writeString(
                        folder.resolve("cards.csv"),
                        """
                        at,card
                        2026-01-01T10:45:00Z,c
                        2026-01-03T00:00:00Z,c
                        2026-01-01T10:45:00Z,d
                        ,c
                        """);
        var request = new TrainingSetRequest(List.of("card.*"), "at", Mode.KNOWN_AT_THE_TIME);
        Path out = folder.resolve("set.csv");
        try (var store = FeatureStore.open(folder.resolve("cards"), windowed)) {
            store.appendFile("card", events);
            store.buildTrainingSet(request, labels, out, BuildProgress.UNWATCHED);
            assertThat(Files.readAllLines(out))
                    .containsExactly(
                            "at,card,card.paid_1h,card.payments_1d",
                            "2026-01-01T10:45:00Z,c,10.0,3",
                            "2026-01-03T00:00:00Z,c,,0",
                            "2026-01-01T10:45:00Z,d,,0",
                            ",c,,");

            var file = new TrainingSetSources(Map.of("card", ACCOUNTS), 1 << 20, 1);
            assertThatThrownBy(() ->
                            store.buildTrainingSet(
                                    request,
                                    file,
                                    labels,
                                    folder.resolve("no.csv"),
                                    BuildProgress.UNWATCHED))
                    .hasMessageContaining("view card has windows, which need its events");
        }
    }

    /// Online the request brings them, here the labels.
    @Test
    void computes_features_from_the_labels_and_from_others() throws IOException {
        Definitions computed =
                Definitions.read(
                        "features.yaml",
                        """
                        views:
                          merchant:
                            owner: risk
                            key: {merchant: long}
                            features: {disputes: long, usual: double}
                          payment:
                            owner: risk
                            request: {amount: double}
                            features:
                              to_usual: {value: "amount / merchant.usual"}
                        """);
        Path rows =
                Files.writeString(
                        folder.resolve("rows.csv"),
                        "merchant,event_time,disputes,usual\n7,2026-01-02T00:00:00Z,3,4.0\n");
        Path labels =
                Files.writeString(
                        folder.resolve("payments.csv"),
                        """
                        at,merchant,amount
                        2026-01-03T00:00:00Z,7,010.0
                        2026-01-01T00:00:00Z,7,1.0
                        2026-01-03T00:00:00Z,7,
                        """);
        var request =
                new TrainingSetRequest(
                        List.of("payment.*", "merchant.disputes"), "at", Mode.KNOWN_AT_THE_TIME);
        try (var store = FeatureStore.open(folder.resolve("computed"), computed)) {
            store.appendFile("merchant", rows);
            Path out = folder.resolve("set.csv");
            TrainingSetManifest manifest =
                    store.buildTrainingSet(request, labels, out, BuildProgress.UNWATCHED)
                            .orElseThrow();
            assertThat(Files.readAllLines(out))
                    .containsExactly(
                            "at,merchant,amount,payment.to_usual,merchant.disputes",
                            "2026-01-03T00:00:00Z,7,010.0,2.5,3",
                            "2026-01-01T00:00:00Z,7,1.0,,",
                            "2026-01-03T00:00:00Z,7,,,3");
            assertThat(manifest.columns())
                    .extracting(TrainingSetManifest.ColumnPart::origin)
                    .containsExactly(
                            "computed from the label and other features", "rebuilt from history");
            Path without = Files.writeString(folder.resolve("without.csv"), "at,merchant\n");
            assertThatThrownBy(() ->
                            store.buildTrainingSet(
                                    request,
                                    without,
                                    folder.resolve("no.csv"),
                                    BuildProgress.UNWATCHED))
                    .hasMessageContaining("without.csv has no column 'amount'");
        }
    }

    @Test
    void refuses_files_that_do_not_fit() throws IOException {
        Path out = folder.resolve("set.csv");
        assertThatThrownBy(() ->
                        build(
                                labels(),
                                out,
                                new HistoryFile(ACCOUNTS.file(), Map.of("balance", "money"))))
                .hasMessageContainingAll("zstd.parquet has no column 'money'", "balance");
        assertThatThrownBy(() ->
                        build(
                                labels(),
                                out,
                                new HistoryFile(ACCOUNTS.file(), Map.of("balance", "status"))))
                .hasMessageContaining("is BYTE_ARRAY");
        Path wrong = Files.writeString(folder.resolve("wrong.csv"), "at,account\n");
        assertThatThrownBy(() -> build(wrong, out, ACCOUNTS))
                .hasMessageContaining("wrong.csv has no column 'branch'");
        Path notParquet = Files.writeString(folder.resolve("x.parquet"), "no");
        assertThatThrownBy(() -> build(notParquet, out, ACCOUNTS))
                .hasMessageContaining("x.parquet is no Parquet file");
        Path bad =
                Files.writeString(
                        folder.resolve("bad.csv"), "at,account,branch,merchant\nnoon,a,1,7\n");
        assertThatThrownBy(() -> build(bad, out, ACCOUNTS))
                .hasMessageContainingAll("bad.csv line 2", "noon", "zone");
        assertThat(out).doesNotExist();
    }

    @Test
    void does_not_go_on_from_parts_of_other_rows() throws IOException {
        Path out = folder.resolve("set.csv");
        try (var store = open()) {
            var sources = new TrainingSetSources(Map.of("account", ACCOUNTS), 1 << 20, 1);
            assertThatThrownBy(() ->
                            store.buildTrainingSet(
                                    REQUEST,
                                    sources,
                                    labels(),
                                    out,
                                    (doing, _) -> {
                                        if (doing.startsWith("writing")) {
                                            throw new IllegalStateException("killed");
                                        }
                                        return true;
                                    }))
                    .hasMessage("killed");
        }
        assertThat(names()).contains("set.csv.building");
        Path store = folder.resolve("store/merchant");
        try (Stream<Path> files = Files.list(store)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        // As many rows, as many bytes, another value.
        Files.writeString(
                folder.resolve("merchants.csv"),
                "merchant,event_time,disputes\n7,2026-01-02T00:00:00Z,4\n");
        fillAgain();

        build(labels(), out, ACCOUNTS);
        assertThat(Files.readString(out)).contains("3,2026-01-03T00:00:00Z,a,1,007,\"\",,,,,4\n");
    }

    private void fillAgain() throws IOException {
        try (var store = open()) {
            store.appendFile("merchant", folder.resolve("merchants.csv"));
        }
    }

    @Test
    void may_have_a_name_that_its_parts_begin_with() throws IOException {
        build(labels(), folder.resolve("b"), ACCOUNTS);
        assertThat(names())
                .containsExactly("b", "b.manifest.json", "labels.csv", "merchants.csv", "store");
    }

    @Test
    void comes_into_memory_as_the_guide_shows() throws IOException {
        Path labels = labels();
        Map<String, HistoryFile> files = Map.of("account", ACCOUNTS);
        double sum = 0;
        try (var store = open()) {
            // Of the guide:
            var request =
                    new TrainingSetRequest(
                            List.of("account.*", "merchant.disputes"),
                            "at",
                            Mode.KNOWN_AT_THE_TIME);
            var sources = new TrainingSetSources(files, 1L << 30, 2); // 1 GB, two threads
            TrainingSet set =
                    store.trainingSet(request, sources, labels, BuildProgress.UNWATCHED)
                            .orElseThrow();
            if (set.cells("account.balance") instanceof ColumnData.Doubles balance) {
                for (int label = 0; label < set.rows(); label++) {
                    sum += balance.missing()[label] ? 0 : balance.values()[label];
                }
            }
            // So far.
            assertThat(set.cells("merchant.disputes").value(0)).isEqualTo(Value.MISSING);
            assertThat(set.cells("merchant.disputes").value(2)).isEqualTo(Value.of(3L));
        }
        assertThat(sum).isNotZero();
        assertThat(code(guide(), "```java", "```"))
                .isNotEmpty()
                .isEqualTo(code(thisTest(), "// Of the guide:", "// So far."));
    }

    private static String guide() throws IOException {
        return Files.readString(Path.of("../../docs/features-training-sets.md"));
    }

    private static String thisTest() throws IOException {
        return Files.readString(
                Path.of("src/test/java/dev/touchstone/features/TrainingSetBuildTest.java"));
    }

    /// What stands between two marks, without its indentation.
    private static List<String> code(String text, String begin, String end) {
        int from = text.indexOf(begin) + begin.length();
        return text.substring(from, text.indexOf(end, from))
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
