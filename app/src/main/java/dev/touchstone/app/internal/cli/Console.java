package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.sizing.Lines;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What a command may touch of the process it runs in.
///
/// @param in what a person types, a line at a time
/// @param environment the process's variables
record Console(
        BufferedReader in, PrintStream out, PrintStream err, Map<String, String> environment) {
    static Console of(
            InputStream in, PrintStream out, PrintStream err, Map<String, String> environment) {
        // A terminal that is written to in a character set is read in the same.
        return new Console(
                new BufferedReader(new InputStreamReader(in, out.charset())),
                out,
                err,
                environment);
    }

    /// Prints a text, with signs that the terminal has.
    void print(String text) {
        out.print(out.charset().equals(StandardCharsets.UTF_8) ? text : Lines.ascii(text));
        out.flush();
    }

    PrintWriter writer() {
        return new PrintWriter(out, true, out.charset());
    }

    PrintWriter errorWriter() {
        return new PrintWriter(err, true, err.charset());
    }
}
