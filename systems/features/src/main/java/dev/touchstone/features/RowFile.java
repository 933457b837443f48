package dev.touchstone.features;

import dev.touchstone.features.internal.csv.CsvReader;
import dev.touchstone.features.internal.csv.CsvRows;
import dev.touchstone.features.internal.parquet.ParquetRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// A file with rows of a view: Parquet if its name ends in `.parquet`, else CSV.
record RowFile(Path file, FeatureView view) {
    private static final int ROWS_AT_ONCE = 5_000;

    /// Takes some rows.
    interface Sink {
        /// @param taken rows of the file up to and including these
        void take(List<FeatureRow> rows, long taken) throws IOException;
    }

    /// Gives the next rows, at most as many as asked for; none at the end.
    private interface Batches {
        List<FeatureRow> next(int limit) throws IOException;
    }

    /// Reads every row without keeping any, and refuses the file if one of them is none of the
    /// view's.
    void check(ViewDefinition definition) throws IOException {
        read(
                0,
                (rows, taken) -> {
                    try {
                        definition.check(rows);
                    } catch (IllegalArgumentException e) {
                        throw new IOException(
                                "%s, among the rows up to %d: %s"
                                        .formatted(file, taken, e.getMessage()),
                                e);
                    }
                });
    }

    /// Gives the rows, some at a time.
    ///
    /// @param skipped so many rows at the beginning are left out
    /// @return how many rows were given
    long read(long skipped, Sink sink) throws IOException {
        if (file.toString().endsWith(".parquet")) {
            try (var rows = new ParquetRows(file, view)) {
                return read(skipped, rows::next, sink);
            }
        }
        try (var reader = Files.newBufferedReader(file)) {
            return read(
                    skipped, new CsvRows(new CsvReader(reader, file.toString()), view)::next, sink);
        }
    }

    private static long read(long skipped, Batches batches, Sink sink) throws IOException {
        long taken = 0;
        while (true) {
            int limit =
                    (int)
                            (taken < skipped
                                    ? Math.min(ROWS_AT_ONCE, skipped - taken)
                                    : ROWS_AT_ONCE);
            List<FeatureRow> batch = batches.next(limit);
            if (batch.isEmpty()) {
                return Math.max(0, taken - skipped);
            }
            if (taken < skipped) {
                taken += batch.size();
            } else {
                taken = take(batch, taken, sink);
            }
        }
    }

    /// Has a batch taken, in pieces when it is too large for one append.
    ///
    /// @param before rows of the file before it
    /// @return rows of the file up to and including it
    private static long take(List<FeatureRow> batch, long before, Sink sink) throws IOException {
        var taken = new AtomicLong(before);
        Halves.take(
                batch,
                some -> {
                    sink.take(some, taken.get() + some.size());
                    taken.addAndGet(some.size());
                });
        return taken.get();
    }

    /// A name for its content, the same for the same bytes wherever they lie.
    String digest() throws IOException {
        MessageDigest sha256;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        byte[] buffer = new byte[1 << 16];
        try (var in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                sha256.update(buffer, 0, read);
            }
        }
        return "sha256:" + HexFormat.of().formatHex(sha256.digest());
    }
}
