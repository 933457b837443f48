package dev.touchstone.features.internal.log;

import java.io.IOException;

/// A history whose rows were written with columns that cannot be read as those of its view: a key
/// or a type is another.
public final class ChangedColumnsException extends IOException {
    ChangedColumnsException(String message) {
        super(message);
    }
}
