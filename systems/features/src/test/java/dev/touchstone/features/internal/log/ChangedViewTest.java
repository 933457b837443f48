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
import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.Seeds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A history whose view has changed its columns")
class ChangedViewTest {
    private static final int LIVES = 7;
    private static final long UNLIMITED = Long.MAX_VALUE;
    private static final List<Column> KEY = List.of(new Column("id", ColumnType.TEXT));
    private static final List<Column> COLUMNS =
            List.of(
                    new Column("balance", ColumnType.DOUBLE),
                    new Column("status now", ColumnType.TEXT),
                    new Column("count", ColumnType.LONG),
                    new Column("open", ColumnType.BOOLEAN));

    /// A row as it was told, by the names of its columns; no names for a tombstone.
    private record Told(long number, Map<String, Value> values) {
        FeatureRow row(List<Column> columns) {
            return new FeatureRow(
                    EntityKey.of("e" + number % 3),
                    number / 2,
                    number,
                    number,
                    values.isEmpty()
                            ? List.of()
                            : columns.stream()
                                    .map(its -> values.getOrDefault(its.name(), Value.MISSING))
                                    .toList());
        }

        /// What is left of it when only some columns are kept.
        Told only(List<Column> columns) {
            Map<String, Value> kept = new LinkedHashMap<>(values);
            Set<String> names = columns.stream().map(Column::name).collect(Collectors.toSet());
            if (!values.isEmpty()) {
                kept.keySet().retainAll(names);
                names.forEach(name -> kept.putIfAbsent(name, Value.MISSING));
            }
            return new Told(number, kept);
        }
    }

    /// Lives with other columns each, stopped at any byte while rows are appended, compacted and
    /// opened: every row has the values of the columns that it was told with, and no others.
    @ParameterizedTest(name = "seed {0}")
    @Seeds(500)
    void reads_every_row_by_the_names_of_its_columns(long seed) {
        RandomGenerator random = new RandomStreams(seed).stream("columns");
        var disk = new FaultyDisk(random.nextLong(4000), 1);
        Set<List<Told>> possible = Set.of(List.of());
        for (int life = 0; life < LIVES; life++) {
            possible = live(disk, random, possible);
            disk = random.nextBoolean() ? disk.afterKill(UNLIMITED, 1) : disk.afterPowerCut(random);
            possible = reopen(disk, COLUMNS, possible);
            assertThat(possible).as("life %d", life).isNotEmpty();
            disk = disk.afterKill(random.nextLong(4000), 1);
        }
    }

    /// Works with some of the columns until the disk stops.
    ///
    /// @param before what the history may hold
    /// @return what it may hold now
    private static Set<List<Told>> live(
            FaultyDisk disk, RandomGenerator random, Set<List<Told>> before) {
        Set<List<Told>> possible = before;
        Set<List<Told>> also = Set.of();
        List<Column> columns = some(random);
        try (var history = new ViewHistory(disk, view(columns))) {
            while (true) {
                List<Told> batch = batch(random, columns, (int) history.rowCount());
                also = and(possible, batch);
                history.append(batch.stream().map(told -> told.row(columns)).toList());
                possible = also;
                if (random.nextInt(5) == 0) {
                    also = only(possible, columns);
                    history.compact();
                    possible = also;
                }
                also = Set.of();
            }
        } catch (IOException e) {
            assertThat(e).isInstanceOf(FaultyDisk.Stopped.class);
        }
        Set<List<Told>> both = new LinkedHashSet<>(possible);
        both.addAll(also);
        return both;
    }

    private static Set<List<Told>> and(Set<List<Told>> possible, List<Told> batch) {
        return possible.stream()
                .map(rows -> {
                    List<Told> longer = new ArrayList<>(rows);
                    longer.addAll(batch);
                    return List.copyOf(longer);
                })
                .collect(Collectors.toSet());
    }

    private static Set<List<Told>> only(Set<List<Told>> possible, List<Column> columns) {
        return possible.stream()
                .map(rows -> rows.stream().map(told -> told.only(columns)).toList())
                .collect(Collectors.toSet());
    }

