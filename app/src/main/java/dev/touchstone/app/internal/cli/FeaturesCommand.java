package dev.touchstone.app.internal.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `touchstone features`: the feature store on files.
@Command(
        name = "features",
        description = "A point-in-time feature store: histories in, training sets out.",
        mixinStandardHelpOptions = true)
final class FeaturesCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    private FeaturesCommand() {}

    /// The command with its subcommands.
    static CommandLine of(Console console) {
        return new CommandLine(new FeaturesCommand())
                .addSubcommand(new FeaturesPlanCommand(console))
                .addSubcommand(new FeaturesApplyCommand(console))
                .addSubcommand(new FeaturesShowCommand(console))
                .addSubcommand(new FeaturesLineageCommand(console))
                .addSubcommand(new FeaturesOwnersCommand(console))
                .addSubcommand(new FeaturesListCommand(console))
                .addSubcommand(new FeaturesAppendCommand(console))
                .addSubcommand(new FeaturesCompactCommand(console))
                .addSubcommand(new FeaturesExportCommand(console))
                .addSubcommand(new FeaturesJoinCommand(console))
                .addSubcommand(new FeaturesExplainCommand(console))
                .addSubcommand(new FeaturesAuditCommand(console))
                .addSubcommand(new FeaturesParityCommand(console))
                .addSubcommand(new FeaturesImportFeastCommand(console))
                .addSubcommand(new FeaturesClickRatesCommand(console))
                .addSubcommand(new FeaturesDemoCommand(console));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "say what to do: touchstone features demo, plan, apply, show, lineage, owners, list, append,"
                        + " compact, join, explain, audit, parity, import-feast or click-rates");
    }
}
