package dev.touchstone.features.internal.log;

import dev.touchstone.features.UnreadableHistoryException;

/// A history whose rows were written with columns that cannot be read as those of its view: a key
/// or a type is another.
public final class ChangedColumnsException extends UnreadableHistoryException {
    ChangedColumnsException(String message) {
        super(message);
    }
}