    /// Which of the possible histories it is.
    private static Set<List<Told>> reopen(
            FaultyDisk disk, List<Column> columns, Set<List<Told>> possible) {
        try (var history = new ViewHistory(disk, view(columns))) {
            List<FeatureRow> found = ViewHistoryTest.rows(history);
            return possible.stream()
                    .filter(rows ->
                            rows.stream().map(told -> told.row(columns)).toList().equals(found))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static FeatureView view(List<Column> columns) {
        return new FeatureView("account", KEY, columns, AsOfRule.DEFAULT);
    }

    private static List<Column> some(RandomGenerator random) {
        List<Column> columns = new ArrayList<>(COLUMNS);
        Collections.shuffle(columns, Random.from(random));
        return List.copyOf(columns.subList(0, 1 + random.nextInt(columns.size())));
    }

    private static List<Told> batch(RandomGenerator random, List<Column> columns, int from) {
        List<Told> batch = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(4); i++) {
            Map<String, Value> values = new LinkedHashMap<>();
            if (random.nextInt(6) > 0) {
                columns.forEach(column -> values.put(column.name(), value(random, column.type())));
            }
            batch.add(new Told(from + i, values));
        }
        return batch;
    }

    private static Value value(RandomGenerator random, ColumnType type) {
        if (random.nextInt(5) == 0) {
            return Value.MISSING;
        }
        return switch (type) {
            case DOUBLE -> Value.of(random.nextDouble());
            case LONG, TIMESTAMP -> Value.of(random.nextLong());
            case BOOLEAN -> Value.of(random.nextBoolean());
            case TEXT -> Value.of("s" + random.nextInt(9));
        };
    }

    @Test
    void refuses_rows_of_another_type_or_key_until_there_are_none() throws IOException {
        var disk = new FaultyDisk(UNLIMITED, 1);
        FeatureView before = view(List.of(new Column("balance", ColumnType.DOUBLE)));
        FeatureView retyped = view(List.of(new Column("balance", ColumnType.TEXT)));
        var rekeyed =
                new FeatureView(
                        "account",
                        List.of(new Column("id", ColumnType.LONG)),
                        before.features(),
                        AsOfRule.DEFAULT);
        new ViewHistory(disk, before).close();
        new ViewHistory(disk, retyped).close();
        assertThat(WrittenRows.in(disk)).isEmpty();
        try (var history = new ViewHistory(disk, before)) {
            history.append(List.of(row(Value.of(1.5))));
        }
        assertThat(WrittenRows.in(disk)).containsExactly(WrittenColumns.of(before));

        assertThatThrownBy(() -> new ViewHistory(disk, retyped))
                .isInstanceOf(ChangedColumnsException.class)
                .hasMessageContainingAll(
                        "view account", "balance is double, and it would be text", "new name");
        assertThatThrownBy(() -> new ViewHistory(disk, rekeyed))
                .hasMessageContainingAll("[id: text]", "[id: long]", "new name");
        try (var history = new ViewHistory(disk, before)) {
            history.compact();
        }
        assertThatThrownBy(() -> new ViewHistory(disk, retyped))
                .isInstanceOf(ChangedColumnsException.class);
    }

    @Test
    void keeps_values_of_a_column_that_went_until_it_is_compacted() throws IOException {
        var disk = new FaultyDisk(UNLIMITED, 1);
        FeatureView two =
                view(
                        List.of(
                                new Column("balance", ColumnType.DOUBLE),
                                new Column("status", ColumnType.TEXT)));
        FeatureView one = view(List.of(new Column("balance", ColumnType.DOUBLE)));
        try (var history = new ViewHistory(disk, two)) {
            history.append(List.of(row(Value.of(1.5), Value.of("open"))));
        }
        try (var history = new ViewHistory(disk, one)) {
            assertThat(ViewHistoryTest.rows(history)).containsExactly(row(Value.of(1.5)));
        }
        try (var history = new ViewHistory(disk, two)) {
            assertThat(ViewHistoryTest.rows(history))
                    .containsExactly(row(Value.of(1.5), Value.of("open")));
        }
        try (var history = new ViewHistory(disk, one)) {
            history.compact();
        }
        try (var history = new ViewHistory(disk, two)) {
            assertThat(ViewHistoryTest.rows(history))
                    .containsExactly(row(Value.of(1.5), Value.MISSING));
        }
    }

    private static FeatureRow row(Value... values) {
        return new FeatureRow(EntityKey.of("e"), 0, 0, 0, List.of(values));
    }
}
