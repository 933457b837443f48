package dev.touchstone.spark;

import dev.touchstone.features.ComputedFormula;
import dev.touchstone.features.ComputedView;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.TrainingSetRequest;
import dev.touchstone.features.Value;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/// Training sets on Spark, from the same definitions and with the same answers.
///
/// ```java
/// Dataset<Row> set =
///         SparkTrainingSets.build(
///                 labels, definitions, Map.of("account", accounts), request, Settings.DEFAULT);
/// ```
///
/// A view at a time, labels and rows of a key are brought into one partition, labels first; then
/// the rows stream past the labels, so a partition takes the memory of its labels. Every label
/// comes out once, with its own columns and the features behind them; Spark keeps no order.
///
/// Rows need the view's columns and `event_time`, and may have `available_time`, `deleted` and
/// `sequence` (the order of arrival). Where two rows of a key agree in event and availability, the
/// higher sequence wins; without that column, which one wins is arbitrary but always the same.
public final class SparkTrainingSets {
    private static final String SEQUENCE = "sequence";
    static final int LABEL = 0;
    private static final int HISTORY = 1;

    private SparkTrainingSets() {}

    /// How the work is divided.
    ///
    /// @param partitions of each view's join
    /// @param hotRows a key with more rows or labels than this is cut by time
    public record Settings(int partitions, long hotRows) {
        /// Spark's usual 200 partitions; keys are cut from two million rows on.
        public static final Settings DEFAULT = new Settings(200, 2_000_000);
    }

    /// Gives labels the features that would have been served at their moments.
    ///
    /// @param labels with the views' key columns and the request's time column
    /// @param histories the rows of each view that is asked for, by the view's name
    /// @return the labels' columns, then a column `view.feature` for each feature
    /// @throws IllegalArgumentException when a column is missing or of another type
    public static Dataset<Row> build(
            Dataset<Row> labels,
            Definitions definitions,
            Map<String, Dataset<Row>> histories,
            TrainingSetRequest request,
            Settings settings) {
        List<String> names = definitions.names(request.features());
        Map<String, List<String>> byView = byView(definitions, names);
        checkLabels(List.of(labels.columns()), names, byView);
        Dataset<Row> set = labels;
        for (Map.Entry<String, List<String>> one : byView.entrySet()) {
            Dataset<Row> rows = histories.get(one.getKey());
            if (rows == null) {
                throw new IllegalArgumentException(
                        "no rows were given for view %s; there are those of %s"
                                .formatted(one.getKey(), histories.keySet()));
            }
            ViewShape shape =
                    ViewShape.of(
                            ViewShape.narrow(definitions.view(one.getKey()), one.getValue()),
                            set.schema(),
                            request.timeColumn(),
                            rows.schema(),
                            request.mode());
            set = join(set, rows, shape, settings);
        }
        List<FormulaShape> formulas =
                FormulaShape.of(definitions, names, set.schema(), request.timeColumn());
        return inOrder(computed(set, formulas), labels, names);
    }

    private static void checkLabels(
            List<String> columns, List<String> names, Map<String, List<String>> byView) {
        for (String name : names) {
            if (columns.contains(name)) {
                throw new IllegalArgumentException(
                        "labels have a column %s already; drop it, or do not ask for it"
                                .formatted(name));
            }
        }
        byView.forEach((view, features) -> {
            for (String feature : features) {
                String name = view + "." + feature;
                if (columns.contains(name)) {
                    throw new IllegalArgumentException(
                            "labels have a column %s already, which a formula needs joined; drop it, or give it another name"
                                    .formatted(name));
                }
            }
        });
    }

