package dev.touchstone.features;

import java.io.IOException;

/// The history of one view that cannot be read, though its disk can: files that are damaged, or
/// rows whose columns are not the view's. Other views are none the worse for it.
public abstract class UnreadableHistoryException extends IOException {
    protected UnreadableHistoryException(String message) {
        super(message);
    }
}
