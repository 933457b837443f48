package dev.touchstone.benchmarks;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.internal.parquet.ParquetWriter;
import dev.touchstone.simulation.RandomStreams;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/// Writing 5 M rows of six doubles as Parquet: our writer and DuckDB's `copy`, one thread each.
///
/// ```sh
/// java -Xmx2g -cp benchmarks/target/benchmarks.jar \
///     dev.touchstone.benchmarks.ParquetWriteBenchmark /tmp/parquet 5
/// ```
///
/// DuckDB also reads our file back and says what its columns add up to.
public final class ParquetWriteBenchmark {
    private static final int COLUMNS = 6;
    private static final int GROUPS = 40;
    private static final int GROUP_ROWS = 125_000;

    private ParquetWriteBenchmark() {}

    public static void main(String[] arguments) throws IOException, SQLException {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        Path ours = folder.resolve("ours.parquet");
        List<Column> columns = new ArrayList<>();
        List<ColumnData> cells = new ArrayList<>();
        RandomGenerator random = new RandomStreams(1).stream("cells");
        double sum = 0;
        for (int column = 0; column < COLUMNS; column++) {
            columns.add(new Column("f" + column, ColumnType.DOUBLE));
            double[] values = random.doubles(GROUP_ROWS).toArray();
            cells.add(new ColumnData.Doubles(values, new boolean[GROUP_ROWS]));
            for (double value : values) {
                sum += value * GROUPS;
            }
        }
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement sql = duck.createStatement()) {
            sql.execute("set threads = 1");
            for (int round = 0; round < Integer.parseInt(arguments[1]); round++) {
                long start = System.nanoTime();
                write(ours, columns, cells);
                report("ours, uncompressed", start);
                if (round == 0) {
                    load(sql, ours, sum);
                }
                for (String codec : List.of("uncompressed", "snappy", "zstd")) {
                    start = System.nanoTime();
                    sql.execute(
                            "copy t to '%s' (format parquet, compression %s)"
                                    .formatted(folder.resolve("duckdb.parquet"), codec));
                    report("DuckDB, " + codec, start);
                }
            }
        }
    }

    private static void write(Path file, List<Column> columns, List<ColumnData> cells)
            throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            var writer = new ParquetWriter(out, columns);
            for (int group = 0; group < GROUPS; group++) {
                writer.write(cells, GROUP_ROWS);
            }
            writer.finish();
        }
    }

    private static void load(Statement sql, Path file, double sum) throws SQLException {
        sql.execute("create table t as select * from '%s'".formatted(file));
        try (ResultSet row =
                sql.executeQuery("select count(*), sum(f0 + f1 + f2 + f3 + f4 + f5) from t")) {
            row.next();
            if (row.getLong(1) != (long) GROUPS * GROUP_ROWS
                    || Math.abs(row.getDouble(2) - sum) > 1e-3) {
                throw new IllegalStateException(
                        "DuckDB read %d rows and the sum %f, should be %f"
                                .formatted(row.getLong(1), row.getDouble(2), sum));
            }
        }
    }

    private static void report(String what, long start) {
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%-22s %.2f s, %.1f M rows/s%n",
                what,
                seconds,
                GROUPS * GROUP_ROWS / seconds / 1e6);
    }
}
