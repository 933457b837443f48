package dev.touchstone.app.internal.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Map;

/// What a command may touch of the process it runs in.
///
/// @param environment the process's variables
record Console(PrintStream out, PrintStream err, Map<String, String> environment) {
    PrintWriter writer() {
        return new PrintWriter(out, true, out.charset());
    }

    PrintWriter errorWriter() {
        return new PrintWriter(err, true, err.charset());
    }
}
