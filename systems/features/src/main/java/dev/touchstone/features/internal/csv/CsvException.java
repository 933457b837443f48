package dev.touchstone.features.internal.csv;

import java.io.IOException;

/// A file that cannot be read as what it should be; says the line, the column and the cure.
public final class CsvException extends IOException {
    public CsvException(String message) {
        super(message);
    }

    CsvException(String message, Throwable cause) {
        super(message, cause);
    }
}
