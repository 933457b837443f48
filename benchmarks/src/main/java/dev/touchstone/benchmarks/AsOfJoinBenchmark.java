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
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/// The as-of join of 1 M labels beside DuckDB's, in one process and by turns, one thread each.
///
/// ```sh
/// python3 benchmarks/data/asof.py /tmp/asof
/// java -Xms6g -Xmx6g -cp benchmarks/target/benchmarks.jar \
///     dev.touchstone.benchmarks.AsOfJoinBenchmark /tmp/asof w1 7
/// ```
///
/// `w1` is one table of 20 M rows, `w2` five of 4 M; five features each, all of them put out. Both
/// sides have their rows in memory: ours as a clustered table, DuckDB's as its own. Ours is timed
/// from the labels' columns to the filled columns: hashing, partitioning, finding the keys, joining
/// and allocating the result. Results are checked against sums known for this data.
public final class AsOfJoinBenchmark {
    private static final int FEATURES = 5;
    private static final int MICRO = 1000;

    private final Path folder;
    private final List<String> names;

    private AsOfJoinBenchmark(Path folder, List<String> names) {
        this.folder = folder;
        this.names = names;
    }

    public static void main(String[] arguments) throws IOException, SQLException {
        boolean one = arguments[1].equals("w1");
        List<String> names =
                one ? List.of("w1t0") : List.of("w2t0", "w2t1", "w2t2", "w2t3", "w2t4");
        new AsOfJoinBenchmark(Path.of(arguments[0]), names)
                .run(Integer.parseInt(arguments[2]), one);
    }

