package dev.touchstone.app.internal.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `touchstone simulate`: users or recorded traffic on real schedulers and modelled hardware.
@Command(
        name = "simulate",
        description = "Puts users or recorded traffic on a system on modelled hardware.",
        mixinStandardHelpOptions = true)
final class SimulateCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    private SimulateCommand() {}

    /// The command with its subcommands.
    static CommandLine of(Console console) {
        return new CommandLine(new SimulateCommand())
                .addSubcommand(new SimulateLlmCommand(console))
                .addSubcommand(new SimulateDesignCommand(console))
                .addSubcommand(new SimulateValidateCommand(console))
                .addSubcommand(new SimulateCalibrateCommand(console));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "say what to simulate: touchstone simulate llm, or simulate design");
    }
}
