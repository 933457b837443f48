package dev.touchstone.features.internal.build;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.csv.Cells;
import dev.touchstone.features.internal.csv.CsvReader;
import dev.touchstone.features.internal.csv.CsvRecord;
import dev.touchstone.features.internal.parquet.ParquetColumns;
import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A file of labels, CSV or Parquet, that can be read several times, each time some columns.
public sealed interface LabelFile {
    default String name() {
        return path().toString();
    }

    /// All columns in their order. Those of a CSV file are text.
    List<Column> columns();

    /// How many labels there are.
    long rows();

    Path path();

    /// What must be the same for a part that was built earlier to be good still.
    default String fingerprint() throws IOException {
        return "%s %d %s"
                .formatted(
                        path().toAbsolutePath(),
                        Files.size(path()),
                        Files.getLastModifiedTime(path()));
    }

    /// Begins to read columns from the first label on.
    ///
    /// @throws IOException when there is no such column, or it has another type
    Pass read(List<Column> columns) throws IOException;

    /// One reading.
    interface Pass extends Closeable {
        /// The next labels, at most `limit`, as columns in the order asked for; shorter or of no
        /// cells at the end.
        List<ColumnData> next(int limit) throws IOException;
    }

    /// Opens a file: Parquet if its name ends in `.parquet`, else CSV.
    ///
    /// @param threads that decode Parquet
    static LabelFile open(Path path, int threads) throws IOException {
        if (path.toString().endsWith(".parquet")) {
            try (var file = ParquetColumns.open(path, threads)) {
                return new Parquet(path, threads, file.columns(), file.rows());
            }
        }
        return Csv.open(path);
    }

    /// @param columns all columns
    record Parquet(Path path, int threads, List<Column> columns, long rows) implements LabelFile {
        @Override
        public Pass read(List<Column> wanted) throws IOException {
            ParquetColumns file = ParquetColumns.open(path, threads);
            try {
                return new ParquetPass(
                        file, wanted, file.read(wanted, ParquetColumns.batchRows(wanted.size())));
            } catch (IOException e) {
                file.close();
                throw e;
            }
        }
    }

    /// One reading of a Parquet file, whose batches do not end where ours do.
    final class ParquetPass implements Pass {
        private final ParquetColumns file;
        private final List<Column> wanted;
        private final ParquetColumns.Batches batches;
        private final List<ColumnData> batch = new ArrayList<>();
        private long left;
        private int used;

        private ParquetPass(
                ParquetColumns file, List<Column> wanted, ParquetColumns.Batches batches) {
            this.file = file;
            this.wanted = wanted;
            this.batches = batches;
            this.left = file.rows();
        }

        @Override
        public List<ColumnData> next(int limit) throws IOException {
            int rows = (int) Math.min(limit, left);
            List<ColumnData> columns = new ArrayList<>();
            for (Column column : wanted) {
                columns.add(ColumnData.allocate(column.type(), rows));
            }
            int filled = 0;
            while (filled < rows) {
                if (used == (batch.isEmpty() ? 0 : batches.count())) {
                    advance();
                }
                int count = Math.min(rows - filled, batches.count() - used);
                for (int c = 0; c < columns.size(); c++) {
                    batch.get(c).copy(used, columns.get(c), filled, count);
                }
                used += count;
                filled += count;
            }
            left -= rows;
            return columns;
        }

        private void advance() throws IOException {
            if (!batches.next()) {
                throw new IOException("%s ends before its last row".formatted(file.name()));
            }
            batch.clear();
            for (int c = 0; c < wanted.size(); c++) {
                batch.add(batches.column(c));
            }
            used = 0;
        }

        @Override
        public void close() throws IOException {
            batches.close();
            file.close();
        }
    }

    /// @param columns all columns, as text
    record Csv(Path path, List<Column> columns, long rows) implements LabelFile {
        private static Csv open(Path path) throws IOException {
            try (var reader = Files.newBufferedReader(path)) {
                var file = new CsvReader(reader, path.toString());
                long rows = 0;
                while (file.next().isPresent()) {
                    rows++;
                }
                return new Csv(
                        path,
                        file.header().stream()
                                .map(name -> new Column(name, ColumnType.TEXT))
                                .toList(),
                        rows);
            }
        }

        @Override
        public Pass read(List<Column> wanted) throws IOException {
            Reader reader = Files.newBufferedReader(path);
            try {
                return new CsvPass(reader, new CsvReader(reader, path.toString()), wanted);
            } catch (IOException e) {
                reader.close();
                throw e;
            }
        }
    }

    /// One reading of a CSV file.
    final class CsvPass implements Pass {
        private final Reader reader;
        private final CsvReader file;
        private final List<Column> wanted;
        private final int[] at;

        private CsvPass(Reader reader, CsvReader file, List<Column> wanted) throws IOException {
            this.reader = reader;
            this.file = file;
            this.wanted = wanted;
            this.at = new int[wanted.size()];
            for (int c = 0; c < at.length; c++) {
                at[c] = file.column(wanted.get(c).name());
            }
        }

        @Override
        public List<ColumnData> next(int limit) throws IOException {
            List<List<Value>> rows = new ArrayList<>();
            while (rows.size() < limit) {
                Optional<CsvRecord> line = file.next();
                if (line.isEmpty()) {
                    break;
                }
                List<Value> row = new ArrayList<>(at.length);
                for (int c = 0; c < at.length; c++) {
                    row.add(Cells.read(file, line.get(), at[c], wanted.get(c)));
                }
                rows.add(row);
            }
            List<ColumnData> columns = new ArrayList<>();
            for (int c = 0; c < at.length; c++) {
                ColumnData column = ColumnData.allocate(wanted.get(c).type(), rows.size());
                for (int i = 0; i < rows.size(); i++) {
                    column.set(i, rows.get(i).get(c));
                }
                columns.add(column);
            }
            return columns;
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }
}
