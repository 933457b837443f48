package dev.touchstone.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.touchstone.features.ParityReport.Cause;
import dev.touchstone.features.TrainingSetRequest.RowIds;
import dev.touchstone.features.TrainingSetSources.HistoryFile;
import dev.touchstone.features.internal.parquet.ParquetWriter;
import dev.touchstone.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("What was served")
class ServedLogTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final long NOW = Times.parse("2026-03-04T12:00:00Z");

    private static final Definitions DEFINITIONS =
            Definitions.read(
                    "features.yaml",
                    """
                    views:
                      account:
                        owner: payments-risk
                        key: {account: long}
                        features: {balance: double, status: text}
                        maxAge: 1h
                      card:
                        owner: payments-risk
                        key: {card: long}
                        events: {amount: double}
                        features:
                          paid_10m: {sum: amount, window: 10m}
                          payments_10m: {count: amount, window: 10m}
                        boundary: "<"
                        delay: 2s
                    """);

    @TempDir private Path folder = Path.of("");

    private static FeatureRow account(long event, long available, double balance) {
        return new FeatureRow(
                EntityKey.of(7), event, available, 0, List.of(Value.of(balance), Value.of("open")));
    }

    private static void read(FeatureStore store, String rowId, long now) throws IOException {
        LoggedReader reader = store.reader(List.of("account.balance", "card.*"), now);
        OnlineKeys keys =
                reader.features().keys(Map.of("account", Value.of(7L), "card", Value.of(7L)));
        reader.read(rowId, keys, now, reader.features().row());
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(20)
    void is_what_a_replay_gives_when_everything_is_pushed(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        try (FeatureStore store = FeatureStore.open(folder, DEFINITIONS)) {
            long now = NOW;
            for (int step = 0; step < 60; step++) {
                now += random.nextLong(1, 3 * MINUTE);
                long event = now - random.nextLong(0, 20 * MINUTE);
                if (random.nextBoolean()) {
                    store.online(now).push("account", List.of(account(event, 0, step)), now);
                } else {
                    Value amount = Value.of(random.nextDouble());
                    store.online(now)
                            .push(
                                    "card",
                                    List.of(
                                            new FeatureRow(
                                                    EntityKey.of(7), event, 0, 0, List.of(amount))),
                                    now);
                }
                read(store, "r" + step, now + random.nextLong(-5, 5 * SECOND));
            }
            ParityReport report = store.parity(1000, 10);
            assertThat(report.examples()).isEmpty();
            assertThat(report.matchRate()).isEqualTo(1);
            assertThat(report.reads()).isEqualTo(120);
            assertThat(report.features()).hasSize(3).allMatch(part -> part.cells() == 60);
        }
    }

    @Test
    void differs_from_a_replay_when_rows_claim_to_have_been_there() throws IOException {
        try (FeatureStore store = FeatureStore.open(folder, DEFINITIONS)) {
            store.append("account", List.of(account(NOW, NOW, 1)));
            read(store, "restated", NOW + MINUTE);
            // Said to be about the same event, and available since then.
            store.append("account", List.of(account(NOW, NOW + SECOND, 2)));
            read(store, "late", NOW + 20 * MINUTE);
            store.append("account", List.of(account(NOW + 10 * MINUTE, NOW + 11 * MINUTE, 3)));
            read(store, "fine", NOW + 30 * MINUTE);

            ParityReport report = store.parity(1000, 10);
            assertThat(report.examples())
                    .extracting(ParityReport.Difference::rowId, ParityReport.Difference::cause)
                    .containsExactlyInAnyOrder(
                            tuple("restated", Cause.RESTATED), tuple("late", Cause.LATE));
            assertThat(report.features().getFirst().matchRate()).isBetween(0.33, 0.34);
        }
    }

    @Test
    void differs_from_a_replay_when_something_else_served_it() throws IOException {
        try (FeatureStore store = FeatureStore.open(folder, DEFINITIONS)) {
            OnlineStore online = store.online(NOW);
            online.push("account", List.of(account(NOW, 0, 1)), NOW);
            OnlineReader reader = online.reader(List.of("account.balance"));
            OnlineKeys keys = reader.keys().set(0, EntityKey.of(7));
            OnlineRow row = reader.row();
            ServedLog log = store.served(NOW);

            reader.read(keys.set(0, EntityKey.of(8)), NOW + MINUTE, row);
            log.record("missing", reader, keys.set(0, EntityKey.of(7)), row, NOW + MINUTE);
            long asOf = reader.read(keys, NOW + 2 * MINUTE, row);
            log.record("clock", reader, keys, row, NOW - SECOND);
            online.push("account", List.of(account(NOW + 2 * MINUTE, 0, 2)), asOf);
            reader.read(keys, NOW + 3 * MINUTE, row);
            log.record("skew", reader, keys, row, NOW + MINUTE);

            assertThat(store.parity(1000, 10).examples())
                    .extracting(ParityReport.Difference::rowId, ParityReport.Difference::cause)
                    .containsExactlyInAnyOrder(
                            tuple("missing", Cause.MISSING),
                            tuple("clock", Cause.CLOCK),
                            tuple("skew", Cause.SKEW));
        }
    }

    @Test
    void comes_first_in_a_training_set_and_is_marked() throws IOException {
        try (FeatureStore store = FeatureStore.open(folder, DEFINITIONS)) {
            store.append("account", List.of(account(NOW, NOW, 1)));
            read(store, "r1", NOW + MINUTE);
            read(store, "r2", NOW + 2 * MINUTE);
            // Rewrites the past: a rebuilt set would have it, what was served has not.
            store.append("account", List.of(account(NOW + 1, NOW + 1, 99)));
            store.served(NOW).flush();
            Files.writeString(
                    folder.resolve("labels.csv"),
                    """
                    row,account,card,at
                    r1,7,7,2026-03-04T12:01:00Z
                    other,7,7,2026-03-04T12:01:00Z
                    r2,8,7,2026-03-04T12:02:00Z
                    r2,7,7,2026-03-04T12:02:00Z
                    r2,7,7,2026-03-04T12:01:59Z
                    """);
            TrainingSetManifest manifest =
                    store.buildTrainingSet(
                                    new TrainingSetRequest(
                                            List.of("account.*"),
                                            "at",
                                            Mode.KNOWN_AT_THE_TIME,
                                            Optional.of(new RowIds("row", false))),
                                    folder.resolve("labels.csv"),
                                    folder.resolve("out.csv"),
                                    BuildProgress.UNWATCHED)
                            .orElseThrow();
            assertThat(Files.readString(folder.resolve("out.csv")))
                    .isEqualTo(
                            """
                            row,account,card,at,account.balance,account.status
                            r1,7,7,2026-03-04T12:01:00Z,1.0,open
                            other,7,7,2026-03-04T12:01:00Z,99.0,open
                            r2,8,7,2026-03-04T12:02:00Z,,
                            r2,7,7,2026-03-04T12:02:00Z,1.0,open
                            r2,7,7,2026-03-04T12:01:59Z,99.0,open
                            """);
            assertThat(manifest.columns().getFirst().served()).isEqualTo(2);
            assertThat(manifest.columns().getFirst().servedLabels()).containsExactly("0", "3");
            assertThat(manifest.columns().get(1).served()).isZero();
        }
    }

    @Test
    void comes_first_in_a_set_of_any_size_from_files_and_is_marked_cell_by_cell()
            throws IOException {
        Path history = folder.resolve("account.parquet");
        writeParquet(
                history,
                List.of(
                        new Column("account", ColumnType.LONG),
                        new Column("event_time", ColumnType.TIMESTAMP),
                        new Column("balance", ColumnType.DOUBLE),
                        new Column("status", ColumnType.TEXT)),
                List.of(Value.of(7L), Value.of(NOW), Value.of(99.0), Value.of("rebuilt")));
        Path labels = folder.resolve("labels.parquet");
        writeParquet(
                labels,
                List.of(
                        new Column("row", ColumnType.LONG),
                        new Column("account", ColumnType.LONG),
                        new Column("at", ColumnType.TIMESTAMP)),
                List.of(Value.of(1L), Value.of(7L), Value.of(NOW + MINUTE)),
                List.of(Value.of(2L), Value.of(7L), Value.of(NOW + MINUTE)),
                List.of(Value.MISSING, Value.of(7L), Value.of(NOW + MINUTE)));
        try (FeatureStore store = FeatureStore.open(folder.resolve("store"), DEFINITIONS)) {
            store.append("account", List.of(account(NOW, NOW, 1)));
            read(store, "1", NOW + MINUTE);
            Path out = folder.resolve("set.csv");
            TrainingSetManifest manifest =
                    store.buildTrainingSet(
                                    new TrainingSetRequest(
                                            List.of("account.*"),
                                            "at",
                                            Mode.KNOWN_AT_THE_TIME,
                                            Optional.of(new RowIds("row", true))),
                                    new TrainingSetSources(
                                            Map.of("account", new HistoryFile(history, Map.of())),
                                            1 << 16,
                                            1),
                                    labels,
                                    out,
                                    BuildProgress.UNWATCHED)
                            .orElseThrow();
            assertThat(Files.readAllLines(out))
                    .containsExactly(
                            "row,account,at,account.balance,account.balance.served,"
                                    + "account.status,account.status.served",
                            "1,7,2026-03-04T12:01:00Z,1.0,true,rebuilt,false",
                            "2,7,2026-03-04T12:01:00Z,99.0,false,rebuilt,false",
                            ",7,2026-03-04T12:01:00Z,99.0,false,rebuilt,false");
            assertThat(manifest.columns())
                    .extracting(
                            TrainingSetManifest.ColumnPart::name,
                            TrainingSetManifest.ColumnPart::served)
                    .containsExactly(tuple("account.balance", 1L), tuple("account.status", 0L));
        }
    }

    @SafeVarargs
    private static void writeParquet(Path file, List<Column> columns, List<Value>... rows)
            throws IOException {
        List<ColumnData> cells = new ArrayList<>();
        for (int c = 0; c < columns.size(); c++) {
            ColumnData column = ColumnData.allocate(columns.get(c).type(), rows.length);
            for (int row = 0; row < rows.length; row++) {
                column.set(row, rows[row].get(c));
            }
            cells.add(column);
        }
        try (var out = Files.newOutputStream(file)) {
            var writer = new ParquetWriter(out, columns);
            writer.write(cells, rows.length);
            writer.finish();
        }
    }

    @Test
    void is_kept_of_the_other_views_when_one_cannot_be_written() throws IOException {
        try (FeatureStore store = FeatureStore.open(folder, DEFINITIONS)) {
            store.append("account", List.of(account(NOW, NOW, 1)));
            read(store, "r1", NOW + MINUTE);
            ServedLog log = store.served(NOW + MINUTE);
            Path account = folder.resolve(served("account").view().name());
            Files.writeString(account, "in the way");

            assertThatThrownBy(log::flush)
                    .hasMessageContaining("1 records of " + account.getFileName());
            assertThat(log.dropped()).isEqualTo(1);
            Files.delete(account);
            assertThat(records(store, "card")).containsExactly(EntityKey.of("r1"));

            read(store, "r2", NOW + 2 * MINUTE);
            log.flush();
            assertThat(records(store, "account")).containsExactly(EntityKey.of("r2"));
            assertThat(records(store, "card"))
                    .containsExactlyInAnyOrder(EntityKey.of("r1"), EntityKey.of("r2"));
        }
    }

    @Test
    void is_kept_though_it_is_too_large_to_be_written_at_once() throws IOException {
        try (FeatureStore store = FeatureStore.open(folder, DEFINITIONS)) {
            Value status = Value.of("x".repeat(40_000));
            List<Value> values = List.of(Value.of(1.0), status);
            store.append("account", List.of(new FeatureRow(EntityKey.of(7), NOW, NOW, 0, values)));
            LoggedReader reader = store.reader(List.of("account.*"), NOW);
            OnlineKeys keys = reader.features().keys(Map.of("account", Value.of(7L)));
            for (int i = 0; i < 3_000; i++) {
                reader.read("r" + i, keys, NOW + MINUTE, reader.features().row());
            }
            store.served(NOW).flush();
            assertThat(store.served(NOW).dropped()).isZero();
            assertThat(records(store, "account")).doesNotHaveDuplicates().hasSize(3_000);
        }
    }

    @Test
    void that_cannot_be_written_does_not_keep_a_closed_store_locked() throws IOException {
        FeatureStore store = FeatureStore.open(folder, DEFINITIONS);
        store.append("account", List.of(account(NOW, NOW, 1)));
        read(store, "r1", NOW + MINUTE);
        Path account = folder.resolve(served("account").view().name());
        Files.writeString(account, "in the way");
        assertThatThrownBy(store::close)
                .hasMessageContaining("the store is closed, but: 1 records of");
        Files.delete(account);
        try (FeatureStore again = FeatureStore.open(folder, DEFINITIONS)) {
            assertThat(again.rowCount("account")).isEqualTo(1);
            assertThat(records(again, "card")).containsExactly(EntityKey.of("r1"));
        }
    }

    private static ViewDefinition served(String view) {
        return ServedRecords.of(DEFINITIONS.view(view)).definition();
    }

    private static List<EntityKey> records(FeatureStore store, String view) throws IOException {
        List<EntityKey> ids = new ArrayList<>();
        store.histories().rows(served(view), row -> ids.add(row.entity()));
        return ids;
    }
}
