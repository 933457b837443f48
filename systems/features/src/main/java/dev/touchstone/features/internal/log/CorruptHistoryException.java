package dev.touchstone.features.internal.log;

import dev.touchstone.features.UnreadableHistoryException;

/// A history whose files contradict themselves in a way that no crash can cause. Nothing is cut off
/// or guessed then.
public final class CorruptHistoryException extends UnreadableHistoryException {
    CorruptHistoryException(String message) {
        super(message + "; restore the folder from a copy");
    }
}