    /// The features that have to be joined, by the view that they come from: what is asked for, and
    /// what its formulas need.
    private static Map<String, List<String>> byView(Definitions definitions, List<String> names) {
        Set<String> needed = new LinkedHashSet<>();
        for (String name : names) {
            int dot = name.indexOf('.');
            Optional<ComputedView> formulas = definitions.computed(name.substring(0, dot));
            if (formulas.isEmpty()) {
                needed.add(name);
            } else {
                formulas.get().features().stream()
                        .filter(one -> one.name().equals(name.substring(dot + 1)))
                        .forEach(one -> needed.addAll(one.features()));
            }
        }
        Map<String, List<String>> wanted = new LinkedHashMap<>();
        for (String name : needed) {
            int dot = name.indexOf('.');
            wanted.computeIfAbsent(name.substring(0, dot), _ -> new ArrayList<>())
                    .add(name.substring(dot + 1));
        }
        return wanted;
    }

    /// Computes formulas from labels and features that are joined already.
    private static Dataset<Row> computed(Dataset<Row> set, List<FormulaShape> formulas) {
        if (formulas.isEmpty()) {
            return set;
        }
        StructType out = set.schema();
        for (FormulaShape formula : formulas) {
            out = out.add(formula.output().name(), formula.output().output(), true);
        }
        var compute = new Compute(new ArrayList<>(formulas), instants(set.sparkSession()));
        return set.mapPartitions(compute, Encoders.row(out));
    }

    private static boolean instants(SparkSession session) {
        return Boolean.parseBoolean(session.conf().get("spark.sql.datetime.java8API.enabled"));
    }

