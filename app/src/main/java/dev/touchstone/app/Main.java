package dev.touchstone.app;

import dev.touchstone.app.internal.cli.CommandLineInterface;
import java.util.Locale;

/// Where the program starts.
public final class Main {
    private Main() {}

    /// Runs a command and exits: 0 when it worked, 1 when it failed, 2 when it was not understood.
    public static void main(String[] arguments) {
        // Numbers, and the addresses and logs in which they stand, are the same in every country.
        Locale.setDefault(Locale.ROOT);
        System.exit(
                CommandLineInterface.run(
                        arguments, System.in, System.out, System.err, System.getenv()));
    }
}
