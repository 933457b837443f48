package dev.touchstone.llm.replay;

import java.nio.file.Path;

/// A file that does not read as a [Trace]. The message names file, line and field, and says what to
/// change.
public final class MalformedTraceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final String field;

    MalformedTraceException(Path file, int line, String field, String problem) {
        super("%s, line %d, %s: %s".formatted(file, line, field, problem));
        this.line = line;
        this.field = field;
    }

    MalformedTraceException(Path file, String problem) {
        super("%s %s".formatted(file, problem));
        this.line = 0;
        this.field = "";
    }

    /// Counted from 1; 0 when the file as a whole is meant.
    public int line() {
        return line;
    }

    /// As the file names it, `line` when a line as a whole is meant, empty when the file is.
    public String field() {
        return field;
    }
}
