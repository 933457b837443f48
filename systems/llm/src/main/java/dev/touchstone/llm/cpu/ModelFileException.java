package dev.touchstone.llm.cpu;

import java.io.IOException;
import java.nio.file.Path;

/// A model file that cannot be used. The message says what is wrong, where, and how to mend it.
public final class ModelFileException extends IOException {
    private static final long serialVersionUID = 1L;

    ModelFileException(Path file, String problem) {
        super(file + ": " + problem);
    }
}
