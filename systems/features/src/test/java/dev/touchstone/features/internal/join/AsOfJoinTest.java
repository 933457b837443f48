package dev.touchstone.features.internal.join;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.Answer;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.join.Generated.Label;
import dev.touchstone.features.internal.table.ClusteredTable;
import dev.touchstone.features.internal.table.TableBuilder;
import dev.touchstone.features.internal.table.TableShape;
import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.Seeds;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("The as-of join")
class AsOfJoinTest {
    /// 1,050 seeds of 1,000 labels each: more than a million pairs of a label and a view.
    @ParameterizedTest(name = "seed {0}")
    @Seeds(1050)
    void equals_the_naive_join_cell_for_cell(long seed) {
        RandomGenerator random = new RandomStreams(seed).stream("history");
        var generated = new Generated(random, random.nextInt(200));
        List<Label> labels = Stream.generate(generated::label).limit(1000).toList();
        Mode mode = random.nextInt(4) == 0 ? Mode.EVENT_TIME : Mode.KNOWN_AT_THE_TIME;

        ViewJoin join = join(generated, labels, mode, split(generated, random));

        var naive = new NaiveAsOf(generated.rows, generated.view.rule(), mode);
        check(join, labels, label -> naive.answer(label.entity(), label.time()));
    }

    /// Long runs of rows of one entity, many of them known late: the walk back over blocks.
    @ParameterizedTest(name = "seed {0}")
    @Seeds(12)
    void equals_the_naive_join_on_long_histories(long seed) {
        RandomGenerator random = new RandomStreams(seed).stream("long history");
        var generated = new Generated(random, 20_000);
        List<Label> labels = Stream.generate(generated::label).limit(2000).toList();

        ViewJoin join = join(generated, labels, Mode.KNOWN_AT_THE_TIME, split(generated, random));

        Map<EntityKey, NaiveAsOf> naive =
                generated.rows.stream()
                        .collect(Collectors.groupingBy(FeatureRow::entity))
                        .entrySet()
                        .stream()
                        .collect(
                                Collectors.toMap(
                                        Map.Entry::getKey,
                                        entry ->
                                                new NaiveAsOf(
                                                        entry.getValue(),
                                                        generated.view.rule(),
                                                        Mode.KNOWN_AT_THE_TIME)));
        check(
                join,
                labels,
                label ->
                        naive.containsKey(label.entity())
                                ? naive.get(label.entity()).answer(label.entity(), label.time())
                                : new Answer.NotFound());
    }

    private static ViewJoin join(
            Generated generated, List<Label> labels, Mode mode, List<ClusteredTable> tables) {
        var columns = LabelColumns.of(generated.view, labels);
        ViewJoin join = ViewJoin.all(generated.view, tables, labels.size());
        AsOfJoin.run(
                JoinLabels.partition(columns.keys(), columns.times(), generated.rows.size()),
                mode,
                List.of(join));
        return join;
    }

    /// The rows in one to three tables, without regard to which is newer.
    private static List<ClusteredTable> split(Generated generated, RandomGenerator random) {
        int count = random.nextInt(1, 4);
        List<TableBuilder> builders = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            builders.add(new TableBuilder(TableShape.of(generated.view)));
        }
        for (FeatureRow row : generated.rows) {
            generated.view.check(row);
            builders.get(random.nextInt(count)).add(row);
        }
        return builders.stream().map(builder -> builder.build(Arena.ofAuto())).toList();
    }

    private interface Oracle {
        Answer answer(Label label);
    }

    private static void check(ViewJoin join, List<Label> labels, Oracle oracle) {
        for (int i = 0; i < labels.size(); i++) {
            Label label = labels.get(i);
            Answer expected =
                    label.hasEntity() && label.hasTime()
                            ? oracle.answer(label)
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
            for (int f = 0; f < join.features().length; f++) {
                actual.add(join.cells().get(f).value(i));
                wanted.add(expected.value(f));
            }
            if (status != join.status()[i] || !actual.equals(wanted)) {
                assertThat(actual)
                        .as("cells of label %d, %s, %s", i, label, expected)
                        .isEqualTo(wanted);
                assertThat(join.status()[i]).as("status of label %d", i).isEqualTo(status);
            }
        }
    }
}
