package dev.touchstone.features.internal.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.Answer;
import dev.touchstone.features.AsOfColumns;
import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.join.Generated.Label;
import dev.touchstone.features.internal.stream.StreamJoin;
import dev.touchstone.features.internal.stream.WaitingLabels;
import dev.touchstone.features.internal.table.KeyHash;
import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The join of waiting labels with a history that passes by")
class StreamJoinTest {
    @ParameterizedTest(name = "seed {0}")
    @Seeds(400)
    void equals_the_naive_join_cell_for_cell(long seed) {
        RandomGenerator random = new RandomStreams(seed).stream("stream");
        var generated = new Generated(random, random.nextInt(200));
        List<Label> labels = Stream.generate(generated::label).limit(1000).toList();
        Mode mode = random.nextInt(4) == 0 ? Mode.EVENT_TIME : Mode.KNOWN_AT_THE_TIME;

        var result = join(generated.view, generated.rows, labels, mode, 1, random);

        var naive = new NaiveAsOf(generated.rows, generated.view.rule(), mode);
        check(result, generated.view, labels, naive);
    }

    /// Long histories and many labels, so that rows are visited in the order of their hashes and
    /// one entity has enough labels to be sorted by packed times.
    @ParameterizedTest(name = "seed {0}")
    @Seeds(12)
    void equals_the_naive_join_on_long_histories(long seed) {
        RandomGenerator random = new RandomStreams(seed).stream("long stream");
        var generated = new Generated(random, 30_000);
        List<Label> labels = Stream.generate(generated::label).limit(40_000).toList();

        var result =
                join(
                        generated.view,
                        generated.rows,
                        labels,
                        Mode.KNOWN_AT_THE_TIME,
                        seed % 2 == 0 ? 1 : generated.rows.size(),
                        random);

        Map<EntityKey, List<FeatureRow>> rows =
                generated.rows.stream().collect(Collectors.groupingBy(FeatureRow::entity));
        for (int i = 0; i < labels.size(); i += 97) {
            Label label = labels.get(i);
            var naive =
                    new NaiveAsOf(
                            rows.getOrDefault(label.entity(), List.of()),
                            generated.view.rule(),
                            Mode.KNOWN_AT_THE_TIME);
            checkOne(result, generated.view, i, label, naive);
        }
    }

    /// One key has most of all labels and rows, and is cut into slices by time.
    @ParameterizedTest(name = "seed {0}")
    @Seeds(12)
    void equals_the_naive_join_when_one_key_has_nearly_everything(long seed) {
        RandomGenerator random = new RandomStreams(seed).stream("hot");
        boolean named = random.nextBoolean();
        FeatureView view =
                new FeatureView(
                        "v",
                        List.of(new Column("k", named ? ColumnType.TEXT : ColumnType.LONG)),
                        List.of(new Column("x", ColumnType.LONG)),
                        new AsOfRule(
                                random.nextBoolean()
                                        ? AsOfRule.Boundary.BEFORE
                                        : AsOfRule.Boundary.AT_OR_BEFORE,
                                random.nextInt(3),
                                random.nextBoolean() ? AsOfRule.UNBOUNDED : random.nextInt(5000),
                                AsOfRule.StalenessClock.AVAILABILITY));
        // From all at one moment to spread over all of time.
        long span = 1L << random.nextInt(62);
        List<Label> labels = new ArrayList<>();
        for (int i = 0; i < 40_000; i++) {
            labels.add(new Label(true, key(random, named), true, time(random, span)));
        }
        List<FeatureRow> rows = new ArrayList<>();
        for (int i = 0; i < 40_000; i++) {
            long event = time(random, span);
            long available =
                    random.nextBoolean() ? event : Times.plus(event, random.nextLong(span));
            List<Value> values = random.nextInt(9) == 0 ? List.of() : List.of(Value.of((long) i));
            rows.add(new FeatureRow(key(random, named), event, available, i, values));
        }
        if (random.nextBoolean()) {
            // As in files that are clustered by key.
            rows.sort(Comparator.comparing(row -> row.entity().toString()));
        }
        Mode mode = random.nextInt(4) == 0 ? Mode.EVENT_TIME : Mode.KNOWN_AT_THE_TIME;

        var result = join(view, rows, labels, mode, 1, random);

        var naive = new NaiveAsOf(rows, view.rule(), mode);
        for (int i = 0; i < labels.size(); i += 397) {
            checkOne(result, view, i, labels.get(i), naive);
        }
    }

