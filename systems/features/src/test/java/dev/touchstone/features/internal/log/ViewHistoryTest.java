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
import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A view's history")
class ViewHistoryTest {
    private static final int LIVES = 8;
    private static final long UNLIMITED = Long.MAX_VALUE;

    static final FeatureView VIEW =
            new FeatureView(
                    "account",
                    List.of(new Column("id", ColumnType.LONG), new Column("bank", ColumnType.TEXT)),
                    List.of(
                            new Column("balance", ColumnType.DOUBLE),
                            new Column("status", ColumnType.TEXT),
                            new Column("open", ColumnType.BOOLEAN)),
                    AsOfRule.DEFAULT);

    /// Stops at any byte, by a kill or a power cut, eight times a seed, while rows are appended and
    /// compacted and while the history is opened again.
    @ParameterizedTest(name = "seed {0}")
    @Seeds(600)
    void loses_nothing_acknowledged_and_keeps_no_piece_of_a_batch(long seed) {
        RandomGenerator random = new RandomStreams(seed).stream("faults");
        List<FeatureRow> acknowledged = new ArrayList<>();
        var disk = new FaultyDisk(random.nextLong(5000), 1);
        for (int life = 0; life < LIVES; life++) {
            List<FeatureRow> inFlight = live(disk, random, acknowledged);
            disk = random.nextBoolean() ? disk.afterKill(UNLIMITED, 1) : disk.afterPowerCut(random);
            List<FeatureRow> found = reopen(disk);
            if (found.size() > acknowledged.size()) {
                acknowledged.addAll(inFlight);
            }
            assertThat(found).as("life %d", life).isEqualTo(acknowledged);
            disk =
                    random.nextBoolean()
                            ? disk.afterKill(random.nextLong(5000), 1)
                            : disk.afterKill(random.nextLong(80), 1 << 10);
        }
    }

    /// Works until the disk stops.
    ///
    /// @return the batch that was being appended, which may be found later or not
    private static List<FeatureRow> live(
            FaultyDisk disk, RandomGenerator random, List<FeatureRow> acknowledged) {
        List<FeatureRow> inFlight = List.of();
        try (var history = new ViewHistory(disk, VIEW)) {
            assertThat(rows(history)).isEqualTo(acknowledged);
            while (true) {
                inFlight = batch(random, acknowledged.size());
                long first = history.append(inFlight);
                assertThat(first).isEqualTo(acknowledged.size());
                acknowledged.addAll(inFlight);
                inFlight = List.of();
                if (random.nextInt(6) == 0) {
                    history.compact();
                }
            }
        } catch (IOException e) {
            assertThat(e).isInstanceOf(FaultyDisk.Stopped.class);
            assertThat(disk.hasStopped()).isTrue();
            return inFlight;
        }
    }

    private static List<FeatureRow> reopen(Disk disk) {
        try (var history = new ViewHistory(disk, VIEW)) {
            return rows(history);
        } catch (IOException e) {
            throw new AssertionError("cannot be opened after a crash", e);
        }
    }

    private static List<FeatureRow> batch(RandomGenerator random, int sequence) {
        return Stream.iterate(sequence, next -> next + 1)
                .limit(random.nextInt(1, 6))
                .map(next -> row(random, next))
                .toList();
    }

    private static FeatureRow row(RandomGenerator random, int sequence) {
        EntityKey key =
                new EntityKey(
                        List.of(
                                Value.of((long) random.nextInt(5)),
                                Value.of("b".repeat(random.nextInt(3)))));
        long event = random.nextInt(10);
        return new FeatureRow(
                key,
                event,
                event + random.nextInt(3),
                sequence,
                random.nextInt(6) == 0
                        ? List.of()
                        : List.of(
                                random.nextBoolean()
                                        ? Value.of(random.nextGaussian())
                                        : Value.MISSING,
                                Value.of("status " + random.nextInt(4)),
                                Value.of(random.nextBoolean())));
    }

    static List<FeatureRow> rows(ViewHistory history) throws IOException {
        List<FeatureRow> rows = new ArrayList<>();
        for (ClusteredTable table : history.tables()) {
            for (int entity = 0; entity < table.entities().count(); entity++) {
                for (int row = table.firstRow(entity); row < table.endRow(entity); row++) {
                    rows.add(table.row(entity, row));
                }
            }
        }
        rows.sort(Comparator.comparingLong(FeatureRow::sequence));
        return rows;
    }

    @Test
    void is_found_as_it_was_in_a_real_folder(@TempDir Path folder) throws IOException {
        RandomGenerator random = new RandomStreams(1).stream("rows");
        List<FeatureRow> expected = new ArrayList<>();
        for (int opening = 0; opening < 4; opening++) {
            try (Disk disk = FolderDisk.open(folder);
                    var history = new ViewHistory(disk, VIEW)) {
                assertThat(rows(history)).isEqualTo(expected);
                List<FeatureRow> batch = Stream.generate(() -> row(random, 0)).limit(500).toList();
                history.append(batch);
                batch.forEach(row -> expected.add(row.withSequence(expected.size())));
                if (opening != 1) {
                    history.compact();
                    assertThat(history.recentCount()).isZero();
                }
                assertThat(history.rowCount()).isEqualTo(expected.size());
                assertThat(rows(history)).isEqualTo(expected);
            }
        }
    }

