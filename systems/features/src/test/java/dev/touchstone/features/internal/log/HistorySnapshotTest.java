package dev.touchstone.features.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.table.ClusteredTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A snapshot of a history")
class HistorySnapshotTest {
    private static final int BATCH = 7;
    private static final int BATCHES = 600;

    private static final FeatureView VIEW =
            new FeatureView(
                    "card",
                    List.of(new Column("card", ColumnType.LONG)),
                    List.of(
                            new Column("amount", ColumnType.LONG),
                            new Column("text", ColumnType.TEXT)),
                    AsOfRule.DEFAULT);

    @TempDir private Path folder = Path.of("");

    private static List<FeatureRow> batch(int number) {
        return LongStream.range(0, BATCH)
                .mapToObj(i ->
                        new FeatureRow(
                                EntityKey.of(i),
                                number,
                                number,
                                0,
                                List.of(
                                        Value.of(number * (long) BATCH + i),
                                        Value.of("text " + number))))
                .toList();
    }

    private static List<Long> amounts(HistorySnapshot snapshot) {
        List<Long> amounts = new ArrayList<>();
        for (ClusteredTable table : snapshot.tables()) {
            for (int entity = 0; entity < table.entities().count(); entity++) {
                for (int row = table.firstRow(entity); row < table.endRow(entity); row++) {
                    FeatureRow its = table.row(entity, row);
                    long amount = ((Value.Whole) its.values().getFirst()).value();
                    assertThat(its.sequence()).isEqualTo(amount);
                    amounts.add(amount);
                }
            }
        }
        return amounts.stream().sorted().toList();
    }

    @Test
    void taken_while_its_owner_writes_and_compacts_has_all_that_was_acknowledged_and_no_half_batch()
            throws Exception {
        var acknowledged = new AtomicInteger();
        var failure = new AtomicReference<Throwable>();
        Thread owner = Thread.ofPlatform().start(() -> write(acknowledged, failure));
        int before;
        int taken = 0;
        do {
            before = acknowledged.get();
            List<Long> amounts =
                    amounts(HistorySnapshot.read(new FolderFiles(folder.resolve("card")), VIEW));
            assertThat(amounts.size() % BATCH).isZero();
            assertThat(amounts).hasSizeGreaterThanOrEqualTo(before * BATCH);
            assertThat(amounts).isEqualTo(LongStream.range(0, amounts.size()).boxed().toList());
            taken++;
        } while (before < BATCHES && failure.get() == null);
        owner.join();
        assertThat(failure.get()).isNull();
        assertThat(taken).isPositive();
    }

    private void write(AtomicInteger acknowledged, AtomicReference<Throwable> failure) {
        try (var disk = FolderDisk.open(folder.resolve("card"));
                var history = new ViewHistory(disk, VIEW)) {
            for (int number = 0; number < BATCHES; number++) {
                history.append(batch(number));
                acknowledged.incrementAndGet();
                if (number % 5 == 4) {
                    history.compact();
                }
            }
        } catch (IOException | RuntimeException e) {
            failure.set(e);
        }
    }

    @Test
    void ends_before_a_batch_of_which_only_some_bytes_are_there() throws IOException {
        try (var disk = FolderDisk.open(folder);
                var history = new ViewHistory(disk, VIEW)) {
            history.append(batch(0));
            history.append(batch(1));
        }
        Path log = folder.resolve("log-00000001");
        byte[] bytes = Files.readAllBytes(log);
        for (int cut = bytes.length - 1; cut > bytes.length - 60; cut -= 7) {
            Files.write(log, Arrays.copyOf(bytes, cut));
            assertThat(amounts(HistorySnapshot.read(new FolderFiles(folder), VIEW))).hasSize(BATCH);
        }
    }

    @Test
    void of_a_folder_that_is_not_there_is_empty_and_makes_none() throws IOException {
        Path none = folder.resolve("none");
        HistorySnapshot snapshot = HistorySnapshot.read(new FolderFiles(none), VIEW);
        assertThat(snapshot.rowCount()).isZero();
        assertThat(none).doesNotExist();
    }

    @Test
    void of_a_history_that_is_dropped_meanwhile_has_all_its_rows_or_none() throws Exception {
        int histories = 200;
        Path made = folder.resolve("made");
        try (var disk = FolderDisk.open(made);
                var history = new ViewHistory(disk, VIEW)) {
            history.append(batch(0));
            history.compact();
            history.append(batch(1));
        }
        for (int part = 0; part < histories; part++) {
            Path copy = Files.createDirectory(folder.resolve("part-" + part));
            for (String file : new FolderFiles(made).list()) {
                Files.copy(made.resolve(file), copy.resolve(file));
            }
        }
        var failure = new AtomicReference<Throwable>();
        Thread owner =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                for (int part = 0; part < histories; part++) {
                                    Files.move(
                                            folder.resolve("part-" + part),
                                            folder.resolve("dropped-" + part));
                                }
                            } catch (IOException e) {
                                failure.set(e);
                            }
                        });
        for (int part = 0; part < histories && failure.get() == null; part++) {
            var its = new FolderFiles(folder.resolve("part-" + part));
            long rows = HistorySnapshot.read(its, VIEW).rowCount();
            while (rows > 0 && failure.get() == null) {
                assertThat(rows).isEqualTo(2 * BATCH);
                rows = HistorySnapshot.read(its, VIEW).rowCount();
            }
        }
        owner.join();
        assertThat(failure.get()).isNull();
    }

    @Test
    void refuses_damage_that_no_compaction_explains() throws IOException {
        try (var disk = FolderDisk.open(folder);
                var history = new ViewHistory(disk, VIEW)) {
            history.append(batch(0));
            history.append(batch(1));
        }
        Path log = folder.resolve("log-00000001");
        byte[] bytes = Files.readAllBytes(log);
        bytes[bytes.length / 2 - 40] ^= 1;
        Files.write(log, bytes, StandardOpenOption.TRUNCATE_EXISTING);
        assertThatThrownBy(() -> HistorySnapshot.read(new FolderFiles(folder), VIEW))
                .isInstanceOf(CorruptHistoryException.class);
    }

    @Test
    void does_not_keep_its_owner_from_the_folder_and_names_it_to_others() throws IOException {
        try (var disk = FolderDisk.open(folder);
                var history = new ViewHistory(disk, VIEW)) {
            history.append(batch(0));
            assertThat(HistorySnapshot.read(new FolderFiles(folder), VIEW).rowCount())
                    .isEqualTo(BATCH);
            history.append(batch(1));
            assertThat(Files.readString(folder.resolve("lock")))
                    .isEqualTo(Long.toString(ProcessHandle.current().pid()));
        }
    }
}
