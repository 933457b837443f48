package dev.touchstone.benchmarks;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Mode;
import dev.touchstone.features.TrainingSetSources.HistoryFile;
import dev.touchstone.features.internal.build.History;
import dev.touchstone.features.internal.build.LabelFile;
import dev.touchstone.features.internal.parquet.ParquetWriter;
import dev.touchstone.features.internal.stream.StreamJoin;
import dev.touchstone.features.internal.stream.WaitingLabels;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
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
import java.util.Map;
import java.util.function.Supplier;

/// The as-of join of 1 M labels with histories in foreign Parquet files, beside DuckDB's, by turns
/// in one process, two threads each.
///
/// ```sh
/// python3 benchmarks/data/asof.py /tmp/asof
/// java -Xms6g -Xmx6g -cp benchmarks/target/benchmarks.jar \
///     dev.touchstone.benchmarks.ParquetJoinBenchmark /tmp/asof w1 5
/// ```
///
/// `w1` and `w2` are those of [AsOfJoinBenchmark]. The files are written once by DuckDB with Snappy
/// and row groups of 1 M rows; every round opens them anew and ends with all columns in memory.
public final class ParquetJoinBenchmark {
    private static final int FEATURES = 5;
    private static final int MICRO = 1000;
    private static final int GROUP = 1_000_000;
    private static final int THREADS = 2;

    private static final FeatureView VIEW =
            new FeatureView(
                    "t",
                    List.of(new Column("entity", ColumnType.LONG)),
                    List.of(real("f0"), real("f1"), real("f2"), real("f3"), real("f4")),
                    AsOfRule.DEFAULT);

    private final Path folder;
    private final List<String> names;
    private final boolean one;

    private ParquetJoinBenchmark(Path folder, boolean one) {
        this.folder = folder;
        this.one = one;
        this.names = one ? List.of("w1t0") : List.of("w2t0", "w2t1", "w2t2", "w2t3", "w2t4");
    }

    private static Column real(String name) {
        return new Column(name, ColumnType.DOUBLE);
    }

    public static void main(String[] arguments) throws IOException, SQLException {
        new ParquetJoinBenchmark(Path.of(arguments[0]), arguments[1].equals("w1"))
                .run(Integer.parseInt(arguments[2]));
    }

