package dev.touchstone.app.internal.cli;

import java.io.PrintStream;
import java.util.Optional;

/// How far a long command is, on the last line of a terminal. Where there is none, nothing.
final class ProgressBar implements AutoCloseable {
    private static final int WIDTH = 40;
    private static final String CLEAR_LINE = "\r\033[K";

    private final PrintStream terminal;
    private final boolean shown;
    private int percentShown = -1;

    private ProgressBar(PrintStream terminal, boolean shown) {
        this.terminal = terminal;
        this.shown = shown;
    }

    /// A bar on standard error, if somebody sits in front of it who can see it move.
    static ProgressBar on(Console console) {
        boolean seat =
                Optional.ofNullable(System.console())
                        .filter(terminal -> terminal.isTerminal())
                        .isPresent();
        boolean dumb = "dumb".equals(console.environment().getOrDefault("TERM", "dumb"));
        return new ProgressBar(console.err(), seat && !dumb);
    }

    /// @param fraction of the work that is done
    void show(double fraction) {
        show("", fraction);
    }

    /// @param what is being done, at the end of the line
    /// @param fraction of it that is done
    void show(String what, double fraction) {
        int percent = (int) (100 * fraction);
        if (shown && percent != percentShown) {
            percentShown = percent;
            int full = (int) (WIDTH * fraction);
            terminal.printf(
                    "%s%s%s %3d %% %s",
                    CLEAR_LINE, "█".repeat(full), "░".repeat(WIDTH - full), percent, what);
            terminal.flush();
        }
    }

    /// Leaves the line as it was found.
    @Override
    public void close() {
        if (percentShown >= 0) {
            percentShown = -1;
            terminal.print(CLEAR_LINE);
            terminal.flush();
        }
    }
}
