package dev.touchstone.benchmarks;

import dev.touchstone.features.AsOfColumns;
import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Mode;
import dev.touchstone.simulation.RandomStreams;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/// The as-of join of 2 M labels with 10 M rows of 1 M keys in no order, both in memory, beside
/// DuckDB's, by turns in one process; four features, two threads each.
///
/// ```sh
/// java -XX:+UseTransparentHugePages -Xms5g -Xmx5g -cp benchmarks/target/benchmarks.jar \
///     dev.touchstone.benchmarks.UnsortedJoinBenchmark 5 [skewed]
/// ```
///
/// Ours is [AsOfColumns#join], from columns to columns: finding keys, grouping labels, joining,
/// allocating the result. Both wall and CPU time are shown: other work on the machine makes the one
/// lie. With `skewed`, half of all rows and labels are of one key.
public final class UnsortedJoinBenchmark {
    private static final int LABELS = 2_000_000;
    private static final int ROWS = 10_000_000;
    private static final int KEYS = 1_000_000;
    private static final int FEATURES = 4;
    private static final int THREADS = 2;
    private static final long SPAN = 30L * 86_400 * 1_000_000;

    private static final FeatureView VIEW =
            new FeatureView(
                    "v",
                    List.of(new Column("key", ColumnType.LONG)),
                    IntStream.range(0, FEATURES)
                            .mapToObj(f -> new Column("f" + f, ColumnType.DOUBLE))
                            .toList(),
                    AsOfRule.DEFAULT);

    private final long[] labelKeys = new long[LABELS];
    private final long[] labelTimes = new long[LABELS];
    private final long[] rowKeys = new long[ROWS];
    private final long[] rowTimes = new long[ROWS];
    private final double[][] features = new double[FEATURES][ROWS];
    private double checked = Double.NaN;

    private UnsortedJoinBenchmark(boolean skewed) {
        RandomGenerator random = new RandomStreams(1).stream("unsorted");
        for (int i = 0; i < LABELS; i++) {
            labelKeys[i] = key(random, skewed);
            labelTimes[i] = random.nextLong(SPAN);
        }
        for (int i = 0; i < ROWS; i++) {
            rowKeys[i] = key(random, skewed);
            rowTimes[i] = random.nextLong(SPAN);
            for (double[] feature : features) {
                feature[i] = random.nextDouble();
            }
        }
    }

    private static long key(RandomGenerator random, boolean skewed) {
        return skewed && random.nextBoolean() ? 0 : random.nextInt(KEYS);
    }

    public static void main(String[] arguments) throws SQLException {
        new UnsortedJoinBenchmark(arguments.length > 1).run(Integer.parseInt(arguments[0]));
    }

    private void run(int rounds) throws SQLException {
        double[][] ours = new double[2][rounds];
        double[][] theirs = new double[2][rounds];
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement sql = duck.createStatement()) {
            load(duck.unwrap(DuckDBConnection.class), sql);
            for (int round = -3; round < rounds; round++) {
                System.gc();
                long cpu = cpuNanos();
                long start = System.nanoTime();
                List<ColumnData> result = join();
                note(ours, round, start, cpu);
                check("ours", sum(result));
                duck(sql, theirs, round);
            }
        }
        report("wall", ours[0], theirs[0]);
        report("CPU", ours[1], theirs[1]);
    }

    private static void note(double[][] seconds, int round, long start, long cpu) {
        if (round >= 0) {
            seconds[0][round] = (System.nanoTime() - start) / 1e9;
            seconds[1][round] = (cpuNanos() - cpu) / 1e9;
        }
    }

    private static void report(String what, double[] ours, double[] theirs) {
        Arrays.sort(ours);
        Arrays.sort(theirs);
        int middle = ours.length / 2;
        System.out.printf(
                Locale.ROOT,
                "%s, min / median: ours %.3f / %.3f s, DuckDB %.3f / %.3f s; ratio %.1f / %.1f%n",
                what,
                ours[0],
                ours[middle],
                theirs[0],
                theirs[middle],
                theirs[0] / ours[0],
                theirs[middle] / ours[middle]);
    }

    /// What the process has used, all its threads: other work on the machine does not count.
    private static long cpuNanos() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean machine
                ? machine.getProcessCpuTime()
                : 0;
    }

    private List<ColumnData> join() {
        var labels =
                new AsOfColumns.Labels(
                        List.of(new ColumnData.Longs(labelKeys, new boolean[LABELS])),
                        new ColumnData.Longs(labelTimes, new boolean[LABELS]));
        boolean[] none = new boolean[ROWS];
        List<ColumnData> columns = new ArrayList<>();
        for (double[] feature : features) {
            columns.add(new ColumnData.Doubles(feature, none));
        }
        var rows =
                new AsOfColumns.Rows(
                        List.of(new ColumnData.Longs(rowKeys, none)),
                        new ColumnData.Longs(rowTimes, none),
                        columns);
        return AsOfColumns.join(VIEW, Mode.KNOWN_AT_THE_TIME, labels, rows, THREADS);
    }

    private static double sum(List<ColumnData> cells) {
        double sum = 0;
        for (ColumnData column : cells) {
            if (column instanceof ColumnData.Doubles(double[] values, boolean[] missing)) {
                for (int i = 0; i < values.length; i++) {
                    sum += missing[i] ? 0 : values[i];
                }
            }
        }
        return sum;
    }

    private void check(String who, double sum) {
        if (Double.isNaN(checked)) {
            checked = sum;
        }
        if (Math.abs(sum - checked) > 1e-3) {
            throw new IllegalStateException(
                    "%s: sum %.6f, should be %.6f".formatted(who, sum, checked));
        }
    }

    private void duck(Statement sql, double[][] seconds, int round) throws SQLException {
        long cpu = cpuNanos();
        long start = System.nanoTime();
        sql.execute(
                "create or replace temp table joined as select l.key, f.f0, f.f1, f.f2, f.f3"
                        + " from labels l asof left join f on l.key = f.key and l.time >= f.time");
        note(seconds, round, start, cpu);
        try (ResultSet row =
                sql.executeQuery("select sum(f0) + sum(f1) + sum(f2) + sum(f3) from joined")) {
            row.next();
            check("DuckDB", row.getDouble(1));
        }
    }

    private void load(DuckDBConnection duck, Statement sql) throws SQLException {
        sql.execute("set threads = " + THREADS);
        sql.execute("create table labels (key bigint, time bigint)");
        sql.execute(
                "create table f (key bigint, time bigint, f0 double, f1 double, f2 double, f3 double)");
        try (DuckDBAppender rows = duck.createAppender("main", "labels")) {
            for (int i = 0; i < LABELS; i++) {
                rows.beginRow();
                rows.append(labelKeys[i]).append(labelTimes[i]);
                rows.endRow();
            }
        }
        try (DuckDBAppender rows = duck.createAppender("main", "f")) {
            for (int i = 0; i < ROWS; i++) {
                rows.beginRow();
                rows.append(rowKeys[i]).append(rowTimes[i]);
                for (double[] feature : features) {
                    rows.append(feature[i]);
                }
                rows.endRow();
            }
        }
    }
}
