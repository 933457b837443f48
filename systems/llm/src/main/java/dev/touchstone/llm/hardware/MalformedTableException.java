package dev.touchstone.llm.hardware;

import java.nio.file.Path;

/// A file of measurements that does not read as one. The message names file, line and field, and
/// says what to change.
public final class MalformedTableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedTableException(Path file, int line, String field, String problem) {
        super("%s, line %d, %s: %s".formatted(file, line, field, problem));
    }

    MalformedTableException(Path file, String problem) {
        super("%s %s".formatted(file, problem));
    }
}
