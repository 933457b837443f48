package dev.touchstone.spark;

import dev.touchstone.features.AsOfStream;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Times;
import dev.touchstone.features.TrainingSetRequest;
import dev.touchstone.features.Value;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private static final int LABEL = 0;
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
        Map<String, List<String>> wanted = new LinkedHashMap<>();
        List<String> names = definitions.names(request.features());
        for (String name : names) {
            int dot = name.indexOf('.');
            wanted.computeIfAbsent(name.substring(0, dot), _ -> new ArrayList<>())
                    .add(name.substring(dot + 1));
        }
        Dataset<Row> set = labels;
        for (Map.Entry<String, List<String>> one : wanted.entrySet()) {
            Dataset<Row> rows = histories.get(one.getKey());
            if (rows == null) {
                throw new IllegalArgumentException(
                        "no rows were given for view %s; there are those of %s"
                                .formatted(one.getKey(), histories.keySet()));
            }
            if (definitions.view(one.getKey()).windows().isPresent()) {
                throw new IllegalArgumentException(
                        "view %s has windows, which Spark does not compute here; build it from the store"
                                .formatted(one.getKey()));
            }
            FeatureView view = definitions.view(one.getKey()).view();
            ViewShape shape =
                    ViewShape.of(
                            view,
                            one.getValue(),
                            set.schema(),
                            request.timeColumn(),
                            rows.schema(),
                            request.mode());
            set = join(set, rows, shape, settings);
        }
        return inOrder(set, labels, names);
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

    private static String quoted(String column) {
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
        if (!hot.cuts().isEmpty()) {
            List<Row> carried = Skew.carry(numbered, tag, tagged);
            both = both.unionAll(labels.sparkSession().createDataFrame(carried, tagged));
        }
        StructType out = labels.schema();
        for (Cells feature : shape.features()) {
            out = out.add(shape.view().name() + "." + feature.name(), feature.output(), true);
        }
        SparkSession session = labels.sparkSession();
        boolean instants =
                Boolean.parseBoolean(session.conf().get("spark.sql.datetime.java8API.enabled"));
        return both.repartition(settings.partitions(), both.col("part"))
                .sortWithinPartitions("side", "place")
                .mapPartitions(new Join(shape, instants), Encoders.row(out));
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
            return rows -> mapped(rows, this::row);
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

        private Row row(Row row) {
            FeatureRow its = shape.row(row, row.getLong(sequence));
            List<Object> name = HotKeys.name(its.entity().parts());
            return inSlice(row, its, name, hot.slice(name, visibleFrom(its)));
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

    /// Joins a partition: labels come first, then rows by sequence.
    private record Join(ViewShape shape, boolean instants)
            implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> both) {
            List<Row> labels = new ArrayList<>();
            var join = new AsOfStream(shape.view().view(), shape.view().mode());
            while (both.hasNext()) {
                Row one = both.next();
                if (one.getInt(1) == LABEL) {
                    Row label = one.getStruct(3);
                    labels.add(label);
                    join.label(
                            ViewShape.values(shape.labelKeys(), label),
                            shape.labelTime().value(label));
                } else if (!labels.isEmpty()) {
                    join.row(shape.row(one.getStruct(4), one.getLong(2)));
                }
            }
            List<ColumnData> cells = join.finish();
            int own = labels.isEmpty() ? 0 : labels.getFirst().size();
            Iterator<Integer> numbers = IntStream.range(0, labels.size()).iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return numbers.hasNext();
                }

                @Override
                public Row next() {
                    int label = numbers.next();
                    @Nullable Object[] values = new @Nullable Object[own + cells.size()];
                    for (int c = 0; c < own; c++) {
                        values[c] = labels.get(label).get(c);
                    }
                    for (int f = 0; f < cells.size(); f++) {
                        values[own + f] =
                                shape.features().get(f).cell(cells.get(f).value(label), instants);
                    }
                    return RowFactory.create(values);
                }
            };
        }
    }

    /// Finds hot keys, and what each slice of one must know of the slices before it.
    static final class Skew {
        private static final int ACCURACY = 1000;

        private Skew() {}

        static HotKeys find(
                Dataset<Row> labels, Dataset<Row> rows, ViewShape shape, Settings settings) {
            Map<List<Object>, Long> sizes = new HashMap<>();
            count(rows, shape.rowKeys(), settings, sizes);
            count(labels, shape.labelKeys(), settings, sizes);
            if (sizes.isEmpty()) {
                return HotKeys.none();
            }
            Map<List<Object>, long[]> cuts = new HashMap<>();
            sizes.forEach((key, size) -> {
                int slices =
                        (int)
                                Math.min(
                                        settings.partitions(),
                                        Math.ceilDiv(size, settings.hotRows()));
                cuts.put(key, cutsOf(labels, shape, key, slices));
            });
            return new HotKeys(cuts);
        }

        private static void count(
                Dataset<Row> data,
                List<Cells> keys,
                Settings settings,
                Map<List<Object>, Long> sizes) {
            org.apache.spark.sql.Column[] columns = new org.apache.spark.sql.Column[keys.size()];
            List<Cells> grouped = new ArrayList<>();
            for (int k = 0; k < keys.size(); k++) {
                columns[k] = data.col(quoted(keys.get(k).name()));
                grouped.add(
                        new Cells(keys.get(k).name(), keys.get(k).type(), k, keys.get(k).spark()));
            }
            Dataset<Row> counts = data.groupBy(columns).count();
            for (Row row :
                    counts.filter(counts.col("count").gt(settings.hotRows())).collectAsList()) {
                List<Value> key = ViewShape.values(grouped, row);
                if (!key.contains(Value.MISSING)) {
                    sizes.merge(HotKeys.name(key), row.getLong(keys.size()), Math::max);
                }
            }
        }

        /// Moments that cut a key's labels into about equal slices.
        private static long[] cutsOf(
                Dataset<Row> labels, ViewShape shape, List<Object> key, int slices) {
            org.apache.spark.sql.Column same = functions.lit(true);
            for (int k = 0; k < key.size(); k++) {
                same =
                        same.and(
                                labels.col(quoted(shape.labelKeys().get(k).name()))
                                        .equalTo(key.get(k)));
            }
            Dataset<Row> its = labels.filter(same);
            List<Long> times = new ArrayList<>();
            double share = Math.min(1, (double) slices * ACCURACY / Math.max(1, its.count()));
            for (Row label : its.sample(share, 1).collectAsList()) {
                if (shape.labelTime().value(label) instanceof Value.Whole(long time)) {
                    times.add(time);
                }
            }
            times.sort(null);
            long[] cuts = new long[times.isEmpty() ? 0 : slices - 1];
            for (int cut = 0; cut < cuts.length; cut++) {
                cuts[cut] = times.get((int) ((long) (cut + 1) * times.size() / slices));
            }
            return Arrays.stream(cuts).distinct().toArray();
        }

        /// The strongest rows that may be seen before a slice begins, as rows of that slice.
        static List<Row> carry(Dataset<Row> rows, Tag tag, StructType tagged) {
            Map<List<Object>, Map<Integer, Strong>> strongest = new HashMap<>();
            for (Row row :
                    rows.mapPartitions(strongestOf(tag), Encoders.row(tagged)).collectAsList()) {
                Row its = row.getStruct(4);
                offer(tag, strongest, its, row.getLong(2));
            }
            List<Row> carried = new ArrayList<>();
            strongest.forEach((key, slices) -> {
                Strong best = null;
                for (int slice = 0; slice + 1 < tag.hot().slices(key); slice++) {
                    Strong here = slices.get(slice);
                    if (here != null && (best == null || here.beats(best))) {
                        best = here;
                    }
                    if (best != null) {
                        carried.add(tag.inSlice(best.row, best.its, key, slice + 1));
                    }
                }
            });
            return carried;
        }

        private record Strong(Row row, FeatureRow its) {
            boolean beats(Strong other) {
                return FeatureRow.BY_PRECEDENCE.compare(its, other.its) > 0;
            }
        }

        private static MapPartitionsFunction<Row, Row> strongestOf(Tag tag) {
            return rows -> {
                Map<List<Object>, Map<Integer, Strong>> strongest = new HashMap<>();
                while (rows.hasNext()) {
                    Row row = rows.next();
                    offer(tag, strongest, row, row.getLong(tag.sequence()));
                }
                List<Row> found = new ArrayList<>();
                strongest.forEach((key, slices) ->
                        slices.forEach((slice, strong) ->
                                found.add(tag.inSlice(strong.row, strong.its, key, slice))));
                return found.iterator();
            };
        }

        private static void offer(
                Tag tag,
                Map<List<Object>, Map<Integer, Strong>> strongest,
                Row row,
                long sequence) {
            FeatureRow its = tag.shape().row(row, sequence);
            List<Object> key = HotKeys.name(its.entity().parts());
            if (!tag.hot().cuts().containsKey(key) || tag.visibleFrom(its) == Times.INFINITY) {
                return;
            }
            strongest
                    .computeIfAbsent(key, _ -> new HashMap<>())
                    .merge(
                            tag.hot().slice(key, tag.visibleFrom(its)),
                            new Strong(row, its),
                            (one, other) -> other.beats(one) ? other : one);
        }
    }
}
