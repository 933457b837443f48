package dev.touchstone.app.internal.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `touchstone llm`: language models on this machine.
@Command(
        name = "llm",
        description = "Language models on this machine.",
        mixinStandardHelpOptions = true)
final class LlmCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    private LlmCommand() {}

    /// The command with its subcommands.
    static CommandLine of(Console console) {
        return new CommandLine(new LlmCommand())
                .addSubcommand(new LlmServeCommand(console))
                .addSubcommand(new LlmTrainCommand(console));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "say what to do, such as: touchstone llm serve");
    }
}
