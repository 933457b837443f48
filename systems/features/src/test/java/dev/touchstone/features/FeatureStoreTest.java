package dev.touchstone.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.touchstone.features.Explanation.Verdict;
import dev.touchstone.features.internal.parquet.ParquetRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A feature store")
class FeatureStoreTest {
    private static final Definitions DEFINITIONS =
            Definitions.read(
                    "features.yaml",
                    """
                    views:
                      account:
                        owner: payments-risk
                        key: {account: text}
                        features: {balance: double, status: text}
                        maxAge: 7d
                      merchant:
                        owner: payments-risk
                        key: {merchant: long}
                        features: {chargebacks_30d: long}
                        boundary: "<"
                    """);

    private static final TrainingSetRequest REQUEST =
            new TrainingSetRequest(
                    List.of("merchant.chargebacks_30d", "account.*"), "at", Mode.KNOWN_AT_THE_TIME);

    @TempDir private Path folder = Path.of("");

    @Test
    void gives_labels_what_would_have_been_served_at_their_moments() throws IOException {
        fill();
        Path out = folder.resolve("training.csv");
        try (var store = FeatureStore.open(folder.resolve("store"), DEFINITIONS)) {
            TrainingSetManifest manifest =
                    store.buildTrainingSet(REQUEST, labels(), out, BuildProgress.UNWATCHED)
                            .orElseThrow();

            assertThat(Files.readString(out))
                    .isEqualTo(
                            """
                            id,at,account,merchant,"a ""note""\",merchant.chargebacks_30d,account.balance,account.status
                            1,2026-01-02T00:00:00Z,a,7,"x,y",,10.0,"new, good"
                            2,2026-01-03T00:00:00Z,a,7,,3,10.0,"new, good"
                            3,2026-01-05T00:00:00Z,a,8,"",,-Infinity,""
                            4,2026-01-12T00:00:00Z,a,7,z,3,,
                            5,2026-01-05T00:00:00Z,,,z,,,
                            6,,a,7,z,,,
                            1,2026-01-02T00:00:00Z,a,7,again,,10.0,"new, good"
                            """);
            assertThat(manifest.labels()).isEqualTo(7);
            assertThat(manifest.firstTime()).isEqualTo("2026-01-02T00:00:00Z");
            assertThat(manifest.lastTime()).isEqualTo("2026-01-12T00:00:00Z");
            assertThat(manifest.views())
                    .extracting(
                            TrainingSetManifest.ViewPart::name,
                            TrainingSetManifest.ViewPart::found,
                            TrainingSetManifest.ViewPart::stale,
                            TrainingSetManifest.ViewPart::notFound)
                    .containsExactly(tuple("merchant", 2L, 0L, 5L), tuple("account", 4L, 1L, 2L));
            assertThat(manifest.columns().get(1).missing()).isEqualTo(3);
        }
        assertThat(Files.readString(folder.resolve("training.csv.manifest.json")))
                .contains("\"mode\" : \"KNOWN_AT_THE_TIME\"", "\"owner\" : \"payments-risk\"");
    }

    @Test
    void sees_late_corrections_in_event_time_mode_only() throws IOException {
        fill();
        Path out = folder.resolve("leaky.csv");
        try (var store = FeatureStore.open(folder.resolve("store"), DEFINITIONS)) {
            store.compact("account");
            var leaky = new TrainingSetRequest(List.of("account.balance"), "at", Mode.EVENT_TIME);
            store.buildTrainingSet(leaky, labels(), out, BuildProgress.UNWATCHED);
        }
        assertThat(Files.readAllLines(out).get(1)).endsWith(",-Infinity");
    }

    @Test
    void leaves_nothing_behind_when_it_is_stopped_or_fails() throws IOException {
        fill();
        Path out = folder.resolve("training.csv");
        Path broken =
                Files.writeString(folder.resolve("broken.csv"), "at,account,merchant\nnoon,a,7\n");
        try (var store = FeatureStore.open(folder.resolve("store"), DEFINITIONS)) {
            assertThat(store.buildTrainingSet(REQUEST, labels(), out, (_, _) -> false)).isEmpty();
            assertThatThrownBy(() ->
                            store.buildTrainingSet(REQUEST, broken, out, BuildProgress.UNWATCHED))
                    .hasMessageContainingAll("broken.csv line 2", "at", "zone", "noon");
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .noneMatch(name -> name.startsWith("training"));
        }
    }

    @Test
    void never_replaces_a_training_set() throws IOException {
        fill();
        Path out = Files.writeString(folder.resolve("training.csv"), "mine");
        try (var store = FeatureStore.open(folder.resolve("store"), DEFINITIONS)) {
            assertThatThrownBy(() ->
                            store.buildTrainingSet(REQUEST, labels(), out, BuildProgress.UNWATCHED))
                    .hasMessageContaining("there already");
        }
        assertThat(out).hasContent("mine");
    }

    @Test
    void names_what_there_is_when_asked_for_something_else() throws IOException {
        try (var store = FeatureStore.open(folder.resolve("store"), DEFINITIONS)) {
            assertThatThrownBy(() -> store.rowCount("acount"))
                    .hasMessageContaining("'acount'; there are [account, merchant]");
            var request =
                    new TrainingSetRequest(List.of("account.age"), "at", Mode.KNOWN_AT_THE_TIME);
            assertThatThrownBy(() ->
                            store.buildTrainingSet(
                                    request,
                                    labels(),
                                    folder.resolve("out"),
                                    BuildProgress.UNWATCHED))
                    .hasMessageContaining("no feature 'age'; there are [balance, status]");
        }
    }