    /// Of two numbers, the second can be chosen so that the hash is one that is taken.
    @Test
    void tells_keys_with_one_hash_apart() {
        FeatureView view =
                new FeatureView(
                        "v",
                        List.of(new Column("a", ColumnType.LONG), new Column("b", ColumnType.LONG)),
                        List.of(new Column("x", ColumnType.LONG)),
                        AsOfRule.DEFAULT);
        long prime = 0x100_0000_01B3L;
        List<Label> labels = new ArrayList<>();
        List<FeatureRow> rows = new ArrayList<>();
        for (long a = 0; a < 50; a++) {
            long b = (KeyHash.ofWhole(0) - KeyHash.ofWhole(a)) * prime;
            var key = new EntityKey(List.of(Value.of(a), Value.of(b)));
            labels.add(new Label(true, key, true, 10));
            rows.add(new FeatureRow(key, 5, 5, a, List.of(Value.of(a))));
        }

        var result =
                join(
                        view,
                        rows,
                        labels,
                        Mode.KNOWN_AT_THE_TIME,
                        50,
                        new RandomStreams(1).stream("one hash"));

        check(result, view, labels, new NaiveAsOf(rows, view.rule(), Mode.KNOWN_AT_THE_TIME));
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(100)
    void of_columns_in_memory_equals_the_naive_join(long seed) {
        RandomGenerator random = new RandomStreams(seed).stream("columns");
        var generated = new Generated(random, random.nextInt(500));
        List<Label> labels = Stream.generate(generated::label).limit(500).toList();
        Mode mode = random.nextInt(4) == 0 ? Mode.EVENT_TIME : Mode.KNOWN_AT_THE_TIME;
        var columns = labelColumns(generated.view, labels);
        var rows = RowBatches.of(generated.view, generated.rows);

        List<ColumnData> cells =
                AsOfColumns.join(
                        generated.view,
                        mode,
                        new AsOfColumns.Labels(columns.keys(), columns.times()),
                        new AsOfColumns.Rows(
                                rows.keys(),
                                present(rows.event()),
                                present(rows.available()),
                                new ColumnData.Booleans(
                                        rows.deleted(), new boolean[rows.deleted().length]),
                                rows.features()),
                        1 + random.nextInt(2));

        var naive = new NaiveAsOf(generated.rows, generated.view.rule(), mode);
        for (int i = 0; i < labels.size(); i++) {
            Label label = labels.get(i);
            Answer expected =
                    label.hasEntity() && label.hasTime()
                            ? naive.answer(label.entity(), label.time())
                            : new Answer.NotFound();
            for (int f = 0; f < cells.size(); f++) {
                assertThat(cells.get(f).value(i)).isEqualTo(expected.value(f));
            }
        }
    }

    private static ColumnData.Longs present(long[] values) {
        return new ColumnData.Longs(values, new boolean[values.length]);
    }

    private static EntityKey key(RandomGenerator random, boolean named) {
        int number = random.nextInt(20) == 0 ? 1 + random.nextInt(9) : 0;
        return named ? EntityKey.of("k" + number) : EntityKey.of(number);
    }

    private static long time(RandomGenerator random, long span) {
        return switch (random.nextInt(1000)) {
            case 0 -> Times.INFINITY;
            case 1 -> Times.MINUS_INFINITY;
            default -> random.nextLong(span) - span / 2;
        };
    }

    @ParameterizedTest(name = "{0} rows")
    @ValueSource(ints = {1, 3, 5_000})
    void refuses_a_whole_history_after_other_rows(int added) {
        FeatureView view = new Generated(new RandomStreams(1).stream("whole"), 1).view;
        List<FeatureRow> rows = new Generated(new RandomStreams(1).stream("whole"), added).rows;
        var columns =
                labelColumns(view, List.of(new Label(true, rows.getFirst().entity(), true, 9)));
        var join =
                new StreamJoin(
                        WaitingLabels.of(columns.keys(), columns.times(), 1),
                        view.rule(),
                        Mode.EVENT_TIME,
                        view.features().stream().map(Column::type).toList());
        join.add(RowBatches.of(view, rows));
        assertThatThrownBy(() -> join.finish(RowBatches.of(view, rows)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("add this batch, too");
    }

    @Test
    void gives_nothing_to_labels_that_nobody_is_in() {
        RandomGenerator random = new RandomStreams(1).stream("empty");
        var generated = new Generated(random, 50);
        var result =
                join(
                        generated.view,
                        generated.rows,
                        List.of(new Label(false, EntityKey.of(1), true, 0)),
                        Mode.KNOWN_AT_THE_TIME,
                        1,
                        random);
        assertThat(result.status()).containsExactly(AsOfJoin.NOT_FOUND);
        assertThat(result.cells()).allMatch(column -> column.missing()[0]);
    }

    /// @param least rows that a batch has at least
    private static StreamJoin.Result join(
            FeatureView view,
            List<FeatureRow> rows,
            List<Label> labels,
            Mode mode,
            int least,
            RandomGenerator random) {
        var columns = labelColumns(view, labels);
        // Every fourth join gathers 256 rows at a time, and half of them have two threads.
        var join =
                new StreamJoin(
                        WaitingLabels.of(columns.keys(), columns.times(), 1 + random.nextInt(2)),
                        view.rule(),
                        mode,
                        view.features().stream().map(Column::type).toList(),
                        new StreamJoin.Room(
                                1 + random.nextInt(2), random.nextInt(4) == 0 ? 0 : 1 << 20));
        int from = 0;
        while (from < rows.size()) {
            int to = Math.min(rows.size(), from + least + random.nextInt(1 + rows.size()));
            join.add(RowBatches.of(view, rows.subList(from, to)));
            from = to;
        }
        return join.finish();
    }

    private static LabelColumns labelColumns(FeatureView view, List<Label> labels) {
        List<List<Value>> keys = new ArrayList<>();
        List<Value> times = new ArrayList<>();
        for (Label label : labels) {
            keys.add(
                    label.hasEntity()
                            ? label.entity().parts()
                            : view.key().stream().map(_ -> Value.MISSING).toList());
            times.add(label.hasTime() ? Value.of(label.time()) : Value.MISSING);
        }
        return LabelColumns.of(view, keys, times);
    }

    private static void check(
            StreamJoin.Result result, FeatureView view, List<Label> labels, NaiveAsOf naive) {
        for (int i = 0; i < labels.size(); i++) {
            checkOne(result, view, i, labels.get(i), naive);
        }
    }

    private static void checkOne(
            StreamJoin.Result result, FeatureView view, int i, Label label, NaiveAsOf naive) {
        Answer expected =
                label.hasEntity() && label.hasTime()
                        ? naive.answer(label.entity(), label.time())
                        : new Answer.NotFound();
        byte status =
                switch (expected) {
                    case Answer.Found _ -> AsOfJoin.FOUND;
                    case Answer.Deleted _ -> AsOfJoin.DELETED;
                    case Answer.Stale _ -> AsOfJoin.STALE;
                    case Answer.NotFound _ -> AsOfJoin.NOT_FOUND;
                };
        List<Value> actual = new ArrayList<>();
        List<Value> wanted = new ArrayList<>();
        for (int f = 0; f < view.features().size(); f++) {
            ColumnData column = result.cells().get(f);
            actual.add(column.value(i));
            wanted.add(expected.value(f));
        }
        if (status != result.status()[i] || !actual.equals(wanted)) {
            assertThat(actual).as("label %d, %s, %s", i, label, expected).isEqualTo(wanted);
            assertThat(result.status()[i]).as("status of label %d", i).isEqualTo(status);
        }
    }
}