    private void run(int rounds) throws IOException, SQLException {
        double[] ours = new double[rounds];
        double[] theirs = new double[rounds];
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement sql = duck.createStatement()) {
            sql.execute("set threads = " + THREADS);
            convert(sql, "labels", List.of());
            for (String name : names) {
                convert(sql, name, VIEW.features());
            }
            for (int round = -1; round < rounds; round++) {
                long start = System.nanoTime();
                List<StreamJoin.Result> results = join();
                double oursSeconds = (System.nanoTime() - start) / 1e9;
                check("ours", nulls(results), sum(results));
                results.clear();
                System.gc();
                double theirsSeconds = duck(sql);
                if (round >= 0) {
                    ours[round] = oursSeconds;
                    theirs[round] = theirsSeconds;
                }
            }
        }
        Arrays.sort(ours);
        Arrays.sort(theirs);
        System.out.printf(
                Locale.ROOT,
                "min / median: ours %.3f / %.3f s, DuckDB %.3f / %.3f s; ratio %.2f / %.2f%n",
                ours[0],
                ours[rounds / 2],
                theirs[0],
                theirs[rounds / 2],
                theirs[0] / ours[0],
                theirs[rounds / 2] / ours[rounds / 2]);
    }

    private Path parquet(String name) {
        return folder.resolve(name + ".parquet");
    }

    private List<StreamJoin.Result> join() throws IOException {
        List<ColumnData> columns;
        LabelFile labels = LabelFile.open(parquet("labels"), THREADS);
        try (var pass =
                labels.read(
                        List.of(
                                new Column("entity", ColumnType.LONG),
                                new Column("event_time", ColumnType.TIMESTAMP)))) {
            columns = pass.next(Math.toIntExact(labels.rows()));
        }
        ColumnData.Longs times = (ColumnData.Longs) columns.get(1);
        WaitingLabels waiting = WaitingLabels.of(List.of(columns.get(0)), times, THREADS);
        Supplier<WaitingLabels> shared = () -> waiting;
        List<StreamJoin.Result> results = new ArrayList<>();
        for (String name : names) {
            var history =
                    History.Parquet.of(new HistoryFile(parquet(name), Map.of()), VIEW, THREADS);
            results.add(
                    history.join(
                                    new History.Block(
                                            List.of(columns.get(0)),
                                            times,
                                            Mode.KNOWN_AT_THE_TIME,
                                            shared,
                                            new StreamJoin.Room(THREADS, 512L << 20)),
                                    VIEW,
                                    List.of(0, 1, 2, 3, 4),
                                    _ -> true)
                            .orElseThrow());
        }
        return results;
    }

    private static long nulls(List<StreamJoin.Result> results) {
        long nulls = 0;
        for (boolean missing : results.getFirst().cells().getFirst().missing()) {
            nulls += missing ? 1 : 0;
        }
        return nulls;
    }

    private static double sum(List<StreamJoin.Result> results) {
        double sum = 0;
        for (StreamJoin.Result result : results) {
            if (result.cells().getFirst() instanceof ColumnData.Doubles(var values, var missing)) {
                for (int i = 0; i < values.length; i++) {
                    sum += missing[i] ? 0 : values[i];
                }
            }
        }
        return sum;
    }

    private void check(String who, long nulls, double sum) {
        long knownNulls = one ? 49_988 : 246_153;
        double knownSum = one ? 382.861530 : -772.580774;
        if (nulls != knownNulls || Math.abs(sum - knownSum) > 1e-5) {
            throw new IllegalStateException(
                    "%s: %d nulls and sum %.6f, should be %d and %.6f"
                            .formatted(who, nulls, sum, knownNulls, knownSum));
        }
    }

    private double duck(Statement sql) throws SQLException {
        var query = new StringBuilder("create or replace temp table joined as select l.entity");
        for (int t = 0; t < names.size(); t++) {
            for (int f = 0; f < FEATURES; f++) {
                query.append(", t%d.f%d as t%d_f%d".formatted(t, f, t, f));
            }
        }
        query.append(" from '%s' l".formatted(parquet("labels")));
        for (int t = 0; t < names.size(); t++) {
            query.append(
                    " asof left join '%s' t%d on l.entity = t%d.entity and l.event_time >= t%d.event_time"
                            .formatted(parquet(names.get(t)), t, t, t));
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
            check("DuckDB", row.getLong(1), row.getDouble(2));
        }
        sql.execute("drop table joined");
        return seconds;
    }

    /// Writes a file as other people's are: by DuckDB, with Snappy.
    private void convert(Statement sql, String name, List<Column> features)
            throws IOException, SQLException {
        if (Files.exists(parquet(name))) {
            return;
        }
        Path plain = folder.resolve(name + ".plain.parquet");
        writePlain(plain, name, features);
        sql.execute(
                "copy (select * from '%s') to '%s' (format parquet, compression snappy, row_group_size %d)"
                        .formatted(plain, parquet(name), GROUP));
        Files.delete(plain);
    }

    private void writePlain(Path file, String name, List<Column> features) throws IOException {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column("entity", ColumnType.LONG));
        columns.add(new Column("event_time", ColumnType.TIMESTAMP));
        columns.addAll(features);
        LongBuffer entity = column(name + ".entity");
        LongBuffer time = column(name + ".time");
        try (var out = new BufferedOutputStream(Files.newOutputStream(file))) {
            var writer = new ParquetWriter(out, columns);
            for (int from = 0; from < entity.limit(); from += GROUP) {
                int rows = Math.min(GROUP, entity.limit() - from);
                boolean[] missing = new boolean[rows];
                List<ColumnData> cells = new ArrayList<>();
                long[] ids = new long[rows];
                entity.get(from, ids);
                cells.add(new ColumnData.Longs(ids, missing));
                long[] times = new long[rows];
                time.get(from, times);
                Arrays.setAll(times, i -> times[i] * MICRO);
                cells.add(new ColumnData.Longs(times, missing));
                for (Column feature : features) {
                    LongBuffer bits = column(name + "." + feature.name());
                    double[] values = new double[rows];
                    for (int i = 0; i < rows; i++) {
                        values[i] = Double.longBitsToDouble(bits.get(from + i));
                    }
                    cells.add(new ColumnData.Doubles(values, missing));
                }
                writer.write(cells, rows);
            }
            writer.finish();
        }
    }

    private LongBuffer column(String name) throws IOException {
        try (FileChannel file = FileChannel.open(folder.resolve(name))) {
            return file.map(MapMode.READ_ONLY, 0, file.size())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asLongBuffer();
        }
    }
}
