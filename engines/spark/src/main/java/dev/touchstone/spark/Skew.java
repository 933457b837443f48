package dev.touchstone.spark;

import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/// Finds hot keys, and what each slice of one must know of the slices before it.
final class Skew {
    private static final int ACCURACY = 1000;

    private Skew() {}

    static HotKeys find(
            Dataset<Row> labels,
            Dataset<Row> rows,
            ViewShape shape,
            SparkTrainingSets.Settings settings) {
        Map<List<Object>, Long> sizes = new HashMap<>();
        count(rows, shape.rowKeys(), settings, sizes);
        count(labels, shape.labelKeys(), settings, sizes);
        if (sizes.isEmpty()) {
            return HotKeys.none();
        }
        Map<List<Object>, long[]> cuts = new HashMap<>();
        sizes.forEach((key, size) -> {
            int slices =
                    (int) Math.min(settings.partitions(), Math.ceilDiv(size, settings.hotRows()));
            cuts.put(key, cutsOf(labels, shape, key, slices));
        });
        return new HotKeys(cuts);
    }

    private static void count(
            Dataset<Row> data,
            List<Cells> keys,
            SparkTrainingSets.Settings settings,
            Map<List<Object>, Long> sizes) {
        org.apache.spark.sql.Column[] columns = new org.apache.spark.sql.Column[keys.size()];
        List<Cells> grouped = new ArrayList<>();
        for (int k = 0; k < keys.size(); k++) {
            columns[k] = data.col(SparkTrainingSets.quoted(keys.get(k).name()));
            grouped.add(new Cells(keys.get(k).name(), keys.get(k).type(), k, keys.get(k).spark()));
        }
        Dataset<Row> counts = data.groupBy(columns).count();
        for (Row row : counts.filter(counts.col("count").gt(settings.hotRows())).collectAsList()) {
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
                            labels.col(SparkTrainingSets.quoted(shape.labelKeys().get(k).name()))
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
    static List<Row> carry(Dataset<Row> rows, SparkTrainingSets.Tag tag, StructType tagged) {
        Map<List<Object>, Map<Integer, Strong>> strongest = new HashMap<>();
        for (Row row : rows.mapPartitions(strongestOf(tag), Encoders.row(tagged)).collectAsList()) {
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

    private static MapPartitionsFunction<Row, Row> strongestOf(SparkTrainingSets.Tag tag) {
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
            SparkTrainingSets.Tag tag,
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