    /// Computes the formulas of a partition, row by row.
    private record Compute(List<FormulaShape> formulas, boolean instants)
            implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> rows) {
            List<ComputedFormula> parsed = formulas.stream().map(FormulaShape::formula).toList();
            return mapped(
                    rows,
                    row -> {
                        @Nullable Object[] values =
                                new @Nullable Object[row.size() + parsed.size()];
                        for (int c = 0; c < row.size(); c++) {
                            values[c] = row.get(c);
                        }
                        for (int f = 0; f < parsed.size(); f++) {
                            FormulaShape shape = formulas.get(f);
                            Value value = parsed.get(f).of(ViewShape.values(shape.inputs(), row));
                            values[row.size() + f] = shape.output().cell(value, instants);
                        }
                        return RowFactory.create(values);
                    });
        }
    }

    private static Dataset<Row> inOrder(Dataset<Row> set, Dataset<Row> labels, List<String> names) {
        List<org.apache.spark.sql.Column> columns = new ArrayList<>();
        for (String own : labels.columns()) {
            columns.add(set.col(quoted(own)));
        }
        for (String name : names) {
            columns.add(set.col(quoted(name)));
        }
        return set.select(columns.toArray(org.apache.spark.sql.Column[]::new));
    }

    static String quoted(String column) {
        return "`" + column.replace("`", "``") + "`";
    }

    private static Dataset<Row> join(
            Dataset<Row> labels, Dataset<Row> rows, ViewShape shape, Settings settings) {
        Dataset<Row> numbered =
                List.of(rows.columns()).contains(SEQUENCE)
                        ? rows
                        : rows.withColumn(SEQUENCE, functions.xxhash64(allOf(rows)));
        HotKeys hot = Skew.find(labels, numbered, shape, settings);
        StructType tagged =
                new StructType(
                        new StructField[] {
                            DataTypes.createStructField("part", DataTypes.IntegerType, false),
                            DataTypes.createStructField("side", DataTypes.IntegerType, false),
                            DataTypes.createStructField("place", DataTypes.LongType, false),
                            DataTypes.createStructField("label", labels.schema(), true),
                            DataTypes.createStructField("row", numbered.schema(), true)
                        });
        var tag =
                new Tag(shape, hot, settings.partitions(), numbered.schema().fieldIndex(SEQUENCE));
        Dataset<Row> both =
                labels.mapPartitions(tag.labels(), Encoders.row(tagged))
                        .unionAll(numbered.mapPartitions(tag.rows(), Encoders.row(tagged)));
        if (!hot.cuts().isEmpty() && shape.view().windows().isEmpty()) {
            List<Row> carried = Skew.carry(numbered, tag, tagged);
            both = both.unionAll(labels.sparkSession().createDataFrame(carried, tagged));
        }
        StructType out = labels.schema();
        for (Cells feature : shape.outputs()) {
            out = out.add(shape.view().name() + "." + feature.name(), feature.output(), true);
        }
        return both.repartition(settings.partitions(), both.col("part"))
                .sortWithinPartitions("part", "side", "place")
                .mapPartitions(new Join(shape, instants(labels.sparkSession())), Encoders.row(out));
    }

    private static org.apache.spark.sql.Column[] allOf(Dataset<Row> rows) {
        List<org.apache.spark.sql.Column> columns = new ArrayList<>();
        for (String name : rows.columns()) {
            columns.add(rows.col(quoted(name)));
        }
        return columns.toArray(org.apache.spark.sql.Column[]::new);
    }

    /// Says of labels and rows in which partition they meet.
    record Tag(ViewShape shape, HotKeys hot, int partitions, int sequence) implements Serializable {
        MapPartitionsFunction<Row, Row> labels() {
            return labels -> mapped(labels, this::label);
        }

        MapPartitionsFunction<Row, Row> rows() {
            return rows -> new Spread(rows, this::row);
        }

        private Row label(Row label) {
            List<Value> key = ViewShape.values(shape.labelKeys(), label);
            Value time = shape.labelTime().value(label);
            // Labels about nobody match nothing; they may lie anywhere, but not all in one place.
            boolean absent = key.contains(Value.MISSING) || time.equals(Value.MISSING);
            List<Object> name = absent ? List.of(label.hashCode()) : HotKeys.name(key);
            int slice = time instanceof Value.Whole(long moment) ? hot.slice(name, moment) : 0;
            return RowFactory.create(
                    HotKeys.partition(name, slice, partitions), LABEL, 0L, label, null);
        }

        /// A row as it goes to each slice in which it may matter.
        private Iterator<Row> row(Row row) {
            FeatureRow its = shape.row(row, row.getLong(sequence));
            List<Object> name = HotKeys.name(its.entity().parts());
            ViewShape.Slices slices = shape.view().slices(its, hot, name);
            return IntStream.rangeClosed(slices.first(), slices.last())
                    .mapToObj(slice -> inSlice(row, its, name, slice))
                    .iterator();
        }

        Row inSlice(Row row, FeatureRow its, List<Object> name, int slice) {
            return RowFactory.create(
                    HotKeys.partition(name, slice, partitions), HISTORY, its.sequence(), null, row);
        }

        long visibleFrom(FeatureRow row) {
            return shape.view()
                    .rule()
                    .visibleFrom(row.eventTime(), row.availableTime(), shape.view().mode());
        }
    }

    private interface ToRow {
        Row of(Row row);
    }

    private interface ToRows {
        Iterator<Row> of(Row row);
    }

    /// Every row as the rows that are made of it.
    private static final class Spread implements Iterator<Row> {
        private final Iterator<Row> rows;
        private final ToRows to;
        private Iterator<Row> made = Collections.emptyIterator();

        Spread(Iterator<Row> rows, ToRows to) {
            this.rows = rows;
            this.to = to;
        }

        @Override
        public boolean hasNext() {
            while (!made.hasNext() && rows.hasNext()) {
                made = to.of(rows.next());
            }
            return made.hasNext();
        }

        @Override
        public Row next() {
            if (!hasNext()) {
                throw new NoSuchElementException("no row is left");
            }
            return made.next();
        }
    }

    private static Iterator<Row> mapped(Iterator<Row> rows, ToRow to) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public Row next() {
                return to.of(rows.next());
            }
        };
    }

    /// Joins a partition, which holds some parts one after another.
    private record Join(ViewShape shape, boolean instants)
            implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> both) {
            return new JoinedParts(shape, instants, both);
        }
    }
}
