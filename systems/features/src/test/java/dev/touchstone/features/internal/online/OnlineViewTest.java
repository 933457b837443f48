package dev.touchstone.features.internal.online;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.Aggregate;
import dev.touchstone.features.Aggregate.Function;
import dev.touchstone.features.Answer;
import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.Event;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Freshness;
import dev.touchstone.features.LatePolicy;
import dev.touchstone.features.Mode;
import dev.touchstone.features.OnlineStatus;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.Window;
import dev.touchstone.features.WindowedSource;
import dev.touchstone.features.internal.join.AsOfJoin;
import dev.touchstone.features.internal.join.NaiveAsOf;
import dev.touchstone.features.internal.table.ClusteredTable;
import dev.touchstone.features.internal.table.TableBuilder;
import dev.touchstone.features.internal.table.TableShape;
import dev.touchstone.features.internal.window.NaiveWindow;
import dev.touchstone.features.internal.window.WindowJoin;
import dev.touchstone.testkit.Seeds;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;

/// 400 seeds, each with up to 80 reads of 18 aggregates: some 300,000 cells.
@DisplayName("An online view")
class OnlineViewTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long ORIGIN = 1_761_440_400L * SECOND;
    private static final List<Column> KEY = List.of(new Column("k", ColumnType.LONG));
    private static final List<Column> EVENT =
            List.of(
                    new Column("id", ColumnType.LONG),
                    new Column("real", ColumnType.DOUBLE),
                    new Column("whole", ColumnType.LONG),
                    new Column("text", ColumnType.TEXT),
                    new Column("truth", ColumnType.BOOLEAN));
    private static final double[] REALS = {
        0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MIN_VALUE,
    };

    /// One run: rows that arrive in any order, and reads at times that go on.
    private static final class Run {
        final SplittableRandom random;
        final AsOfRule rule;
        final List<FeatureRow> rows = new ArrayList<>();
        final int lateness;
        final int spread;

        /// Where events have ids, rows must become available in the order of arrival for this.
        boolean sweeps = true;

        Run(long seed, boolean ages) {
            random = new SplittableRandom(seed);
            spread = random.nextBoolean() ? 600 : 7_200;
            lateness = random.nextInt(3);
            rule =
                    new AsOfRule(
                            random.nextBoolean()
                                    ? AsOfRule.Boundary.BEFORE
                                    : AsOfRule.Boundary.AT_OR_BEFORE,
                            random.nextBoolean() ? 0 : random.nextLong(100) * SECOND,
                            ages && random.nextBoolean()
                                    ? random.nextLong(spread) * SECOND
                                    : AsOfRule.UNBOUNDED,
                            random.nextBoolean()
                                    ? AsOfRule.StalenessClock.EVENT
                                    : AsOfRule.StalenessClock.AVAILABILITY);
        }

        /// Whole seconds as often as not, so that times tie and fall on borders.
        long time(int from, int to) {
            long time = ORIGIN + random.nextInt(from, to) * SECOND;
            return random.nextBoolean() ? time : time + random.nextInt(-1, 2);
        }

        FeatureRow row(int arrival, boolean tombstones) {
            long event = time(-spread, spread);
            long available =
                    switch (lateness) {
                        case 0 -> event;
                        case 1 -> event + random.nextLong(spread) * SECOND;
                        default -> random.nextInt(20) == 0 ? Times.INFINITY : time(-spread, spread);
                    };
            List<Value> values =
                    tombstones && random.nextInt(8) == 0
                            ? List.of()
                            : List.of(
                                    Value.of(random.nextLong(40)),
                                    cell(Value.of(real())),
                                    cell(Value.of(random.nextLong(-5, 5))),
                                    cell(Value.of("t" + random.nextInt(9))),
                                    cell(Value.of(random.nextBoolean())));
            return new FeatureRow(entity(), event, available, arrival, values);
        }

        EntityKey entity() {
            return EntityKey.of(random.nextInt(3));
        }

        private double real() {
            return random.nextInt(30) == 0
                    ? REALS[random.nextInt(REALS.length)]
                    : random.nextGaussian();
        }

        private Value cell(Value value) {
            return random.nextInt(6) == 0 ? Value.MISSING : value;
        }

        /// Feeds a view and has it read, `rows` of its rows now and then.
        void play(OnlineView view, boolean tombstones, Read read) {
            int time = -spread;
            while (time < 2 * spread) {
                int count = random.nextInt(14);
                for (int i = 0; i < count; i++) {
                    FeatureRow row = row(rows.size(), tombstones);
                    rows.add(row);
                    view.put(row);
                }
                time += 1 + random.nextInt(spread / 20);
                long now = ORIGIN + time * SECOND + random.nextInt(-1, 2);
                view.advance(now);
                if (sweeps && random.nextInt(4) == 0) {
                    view.sweep();
                }
                read.at(random.nextInt(20) == 0 ? EntityKey.of(99) : entity(), view.now());
            }
        }
    }

    private interface Read {
        void at(EntityKey entity, long now);
    }

    private static OnlineView.Reads all(OnlineView view, int features) {
        List<Integer> all = IntStream.range(0, features).boxed().toList();
        return view.reads(all, all);
    }

    private static Value value(OnlineCells cells, int cell, ColumnType type) {
        if (cells.status(cell) != OnlineStatus.PRESENT) {
            return Value.MISSING;
        }
        return switch (type) {
            case DOUBLE -> Value.of(Double.longBitsToDouble(cells.bits(cell)));
            case LONG, TIMESTAMP -> Value.of(cells.bits(cell));
            case BOOLEAN -> Value.of(cells.bits(cell) != 0);
            case TEXT -> Value.of(String.valueOf(cells.text(cell)));
        };
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(400)
    void of_plain_rows_serves_what_the_naive_join_gives(long seed) {
        var run = new Run(seed, true);
        var definition = new ViewDefinition(new FeatureView("v", KEY, EVENT, run.rule), "us");
        OnlineView view = OnlineView.of(definition);
        OnlineView.Reads reads = all(view, EVENT.size());
        var cells = new OnlineCells(EVENT.size());
        run.play(
                view,
                true,
                (entity, now) -> {
                    reads.read(entity, cells);
                    Answer answer =
                            new NaiveAsOf(run.rows, run.rule, Mode.KNOWN_AT_THE_TIME)
                                    .answer(entity, now);
                    for (int f = 0; f < EVENT.size(); f++) {
                        assertThat(value(cells, f, EVENT.get(f).type())).isEqualTo(answer.value(f));
                        assertThat(cells.status(f)).isEqualTo(status(answer, f));
                    }
                });
    }

    private static OnlineStatus status(Answer answer, int feature) {
        return switch (answer) {
            case Answer.NotFound _ -> OnlineStatus.NOT_FOUND;
            case Answer.Stale _ -> OnlineStatus.OUTSIDE_MAX_AGE;
            case Answer.Deleted _ -> OnlineStatus.NULL_VALUE;
            case Answer.Found _ ->
                    answer.value(feature).equals(Value.MISSING)
                            ? OnlineStatus.NULL_VALUE
                            : OnlineStatus.PRESENT;
        };
    }

    private static ViewDefinition windowed(Run run) {
        boolean ids = run.random.nextBoolean();
        run.sweeps = !ids;
        long hop = List.of(1L, 7 * SECOND, 60 * SECOND, 300 * SECOND).get(run.random.nextInt(4));
        List<Aggregate> aggregates = new ArrayList<>();
        for (Function function : Function.values()) {
            boolean adds =
                    switch (function) {
                        case COUNT, MIN, MAX, FIRST, LAST, DISTINCT -> false;
                        case SUM, MEAN, VARIANCE, STDDEV, QUANTILE -> true;
                    };
            for (int i = 0; i < 2; i++) {
                var span =
                        new Window.Span(
                                run.random.nextLong(1, run.spread) * SECOND,
                                run.random.nextBoolean() ? hop : 300 * SECOND);
                int column = 1 + run.random.nextInt(function == Function.QUANTILE ? 2 : 4);
                aggregates.add(
                        new Aggregate(
                                "f" + aggregates.size(),
                                function,
                                adds && column == 3 ? 1 : column,
                                span,
                                function == Function.QUANTILE ? run.random.nextDouble() : 0));
            }
        }
        var source = new WindowedSource(EVENT, ids ? Optional.of(0) : Optional.empty(), aggregates);
        return new ViewDefinition(
                new FeatureView("v", KEY, source.features(), run.rule),
                "us",
                Optional.of(source),
                LatePolicy.DEFAULT,
                Freshness.DAILY);
    }

    private static NaiveWindow naive(ViewDefinition definition, List<FeatureRow> rows) {
        boolean ids = definition.windows().orElseThrow().id().isPresent();
        List<Event> events =
                rows.stream()
                        .map(row ->
                                new Event(
                                        ids
                                                ? new Value.Text(
                                                        row.entity() + " " + row.values().get(0))
                                                : Value.of(row.sequence()),
                                        row))
                        .toList();
        return new NaiveWindow(events, definition.view().rule(), Mode.KNOWN_AT_THE_TIME);
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(400)
    void of_windows_serves_what_the_naive_window_gives(long seed) {
        var run = new Run(seed, false);
        ViewDefinition definition = windowed(run);
        List<Aggregate> aggregates = definition.windows().orElseThrow().aggregates();
        OnlineView view = OnlineView.of(definition);
        OnlineView.Reads reads = all(view, aggregates.size());
        var cells = new OnlineCells(aggregates.size());
        run.play(
                view,
                false,
                (entity, now) -> {
                    reads.read(entity, cells);
                    NaiveWindow naive = naive(definition, run.rows);
                    boolean known = isKnown(run, entity, now);
                    for (int f = 0; f < aggregates.size(); f++) {
                        assertThat(value(cells, f, definition.view().features().get(f).type()))
                                .as("%s at %s", aggregates.get(f), Times.text(now))
                                .isEqualTo(naive.answer(aggregates.get(f), entity, now, now));
                        if (cells.status(f) != OnlineStatus.PRESENT) {
                            assertThat(cells.status(f))
                                    .isEqualTo(
                                            known
                                                    ? OnlineStatus.NULL_VALUE
                                                    : OnlineStatus.NOT_FOUND);
                        }
                        assertThat(cells.eventTime(f)).isLessThanOrEqualTo(now);
                    }
                });
    }

    /// Whether anything was known of an entity that had happened, however long ago.
    private static boolean isKnown(Run run, EntityKey entity, long now) {
        return run.rows.stream()
                .anyMatch(row ->
                        row.entity().equals(entity)
                                && run.rule.admits(row, now, Mode.KNOWN_AT_THE_TIME));
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(100)
    void is_given_to_labels_as_it_was_served(long seed) {
        var run = new Run(seed, false);
        ViewDefinition definition = windowed(run);
        List<Column> features = definition.view().features();
        OnlineView view = OnlineView.of(definition);
        OnlineView.Reads reads = all(view, features.size());
        List<EntityKey> entities = new ArrayList<>();
        List<Long> times = new ArrayList<>();
        List<OnlineCells> served = new ArrayList<>();
        // Everything is there from the beginning: what counts is when it was available.
        for (int i = 0; i < 100; i++) {
            run.rows.add(run.row(i, false));
        }
        run.rows.forEach(view::put);
        for (int time = -run.spread; time < 2 * run.spread; time += run.spread / 10) {
            long now = ORIGIN + time * SECOND;
            view.advance(now);
            EntityKey entity = run.entity();
            var cells = new OnlineCells(features.size());
            reads.read(entity, cells);
            entities.add(entity);
            times.add(now);
            served.add(cells);
        }
        var table = new TableBuilder(TableShape.of(definition.source()));
        run.rows.forEach(table::add);
        List<ClusteredTable> tables = List.of(table.build(Arena.ofAuto()));
        var status = new byte[times.size()];
        List<ColumnData> joined = join(definition, tables, entities, times, status);
        for (int label = 0; label < times.size(); label++) {
            boolean known = isKnown(run, entities.get(label), times.get(label));
            assertThat(status[label]).isEqualTo(known ? AsOfJoin.FOUND : AsOfJoin.NOT_FOUND);
            for (int f = 0; f < features.size(); f++) {
                assertThat(joined.get(f).value(label))
                        .isEqualTo(value(served.get(label), f, features.get(f).type()));
            }
        }
    }

    private static List<ColumnData> join(
            ViewDefinition definition,
            List<ClusteredTable> tables,
            List<EntityKey> entities,
            List<Long> times,
            byte[] status) {
        int labels = times.size();
        var keys = (ColumnData.Longs) ColumnData.allocate(ColumnType.LONG, labels);
        var at = (ColumnData.Longs) ColumnData.allocate(ColumnType.TIMESTAMP, labels);
        for (int label = 0; label < labels; label++) {
            keys.values()[label] = ((Value.Whole) entities.get(label).parts().getFirst()).value();
            at.values()[label] = times.get(label);
        }
        List<Column> features = definition.view().features();
        List<ColumnData> cells =
                features.stream()
                        .map(feature -> ColumnData.allocate(feature.type(), labels))
                        .toList();
        List<Integer> all = IntStream.range(0, features.size()).boxed().toList();
        new WindowJoin(definition, tables, all, Mode.KNOWN_AT_THE_TIME)
                .join(List.of(keys), at, cells, status);
        return cells;
    }
}
