package dev.touchstone.app.internal.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `touchstone incident`: the arena without a browser.
@Command(
        name = "incident",
        description = "Lists incidents, and plays scripts against them.",
        mixinStandardHelpOptions = true)
final class IncidentCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "say what to do: touchstone incident list, or incident run");
    }
}
