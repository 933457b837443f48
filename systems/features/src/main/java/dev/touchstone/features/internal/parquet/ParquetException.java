package dev.touchstone.features.internal.parquet;

import java.io.IOException;

/// A file that is no Parquet file, is damaged, or does not hold what it should: to read it again
/// does not help. Says the file, the row or column, and the cure.
public final class ParquetException extends IOException {
    ParquetException(String message) {
        super(message);
    }

    ParquetException(String message, Throwable cause) {
        super(message, cause);
    }
}