    @Test
    void says_of_every_row_why_it_was_served_or_not() throws IOException {
        fill();
        try (var store = FeatureStore.open(folder.resolve("store"), DEFINITIONS)) {
            EntityKey account = EntityKey.of("a");
            assertThat(verdicts(store, account, "2025-12-31T23:59:59Z", Mode.KNOWN_AT_THE_TIME))
                    .containsExactly(Verdict.NOT_HAPPENED, Verdict.NOT_HAPPENED);
            assertThat(verdicts(store, account, "2026-01-02T00:00:00Z", Mode.KNOWN_AT_THE_TIME))
                    .containsExactly(Verdict.NOT_KNOWN, Verdict.WINS);
            store.compact("account");
            assertThat(verdicts(store, account, "2026-01-02T00:00:00Z", Mode.EVENT_TIME))
                    .containsExactly(Verdict.WINS, Verdict.WEAKER);
            assertThat(verdicts(store, account, "2026-02-01T00:00:00Z", Mode.KNOWN_AT_THE_TIME))
                    .containsExactly(Verdict.WINS_BUT_STALE, Verdict.WEAKER);
            assertThat(
                            verdicts(
                                    store,
                                    EntityKey.of("b"),
                                    "2026-01-02T00:00:00Z",
                                    Mode.KNOWN_AT_THE_TIME))
                    .containsExactly(Verdict.WINS_AS_TOMBSTONE);
            assertThat(
                            verdicts(
                                    store,
                                    EntityKey.of("nobody"),
                                    "2026-01-02T00:00:00Z",
                                    Mode.KNOWN_AT_THE_TIME))
                    .isEmpty();
        }
    }

    private static List<Verdict> verdicts(
            FeatureStore store, EntityKey entity, String time, Mode mode) throws IOException {
        return store.explain("account", entity, Times.parse(time), mode).considered().stream()
                .map(Explanation.Considered::verdict)
                .toList();
    }

    @Test
    void writes_parquet_when_the_name_says_so() throws IOException {
        fill();
        Path out = folder.resolve("training.parquet");
        try (var store = FeatureStore.open(folder.resolve("store"), DEFINITIONS)) {
            store.buildTrainingSet(REQUEST, labels(), out, BuildProgress.UNWATCHED);
        }
        FeatureView columns =
                Definitions.read(
                                "t.yaml",
                                """
                                views:
                                  t:
                                    owner: test
                                    key: {event_time: text}
                                    features: {x: double}
                                """)
                        .view("t")
                        .view();
        // The names say that the labels' columns come first, the refusal that the file is read.
        assertThatThrownBy(() -> new ParquetRows(out, columns))
                .hasMessageContaining(
                        "it has [id, at, account, merchant, a \"note\", merchant.chargebacks_30d,"
                                + " account.balance, account.status]");
    }

    @Test
    void keeps_more_labels_than_one_chunk_in_their_order() throws IOException {
        fill();
        List<String> lines = new ArrayList<>(List.of("n,at,account"));
        for (int i = 0; i < 140_000; i++) {
            lines.add(i + ",2026-01-02T00:00:00Z,a");
        }
        Path labels = Files.write(folder.resolve("many.csv"), lines);
        Path out = folder.resolve("out.csv");
        try (var store = FeatureStore.open(folder.resolve("store"), DEFINITIONS)) {
            List<String> heard = new ArrayList<>();
            store.buildTrainingSet(
                    new TrainingSetRequest(
                            List.of("account.balance"), "at", Mode.KNOWN_AT_THE_TIME),
                    labels,
                    out,
                    (doing, _) -> heard.add(doing));
            assertThat(heard).containsExactly("account, block 1 of 1", "writing", "writing");
        }
        lines.replaceAll(line -> line + (line.startsWith("n") ? ",account.balance" : ",10.0"));
        assertThat(Files.readAllLines(out)).isEqualTo(lines);
    }

    private void fill() throws IOException {
        Path accounts =
                Files.writeString(
                        folder.resolve("accounts.csv"),
                        """
                        account,event_time,available_time,balance,status,deleted
                        a,2026-01-01T00:00:00Z,2026-01-01T06:00:00Z,10.0,"new, good",
                        a,2026-01-01T00:00:00Z,2026-01-04T00:00:00Z,-Infinity,"",false
                        b,2026-01-01T00:00:00+01:00,2026-01-01T06:00:00Z,,,true
                        """);
        Path merchants =
                Files.writeString(
                        folder.resolve("merchants.csv"),
                        "merchant,event_time,chargebacks_30d\n7,2026-01-02T00:00:00Z,3\n");
        try (var store = FeatureStore.open(folder.resolve("store"), DEFINITIONS)) {
            assertThat(store.appendFile("account", accounts).rows()).isEqualTo(3);
            assertThat(store.appendFile("merchant", merchants).rows()).isEqualTo(1);
        }
    }

    private Path labels() throws IOException {
        return Files.writeString(
                folder.resolve("labels.csv"),
                """
                id,at,account,merchant,"a ""note"\""
                1,2026-01-02T00:00:00Z,a,7,"x,y"
                2,2026-01-03T00:00:00Z,a,7,
                3,2026-01-05T00:00:00Z,a,8,""
                4,2026-01-12T00:00:00Z,a,7,z
                5,2026-01-05T00:00:00Z,,,z
                6,,a,7,z
                1,2026-01-02T00:00:00Z,a,7,again
                """);
    }
}
