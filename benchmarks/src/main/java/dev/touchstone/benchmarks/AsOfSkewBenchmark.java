package dev.touchstone.benchmarks;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Mode;
import dev.touchstone.features.internal.join.AsOfJoin;
import dev.touchstone.features.internal.join.JoinLabels;
import dev.touchstone.features.internal.join.ViewJoin;
import dev.touchstone.features.internal.table.ClusteredTable;
import dev.touchstone.features.internal.table.TableBuilder;
import dev.touchstone.features.internal.table.TableShape;
import dev.touchstone.simulation.RandomStreams;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/// The as-of join of 1 M labels with 8 M rows of 400,000 keys, once with keys that are equally
/// frequent and once with one key that has half of all rows and half of all labels.
///
/// ```sh
/// java -Xmx3g -cp benchmarks/target/benchmarks.jar \
///     dev.touchstone.benchmarks.AsOfSkewBenchmark 15
/// ```
public final class AsOfSkewBenchmark {
    private static final int ROWS = 8_000_000;
    private static final int LABELS = 1_000_000;
    private static final int KEYS = 400_000;
    private static final long SPAN_NANOS = 30L * 86_400 * 1_000_000_000;

    private static final FeatureView VIEW =
            new FeatureView(
                    "v",
                    List.of(new Column("key", ColumnType.LONG)),
                    List.of(
                            new Column("f0", ColumnType.DOUBLE),
                            new Column("f1", ColumnType.DOUBLE),
                            new Column("f2", ColumnType.DOUBLE)),
                    AsOfRule.DEFAULT);

    private AsOfSkewBenchmark() {}

    /// One of the two workloads.
    private record Work(ClusteredTable table, ColumnData.Longs keys, ColumnData.Longs times) {
        static Work draw(boolean skewed) {
            RandomGenerator random = new RandomStreams(1).stream(skewed ? "skewed" : "uniform");
            var builder = new TableBuilder(TableShape.of(VIEW));
            for (int row = 0; row < ROWS; row++) {
                builder.begin(key(random, skewed), random.nextLong(SPAN_NANOS));
                for (int f = 0; f < 3; f++) {
                    builder.set(f, Double.doubleToRawLongBits(random.nextDouble()));
                }
            }
            long[] keys = new long[LABELS];
            long[] times = new long[LABELS];
            for (int i = 0; i < LABELS; i++) {
                keys[i] = key(random, skewed);
                times[i] = random.nextLong(SPAN_NANOS);
            }
            return new Work(
                    builder.build(Arena.ofAuto()),
                    new ColumnData.Longs(keys, new boolean[LABELS]),
                    new ColumnData.Longs(times, new boolean[LABELS]));
        }

        private static long key(RandomGenerator random, boolean skewed) {
            return skewed && random.nextBoolean() ? 0 : random.nextInt(KEYS);
        }

        double seconds() {
            long start = System.nanoTime();
            JoinLabels labels = JoinLabels.partition(List.of(keys), times, ROWS);
            ViewJoin join = ViewJoin.all(VIEW, List.of(table), LABELS);
            AsOfJoin.run(labels, Mode.KNOWN_AT_THE_TIME, List.of(join));
            return (System.nanoTime() - start) / 1e9;
        }
    }

    public static void main(String[] arguments) {
        int rounds = Integer.parseInt(arguments[0]);
        Work uniform = Work.draw(false);
        Work skewed = Work.draw(true);
        double[] uniformSeconds = new double[rounds];
        double[] skewedSeconds = new double[rounds];
        for (int round = -3; round < rounds; round++) {
            double first = uniform.seconds();
            double second = skewed.seconds();
            if (round >= 0) {
                uniformSeconds[round] = first;
                skewedSeconds[round] = second;
            }
        }
        Arrays.sort(uniformSeconds);
        Arrays.sort(skewedSeconds);
        System.out.printf(
                Locale.ROOT,
                "min / median: uniform %.3f / %.3f s, one key with half %.3f / %.3f s%n",
                uniformSeconds[0],
                uniformSeconds[rounds / 2],
                skewedSeconds[0],
                skewedSeconds[rounds / 2]);
    }
}
