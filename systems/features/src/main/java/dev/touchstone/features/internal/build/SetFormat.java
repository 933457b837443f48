package dev.touchstone.features.internal.build;

import dev.touchstone.features.Column;
import dev.touchstone.features.internal.arrow.ArrowWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// What labels are read from and sets are written to.
enum SetFormat {
    CSV,
    PARQUET,
    ARROW;

    /// By the file's name: Parquet if it ends in `.parquet`, Arrow if in `.arrow`, `.feather` or
    /// `.ipc`, else CSV.
    static SetFormat of(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "parquet" -> PARQUET;
            case "arrow", "feather", "ipc" -> ARROW;
            default -> CSV;
        };
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
            case ARROW -> new SetOutput.Arrow(new ArrowWriter(out, columns));
        };
    }
}