    @Test
    void is_held_by_one_owner_at_a_time(@TempDir Path folder) throws IOException {
        try (Disk disk = FolderDisk.open(folder)) {
            assertThat(disk.list()).isEmpty();
            assertThatThrownBy(() -> FolderDisk.open(folder))
                    .hasMessageContaining("close it first");
        }
    }

    @Test
    void acknowledges_nothing_when_the_disk_is_full_and_goes_on_when_opened_again()
            throws IOException {
        RandomGenerator random = new RandomStreams(1).stream("rows");
        var disk = new FaultyDisk(UNLIMITED, 1);
        var history = new ViewHistory(disk, VIEW);
        history.append(List.of(row(random, 0)));
        disk.fill();
        assertThatThrownBy(() -> history.append(List.of(row(random, 0))))
                .hasMessageContaining("No space");
        assertThatThrownBy(() -> history.append(List.of(row(random, 0))))
                .hasMessageContaining("open it again");

        try (var again = new ViewHistory(disk.afterKill(UNLIMITED, 1), VIEW)) {
            assertThat(rows(again)).hasSize(1);
            assertThat(again.append(List.of(row(random, 0)))).isEqualTo(1);
        }
    }

    /// The disk has room for any number of bytes, also for half a frame or half a segment.
    @ParameterizedTest(name = "seed {0}")
    @Seeds(300)
    void keeps_what_it_acknowledged_however_small_the_disk_is(long seed) throws IOException {
        RandomGenerator random = new RandomStreams(seed).stream("room");
        List<FeatureRow> acknowledged = new ArrayList<>();
        var disk = new FaultyDisk(UNLIMITED, 1);
        try (var history = new ViewHistory(disk, VIEW)) {
            disk.limit(400 + random.nextInt(8_000));
            IOException full = appendUntilFull(history, random, acknowledged);
            assertThat(full).hasMessageContaining("No space");
        }
        var larger = disk.afterKill(UNLIMITED, 1);
        try (var again = new ViewHistory(larger, VIEW)) {
            assertThat(rows(again)).isEqualTo(acknowledged);
            again.append(batch(random, acknowledged.size()));
            again.compact();
            assertThat(rows(again).subList(0, acknowledged.size())).isEqualTo(acknowledged);
        }
    }

    private static IOException appendUntilFull(
            ViewHistory history, RandomGenerator random, List<FeatureRow> acknowledged) {
        try {
            while (true) {
                List<FeatureRow> batch = batch(random, acknowledged.size());
                history.append(batch);
                acknowledged.addAll(batch);
                if (random.nextInt(8) == 0) {
                    history.compact();
                }
            }
        } catch (IOException e) {
            return e;
        }
    }

    @Test
    void loses_nothing_when_the_disk_fills_up_while_it_is_compacted() throws IOException {
        RandomGenerator random = new RandomStreams(2).stream("rows");
        List<FeatureRow> rows = batch(random, 0);
        var disk = new FaultyDisk(UNLIMITED, 1);
        var history = new ViewHistory(disk, VIEW);
        history.append(rows);
        disk.fill();
        assertThatThrownBy(history::compact).hasMessageContaining("No space");

        try (var again = new ViewHistory(disk.afterKill(UNLIMITED, 1), VIEW)) {
            assertThat(rows(again)).isEqualTo(rows);
            again.compact();
            assertThat(rows(again)).isEqualTo(rows);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(60)
    void is_refused_when_acknowledged_bytes_changed(long seed) throws IOException {
        RandomGenerator random = new RandomStreams(seed).stream("damage");
        var disk = new FaultyDisk(UNLIMITED, 1);
        boolean compacted = random.nextBoolean();
        int firstAppend;
        try (var history = new ViewHistory(disk, VIEW)) {
            firstAppend = disk.size("log-00000001");
            history.append(batch(random, 0));
            if (compacted) {
                history.compact();
            }
            history.append(batch(random, 0));
        }
        if (compacted) {
            String segment = "segment-00000001";
            // Between sections there is padding, which holds nothing.
            int trailer = disk.size(segment) - 24;
            disk.flip(segment, random.nextBoolean() ? trailer - 1 : trailer + 8);
        } else {
            disk.flip("log-00000001", random.nextInt(firstAppend + 1));
        }
        assertThatThrownBy(() -> new ViewHistory(disk, VIEW))
                .isInstanceOf(CorruptHistoryException.class)
                .hasMessageContaining("restore");
    }

    @Test
    void refuses_a_log_that_is_missing_between_others() throws IOException {
        var disk = new FaultyDisk(UNLIMITED, 1);
        new ViewHistory(disk, VIEW).close();
        disk.rename("log-00000001", "log-00000003");
        disk.force();
        assertThatThrownBy(() -> new ViewHistory(disk, VIEW))
                .isInstanceOf(CorruptHistoryException.class)
                .hasMessageContaining("log-00000001 is gone");
    }

    @Test
    void takes_no_row_that_does_not_fit() throws IOException {
        try (var history = new ViewHistory(new FaultyDisk(UNLIMITED, 1), VIEW)) {
            var row = new FeatureRow(EntityKey.of(1), 0, 0, 0, List.of());
            assertThatThrownBy(() -> history.append(List.of(row)))
                    .hasMessageContaining("view account has 2 key parts, got 1");
            assertThat(history.rowCount()).isZero();
        }
    }
}