    private void run(int rounds, boolean one) throws IOException, SQLException {
        FeatureView view =
                new FeatureView(
                        "t",
                        List.of(new Column("entity", ColumnType.LONG)),
                        List.of(real("f0"), real("f1"), real("f2"), real("f3"), real("f4")),
                        AsOfRule.DEFAULT);
        List<ClusteredTable> tables = new ArrayList<>();
        for (String name : names) {
            tables.add(table(name, view));
        }
        ColumnData.Longs entity = longs("labels.entity", 1);
        ColumnData.Longs time = longs("labels.time", MICRO);
        double[] ours = new double[rounds];
        double[] theirs = new double[rounds];
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement sql = duck.createStatement()) {
            load(duck.unwrap(DuckDBConnection.class), sql);
            System.gc();
            for (int round = -2; round < rounds; round++) {
                long start = System.nanoTime();
                List<ViewJoin> joins = join(view, tables, entity, time);
                double oursSeconds = (System.nanoTime() - start) / 1e9;
                check("ours", nulls(joins), sum(joins), one);
                double theirsSeconds = duck(sql, one);
                if (round >= 0) {
                    ours[round] = oursSeconds;
                    theirs[round] = theirsSeconds;
                }
            }
        }
        report(ours, theirs);
    }

    private static Column real(String name) {
        return new Column(name, ColumnType.DOUBLE);
    }

    private static List<ViewJoin> join(
            FeatureView view,
            List<ClusteredTable> tables,
            ColumnData.Longs entity,
            ColumnData.Longs time) {
        JoinLabels labels =
                JoinLabels.partition(List.of(entity), time, tables.getFirst().rows().count());
        List<ViewJoin> joins = new ArrayList<>();
        for (ClusteredTable table : tables) {
            joins.add(ViewJoin.all(view, List.of(table), entity.size()));
        }
        AsOfJoin.run(labels, Mode.KNOWN_AT_THE_TIME, joins);
        return joins;
    }

    private static long nulls(List<ViewJoin> joins) {
        long nulls = 0;
        for (boolean missing : joins.getFirst().cells().getFirst().missing()) {
            nulls += missing ? 1 : 0;
        }
        return nulls;
    }

    private static double sum(List<ViewJoin> joins) {
        double sum = 0;
        for (ViewJoin join : joins) {
            if (join.cells().getFirst() instanceof ColumnData.Doubles(var values, var missing)) {
                for (int i = 0; i < values.length; i++) {
                    sum += missing[i] ? 0 : values[i];
                }
            }
        }
        return sum;
    }

    private static void check(String who, long nulls, double sum, boolean one) {
        long knownNulls = one ? 49_988 : 246_153;
        double knownSum = one ? 382.861530 : -772.580774;
        if (nulls != knownNulls || Math.abs(sum - knownSum) > 1e-5) {
            throw new IllegalStateException(
                    "%s: %d nulls and sum %.6f, should be %d and %.6f"
                            .formatted(who, nulls, sum, knownNulls, knownSum));
        }
    }

    private double duck(Statement sql, boolean one) throws SQLException {
        var query = new StringBuilder("create or replace temp table joined as select l.id");
        for (int t = 0; t < names.size(); t++) {
            for (int f = 0; f < FEATURES; f++) {
                query.append(", t%d.f%d as t%d_f%d".formatted(t, f, t, f));
            }
        }
        query.append(" from labels l");
        for (int t = 0; t < names.size(); t++) {
            query.append(
                    " asof left join %s t%d on l.entity = t%d.entity and l.time >= t%d.time"
                            .formatted(names.get(t), t, t, t));
        }
        long start = System.nanoTime();
        sql.execute(query.toString());
        double seconds = (System.nanoTime() - start) / 1e9;
        var sums = new StringBuilder("select count(*) - count(t0_f0), 0");
        for (int t = 0; t < names.size(); t++) {
            sums.append(" + coalesce(sum(t%d_f0), 0)".formatted(t));
        }
        try (ResultSet row = sql.executeQuery(sums + " from joined")) {
            row.next();
            check("DuckDB", row.getLong(1), row.getDouble(2), one);
        }
        return seconds;
    }

    private void load(DuckDBConnection duck, Statement sql) throws SQLException, IOException {
        sql.execute("set threads = 1");
        sql.execute("create table labels (id bigint, entity bigint, time bigint)");
        LongBuffer entity = column("labels.entity");
        LongBuffer time = column("labels.time");
        try (DuckDBAppender rows = duck.createAppender("main", "labels")) {
            for (int i = 0; i < entity.limit(); i++) {
                rows.beginRow();
                rows.append((long) i).append(entity.get(i)).append(time.get(i));
                rows.endRow();
            }
        }
        for (String name : names) {
            sql.execute(
                    "create table %s (entity bigint, time bigint, %s)"
                            .formatted(
                                    name, "f0 double, f1 double, f2 double, f3 double, f4 double"));
            loadTable(duck, name);
        }
    }

    private void loadTable(DuckDBConnection duck, String name) throws SQLException, IOException {
        LongBuffer entity = column(name + ".entity");
        LongBuffer time = column(name + ".time");
        LongBuffer[] features = features(name);
        try (DuckDBAppender rows = duck.createAppender("main", name)) {
            for (int i = 0; i < entity.limit(); i++) {
                rows.beginRow();
                rows.append(entity.get(i)).append(time.get(i));
                for (LongBuffer feature : features) {
                    rows.append(Double.longBitsToDouble(feature.get(i)));
                }
                rows.endRow();
            }
        }
    }

    private ClusteredTable table(String name, FeatureView view) throws IOException {
        var builder = new TableBuilder(TableShape.of(view));
        LongBuffer entity = column(name + ".entity");
        LongBuffer time = column(name + ".time");
        LongBuffer[] features = features(name);
        for (int i = 0; i < entity.limit(); i++) {
            builder.begin(entity.get(i), time.get(i) * MICRO);
            for (int f = 0; f < FEATURES; f++) {
                builder.set(f, features[f].get(i));
            }
        }
        return builder.build(Arena.ofAuto());
    }

    private LongBuffer[] features(String name) throws IOException {
        LongBuffer[] features = new LongBuffer[FEATURES];
        for (int f = 0; f < FEATURES; f++) {
            features[f] = column("%s.f%d".formatted(name, f));
        }
        return features;
    }

    private LongBuffer column(String name) throws IOException {
        try (FileChannel file = FileChannel.open(folder.resolve(name))) {
            return file.map(MapMode.READ_ONLY, 0, file.size())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asLongBuffer();
        }
    }

    private ColumnData.Longs longs(String name, int factor) throws IOException {
        LongBuffer column = column(name);
        long[] values = new long[column.limit()];
        for (int i = 0; i < values.length; i++) {
            values[i] = column.get(i) * factor;
        }
        return new ColumnData.Longs(values, new boolean[values.length]);
    }

    private static void report(double[] ours, double[] theirs) {
        Arrays.sort(ours);
        Arrays.sort(theirs);
        int middle = ours.length / 2;
        System.out.printf(
                Locale.ROOT,
                "min / median: ours %.3f / %.3f s, DuckDB %.3f / %.3f s; ratio %.1f / %.1f%n",
                ours[0],
                ours[middle],
                theirs[0],
                theirs[middle],
                theirs[0] / ours[0],
                theirs[middle] / ours[middle]);
    }
}
