package dev.touchstone.app.internal.cli;

import dev.touchstone.features.Lineage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `touchstone features lineage`.
@Command(
        name = "lineage",
        description = "Says what breaks when something goes: features, models, whom to ask.",
        mixinStandardHelpOptions = true)
final class FeaturesLineageCommand implements Runnable {
    private final Console console;

    @Parameters(
            index = "0",
            paramLabel = "NAME",
            description = "A view, view.feature, or view:column for what events carry.")
    private String name = "";

    @Mixin private FeatureStoreOptions options = new FeatureStoreOptions();

    FeaturesLineageCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        Lineage.Breakage breakage;
        try {
            breakage = new Lineage(options.definitions()).breaks(name);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
        console.out().printf("Without %s:%n", name);
        breakage.features().forEach(feature -> console.out().println("  gone    " + feature));
        breakage.models()
                .forEach(model ->
                        console.out()
                                .println("  broken  model " + FeaturesPlanCommand.name(model)));
        console.out().println("  ask     " + String.join(", ", breakage.owners()));
    }
}
