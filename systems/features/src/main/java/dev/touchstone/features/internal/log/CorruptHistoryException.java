package dev.touchstone.features.internal.log;

import java.io.IOException;

/// A history whose files contradict themselves in a way that no crash can cause. Nothing is cut off
/// or guessed then.
public final class CorruptHistoryException extends IOException {
    CorruptHistoryException(String message) {
        super(message + "; restore the folder from a copy");
    }
}
