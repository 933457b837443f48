package dev.touchstone.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.touchstone.features.Aggregate;
import dev.touchstone.features.Answer;
import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.Event;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Mode;
import dev.touchstone.features.TrainingSetRequest;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.cases.CaseFile;
import dev.touchstone.features.cases.CaseLabel;
import dev.touchstone.features.cases.FeatureCase;
import dev.touchstone.features.cases.FormulaCase;
import dev.touchstone.features.internal.join.NaiveAsOf;
import dev.touchstone.features.internal.window.NaiveWindow;
import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.spark.SparkTrainingSets.Settings;
import dev.touchstone.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A training set on Spark")
class SparkTrainingSetsTest {
    private static final Path CASES = Path.of("../../systems/features/src/test/resources/cases");
    private static final long HOUR = 3_600_000_000_000L;

    private static SparkSession spark = start();

    private static SparkSession start() {
        return SparkSession.builder()
                .master("local[2]")
                .appName("test")
                .config("spark.ui.enabled", "false")
                .config("spark.sql.shuffle.partitions", "2")
                .config("spark.sql.session.timeZone", "UTC")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1")
                .getOrCreate();
    }

    @BeforeAll
    static void be_quiet() {
        spark.sparkContext().setLogLevel("ERROR");
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    static List<Path> cases() throws IOException {
        try (Stream<Path> files = Files.list(CASES)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void agrees_with_the_cases(Path file) throws IOException {
        FeatureCase read = CaseFile.read(file.toString(), Files.readString(file));
        assumeTrue(Cases.canBeAsked(read), "no span of time, or served later than asked about");
        read.expected()
                .forEach((mode, expected) -> {
                    List<List<Value>> cells = new ArrayList<>();
                    read.labels().forEach(_ -> cells.add(new ArrayList<>()));
                    for (Cases.History history : Cases.histories(read)) {
                        List<List<Value>> its = join(read.labels(), history, mode);
                        for (int i = 0; i < cells.size(); i++) {
                            cells.get(i).addAll(its.get(i));
                        }
                    }
                    assertThat(cells).as("%s, %s", file, mode).isEqualTo(expected);
                });
    }

    private static List<List<Value>> join(
            List<CaseLabel> labels, Cases.History history, Mode mode) {
        FeatureView view = history.definition().view();
        return Frames.join(
                Frames.labels(
                        spark,
                        view.key(),
                        labels.stream().map(label -> Cases.cells(label, view.key())).toList(),
                        labels.stream().map(CaseLabel::time).toList()),
                history.definition(),
                Frames.rows(spark, history.definition().source(), history.rows()),
                mode,
                new Settings(2, 1_000_000));
    }

    static List<Path> formulas() throws IOException {
        try (Stream<Path> files = Files.list(CASES.resolve("formulas"))) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("formulas")
    void agrees_with_the_cases_of_formulas(Path file) throws IOException {
        FormulaCase one = CaseFile.readFormulas(file.toString(), Files.readString(file));
        Set<Column> columns = new LinkedHashSet<>();
        Map<String, Dataset<Row>> rows = new HashMap<>();
        for (FeatureCase.History history : one.views()) {
            columns.addAll(history.view().key());
            rows.put(history.view().name(), Frames.rows(spark, history.view(), history.rows()));
        }
        columns.addAll(one.computed().request());
        List<CaseLabel> labels = one.expectation().labels();
        Dataset<Row> frame =
                Frames.labels(
                        spark,
                        List.copyOf(columns),
                        labels.stream()
                                .map(label -> Cases.cells(label, List.copyOf(columns)))
                                .toList(),
                        labels.stream().map(CaseLabel::time).toList());
        one.expectation()
                .expected()
                .forEach((mode, expected) ->
                        assertThat(
                                        Frames.join(
                                                frame,
                                                one.definitions(),
                                                rows,
                                                new TrainingSetRequest(
                                                        List.of(FormulaCase.VIEW + ".*"),
                                                        "time",
                                                        mode),
                                                new Settings(2, 1_000_000)))
                                .as("%s, %s", file, mode)
                                .isEqualTo(expected));
    }

    /// Half of everything is about one card, which is therefore cut into slices of time.
    @ParameterizedTest(name = "seed {0}")
    @Seeds(6)
    void equals_the_naive_windows_also_where_a_key_is_cut_by_time(long seed) {
        RandomGenerator random = new RandomStreams(seed).stream("windows");
        boolean corrected = random.nextBoolean();
        ViewDefinition definition = cards(random, corrected);
        List<FeatureRow> rows = new ArrayList<>();
        for (int i = 0; i < 1200; i++) {
            FeatureRow row = row(random, i);
            Value id = Value.of("e" + (corrected ? random.nextInt(900) : i));
            Value amount = random.nextInt(9) == 0 ? Value.MISSING : Value.of(random.nextInt(99));
            rows.add(
                    new FeatureRow(
                            row.entity(),
                            row.eventTime(),
                            row.availableTime(),
                            i,
                            List.of(id, amount)));
        }
        List<List<Value>> keys = new ArrayList<>();
        List<Value> times = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            keys.add(key(random).parts());
            times.add(Value.of(random.nextInt(48) * HOUR + random.nextInt(3)));
        }
        Mode mode = random.nextInt(3) == 0 ? Mode.EVENT_TIME : Mode.KNOWN_AT_THE_TIME;

        List<List<Value>> answers =
                Frames.join(
                        Frames.labels(spark, definition.view().key(), keys, times),
                        definition,
                        Frames.rows(spark, definition.source(), rows),
                        mode,
                        new Settings(4, 100));

        List<Event> events = new ArrayList<>();
        for (FeatureRow row : rows) {
            Value id = row.values().getFirst();
            events.add(
                    new Event(
                            Value.of(row.entity() + (corrected ? "" : "" + row.sequence()) + id),
                            row));
        }
        var naive = new NaiveWindow(events, definition.view().rule(), mode);
        List<Aggregate> aggregates = definition.windows().orElseThrow().aggregates();
        for (int i = 0; i < keys.size(); i++) {
            long time = ((Value.Whole) times.get(i)).value();
            var entity = new EntityKey(keys.get(i));
            List<Value> expected = new ArrayList<>();
            aggregates.forEach(one -> expected.add(naive.answer(one, entity, time, time)));
            assertThat(answers.get(i))
                    .as("label %d of %s at %d", i, keys.get(i), time)
                    .isEqualTo(expected);
        }
    }

    private static ViewDefinition cards(RandomGenerator random, boolean corrected) {
        return Definitions.read(
                        "features.yaml",
                        """
                        views:
                          card:
                            owner: cards
                            key: {id: long, branch: text}
                            events: {event: text, amount: long}
                            features:
                              sum: {sum: amount, window: 9h}
                              mean: {mean: amount, window: 5h, hop: 2h}
                              last: {last: amount, window: 20h}
                              most: {max: event, window: 3h}
                            boundary: "%s"
                            delay: %s
                        """
                                        .formatted(
                                                random.nextBoolean() ? "<" : "<=",
                                                random.nextBoolean() ? "0s" : "1h")
                                + (corrected ? "    id: event\n" : ""))
                .views()
                .getFirst();
    }

    /// Half of everything is about one key, which is therefore cut into slices of time.
    @ParameterizedTest(name = "seed {0}")
    @Seeds(6)
    void equals_the_naive_join_also_where_a_key_is_cut_by_time(long seed) {
        RandomGenerator random = new RandomStreams(seed).stream("spark");
        FeatureView view =
                new FeatureView(
                        "v",
                        List.of(
                                new Column("id", ColumnType.LONG),
                                new Column("branch", ColumnType.TEXT)),
                        List.of(
                                new Column("x", ColumnType.DOUBLE),
                                new Column("s", ColumnType.TEXT)),
                        new AsOfRule(
                                random.nextBoolean()
                                        ? AsOfRule.Boundary.BEFORE
                                        : AsOfRule.Boundary.AT_OR_BEFORE,
                                random.nextInt(3),
                                random.nextBoolean() ? AsOfRule.UNBOUNDED : 20 * HOUR,
                                AsOfRule.StalenessClock.EVENT));
        List<FeatureRow> rows = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
            rows.add(row(random, i));
        }
        List<List<Value>> keys = new ArrayList<>();
        List<Value> times = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            keys.add(
                    random.nextInt(50) == 0
                            ? List.of(Value.MISSING, Value.of("b"))
                            : key(random).parts());
            times.add(
                    random.nextInt(50) == 0
                            ? Value.MISSING
                            : Value.of(random.nextInt(48) * HOUR + random.nextInt(3)));
        }
        Mode mode = random.nextInt(3) == 0 ? Mode.EVENT_TIME : Mode.KNOWN_AT_THE_TIME;
        List<FeatureRow> shuffled = new ArrayList<>(rows);
        Collections.shuffle(shuffled, java.util.Random.from(random));

        List<List<Value>> answers =
                Frames.join(
                        Frames.labels(spark, view.key(), keys, times),
                        new ViewDefinition(view, "test"),
                        Frames.rows(spark, view, shuffled),
                        mode,
                        new Settings(4, 100));

        assertThat(answers).hasSize(keys.size());
        var naive = new NaiveAsOf(rows, view.rule(), mode);
        for (int i = 0; i < keys.size(); i++) {
            Answer expected =
                    !keys.get(i).contains(Value.MISSING)
                                    && times.get(i) instanceof Value.Whole(long time)
                            ? naive.answer(new EntityKey(keys.get(i)), time)
                            : new Answer.NotFound();
            assertThat(answers.get(i))
                    .as("label %d of %s at %s", i, keys.get(i), times.get(i))
                    .containsExactly(expected.value(0), expected.value(1));
        }
    }

    private static EntityKey key(RandomGenerator random) {
        long id = random.nextBoolean() ? 0 : random.nextInt(100);
        return new EntityKey(List.of(Value.of(id), Value.of(id == 0 ? "main" : "b" + id % 3)));
    }

    private static FeatureRow row(RandomGenerator random, int sequence) {
        long event = random.nextInt(48) * HOUR + random.nextInt(3);
        long available = event + (random.nextBoolean() ? 0 : random.nextInt(10) * HOUR);
        return new FeatureRow(
                key(random),
                event,
                available,
                sequence,
                random.nextInt(10) == 0
                        ? List.of()
                        : List.of(
                                random.nextInt(10) == 0
                                        ? Value.MISSING
                                        : Value.of((double) sequence),
                                Value.of("s" + random.nextInt(5))));
    }

    @Test
    void takes_timestamps_keeps_the_labels_columns_and_joins_two_views() {
        Definitions definitions =
                Definitions.read(
                        "features.yaml",
                        """
                        views:
                          account:
                            owner: risk
                            key: {account: text}
                            features: {balance: double, since: timestamp}
                          merchant:
                            owner: risk
                            key: {merchant: long}
                            features: {disputes: long, open: boolean}
                        """);
        Dataset<Row> labels =
                spark.sql(
                        """
                        select * from values
                          ('x', timestamp'2026-01-02 00:00:00', 'a', 7),
                          ('x', timestamp'2026-01-02 00:00:00', 'a', 7),
                          ('y', timestamp'2026-01-05 00:00:00', 'a', 8),
                          ('z', null, 'a', 7) as t(note, time, account, merchant)
                        """);
        Dataset<Row> accounts =
                spark.sql(
                        """
                        select 'a' as account, 10.5d as balance,
                          timestamp'2025-12-31 23:00:00' as since,
                          timestamp'2026-01-01 00:00:00' as event_time,
                          timestamp'2026-01-01 06:00:00' as available_time
                        """);
        Dataset<Row> merchants =
                spark.sql(
                        """
                        select 7 as merchant, 3L as disputes, true as open,
                          timestamp'2026-01-02 00:00:00' as event_time
                        """);
        Dataset<Row> set =
                SparkTrainingSets.build(
                        labels,
                        definitions,
                        Map.of("account", accounts, "merchant", merchants),
                        new TrainingSetRequest(
                                List.of("merchant.disputes", "account.*"),
                                "time",
                                Mode.KNOWN_AT_THE_TIME),
                        new Settings(2, 1000));
        assertThat(set.columns())
                .containsExactly(
                        "note",
                        "time",
                        "account",
                        "merchant",
                        "merchant.disputes",
                        "account.balance",
                        "account.since");
        assertThat(set.collectAsList().stream().map(Row::toString).sorted())
                .containsExactly(
                        "[x,2026-01-02 00:00:00.0,a,7,3,10.5,2025-12-31 23:00:00.0]",
                        "[x,2026-01-02 00:00:00.0,a,7,3,10.5,2025-12-31 23:00:00.0]",
                        "[y,2026-01-05 00:00:00.0,a,8,null,10.5,2025-12-31 23:00:00.0]",
                        "[z,null,a,7,null,null,null]");

        assertThatThrownBy(() ->
                        SparkTrainingSets.build(
                                labels,
                                definitions,
                                Map.of("account", merchants),
                                new TrainingSetRequest(
                                        List.of("account.*"), "time", Mode.KNOWN_AT_THE_TIME),
                                Settings.DEFAULT))
                .hasMessageContaining("rows of account have no column 'account'");
        assertThatThrownBy(() ->
                        SparkTrainingSets.build(
                                labels,
                                definitions,
                                Map.of(),
                                new TrainingSetRequest(
                                        List.of("account.*"), "time", Mode.KNOWN_AT_THE_TIME),
                                Settings.DEFAULT))
                .hasMessageContaining("no rows were given for view account");
    }

    @Test
    void refuses_labels_that_have_what_a_formula_needs_joined() {
        Definitions definitions =
                Definitions.read(
                        "features.yaml",
                        """
                        views:
                          account:
                            owner: risk
                            key: {account: text}
                            features: {balance: double}
                          payment:
                            owner: risk
                            request: {amount: double}
                            features:
                              share: {value: "amount / account.balance"}
                        """);
        Dataset<Row> labels =
                spark.sql(
                        """
                        select timestamp'2026-01-02 00:00:00' as time, 'a' as account,
                          2.5d as amount, 9.0d as `account.balance`
                        """);
        Dataset<Row> accounts =
                spark.sql(
                        """
                        select 'a' as account, 10.0d as balance,
                          timestamp'2026-01-01 00:00:00' as event_time
                        """);
        assertThatThrownBy(() ->
                        SparkTrainingSets.build(
                                labels,
                                definitions,
                                Map.of("account", accounts),
                                new TrainingSetRequest(
                                        List.of("payment.share"), "time", Mode.KNOWN_AT_THE_TIME),
                                new Settings(2, 1000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("labels have a column account.balance already, which");
    }
}
