package dev.touchstone.app.internal.cli;

import picocli.CommandLine.Command;

/// `touchstone version`.
@Command(name = "version", description = "Says which version this is.")
final class VersionCommand implements Runnable {
    private final Console console;

    VersionCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        console.out().println(Version.text());
    }
}
