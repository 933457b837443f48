package dev.touchstone.features;

import dev.touchstone.features.internal.csv.CsvReader;
import dev.touchstone.features.internal.csv.CsvRows;
import dev.touchstone.features.internal.parquet.ParquetRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A file with rows of a view: Parquet if its name ends in `.parquet`, else CSV.
record RowFile(Path file, FeatureView view) {
    private static final int ROWS_AT_ONCE = 5_000;

    /// Takes some rows.
    interface Sink {
        void take(List<FeatureRow> rows) throws IOException;
    }

    /// Gives the next rows, at most as many as asked for; none at the end.
    private interface Batches {
        List<FeatureRow> next(int limit) throws IOException;
    }

    /// Gives the rows, some at a time; those before one that cannot be read as well.
    ///
    /// @return how many rows
    long read(Sink sink) throws IOException {
        if (file.toString().endsWith(".parquet")) {
            try (var rows = new ParquetRows(file, view)) {
                return read(rows::next, sink);
            }
        }
        try (var reader = Files.newBufferedReader(file)) {
            return read(new CsvRows(new CsvReader(reader, file.toString()), view)::next, sink);
        }
    }

    private static long read(Batches batches, Sink sink) throws IOException {
        long count = 0;
        while (true) {
            List<FeatureRow> batch = batches.next(ROWS_AT_ONCE);
            if (batch.isEmpty()) {
                return count;
            }
            sink.take(batch);
            count += batch.size();
        }
    }
}
