package dev.touchstone.features.internal.build;

import dev.touchstone.features.Column;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// What labels are read from and sets are written to.
enum SetFormat {
    CSV,
    PARQUET;

    /// By the file's name: Parquet if it ends in `.parquet`, else CSV.
    static SetFormat of(Path file) {
        return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(".parquet")
                ? PARQUET
                : CSV;
    }

    /// Whether its columns have types.
    boolean isTyped() {
        return this != CSV;
    }

    /// Begins a set; the stream stays open.
    ///
    /// @param parallel whether several threads may encode
    SetOutput begin(OutputStream out, List<Column> columns, boolean parallel) throws IOException {
        return switch (this) {
            case CSV -> SetOutput.Csv.begin(out, columns);
            case PARQUET -> SetOutput.Parquet.begin(out, columns, parallel);
        };
    }
}
