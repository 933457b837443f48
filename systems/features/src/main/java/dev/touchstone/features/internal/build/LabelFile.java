package dev.touchstone.features.internal.build;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.arrow.ArrowFile;
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

/// A file of labels that can be read several times, each time some columns.
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

    /// Refuses columns that are not there or have another type.
    void check(List<Column> columns) throws IOException;

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

    /// Opens a file, of the format that its name says.
    ///
    /// @param threads that decode Parquet
    static LabelFile open(Path path, int threads) throws IOException {
        return switch (SetFormat.of(path)) {
            case CSV -> Csv.open(path);
            case PARQUET -> {
                try (var file = ParquetColumns.open(path, threads)) {
                    yield new Parquet(path, threads, file.columns(), file.rows());
                }
            }
            case ARROW -> {
                try (var file = ArrowFile.open(path)) {
                    yield new Arrow(path, file.columns(), file.rows());
                }
            }
        };
    }

    /// @param columns all columns
    record Parquet(Path path, int threads, List<Column> columns, long rows) implements LabelFile {
        @Override
        public void check(List<Column> wanted) throws IOException {
            try (var file = ParquetColumns.open(path, threads)) {
                file.check(wanted);
            }
        }

        @Override
        public Pass read(List<Column> wanted) throws IOException {
            ParquetColumns file = ParquetColumns.open(path, threads);
            try {
                var batches = file.read(wanted, ParquetColumns.batchRows(wanted.size()));
                return new BatchedPass(path, wanted, rows, new ParquetBatches(file, batches));
            } catch (IOException e) {
                file.close();
                throw e;
            }
        }
    }

    /// @param columns all columns
    record Arrow(Path path, List<Column> columns, long rows) implements LabelFile {
        @Override
        public void check(List<Column> wanted) throws IOException {
            try (var file = ArrowFile.open(path)) {
                for (Column column : wanted) {
                    file.check(column);
                }
            }
        }

        @Override
        public Pass read(List<Column> wanted) throws IOException {
            ArrowFile file = ArrowFile.open(path);
            try {
                for (Column column : wanted) {
                    file.check(column);
                }
                return new BatchedPass(
                        path,
                        wanted,
                        rows,
                        new ArrowBatches(file, ParquetColumns.batchRows(wanted.size())));
            } catch (IOException e) {
                file.close();
                throw e;
            }
        }
    }

    /// What a file has in batches of its own size.
    interface Batches extends Closeable {
        /// The wanted columns of the next batch, good until the one after it is asked for; nothing
        /// at the end.
        Optional<List<ColumnData>> next(List<Column> wanted) throws IOException;

        /// Rows of the batch that was given last.
        int count();
    }

    /// @param file closed along with the batches
    record ParquetBatches(ParquetColumns file, ParquetColumns.Batches batches) implements Batches {
        @Override
        public Optional<List<ColumnData>> next(List<Column> wanted) throws IOException {
            if (!batches.next()) {
                return Optional.empty();
            }
            List<ColumnData> columns = new ArrayList<>();
            for (int c = 0; c < wanted.size(); c++) {
                columns.add(batches.column(c));
            }
            return Optional.of(columns);
        }

        @Override
        public int count() {
            return batches.count();
        }

        @Override
        public void close() throws IOException {
            batches.close();
            file.close();
        }
    }

    /// The batches of an Arrow file, which are of any size, in pieces that are not.
    final class ArrowBatches implements Batches {
        private final ArrowFile file;
        private final int most;
        private int batch;
        private int from;
        private int count;

        /// @param most rows at a time
        ArrowBatches(ArrowFile file, int most) {
            this.file = file;
            this.most = most;
        }

        @Override
        public Optional<List<ColumnData>> next(List<Column> wanted) throws IOException {
            while (batch < file.batches() && from == file.rows(batch)) {
                batch++;
                from = 0;
            }
            if (batch == file.batches()) {
                return Optional.empty();
            }
            count = Math.min(most, file.rows(batch) - from);
            List<ColumnData> columns = file.read(batch, wanted, from, count);
            from += count;
            return Optional.of(columns);
        }

        @Override
        public int count() {
            return count;
        }

        @Override
        public void close() {
            file.close();
        }
    }

    /// One reading of a file whose batches do not end where ours do.
    final class BatchedPass implements Pass {
        private final Path path;
        private final List<Column> wanted;
        private final Batches batches;
        private List<ColumnData> batch = List.of();
        private long left;
        private int used;
        private int count;

        private BatchedPass(Path path, List<Column> wanted, long rows, Batches batches) {
            this.path = path;
            this.wanted = List.copyOf(wanted);
            this.left = rows;
            this.batches = batches;
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
                if (used == count) {
                    batch =
                            batches.next(wanted)
                                    .orElseThrow(() ->
                                            new IOException(
                                                    "%s ends before its last row".formatted(path)));
                    count = batches.count();
                    used = 0;
                }
                int copied = Math.min(rows - filled, count - used);
                for (int c = 0; c < columns.size(); c++) {
                    batch.get(c).copy(used, columns.get(c), filled, copied);
                }
                used += copied;
                filled += copied;
            }
            left -= rows;
            return columns;
        }

        @Override
        public void close() throws IOException {
            batches.close();
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
        public void check(List<Column> wanted) throws IOException {
            read(wanted).close();
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
