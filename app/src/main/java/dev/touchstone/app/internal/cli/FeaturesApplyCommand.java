package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.edge.WallClock;
import dev.touchstone.features.DefinitionChange;
import dev.touchstone.features.Times;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `touchstone features apply`.
@Command(
        name = "apply",
        description = {
            "Makes a file of definitions the ones that the store uses.",
            "Refused while a model reads what would change for it; features plan shows it beforehand."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class FeaturesApplyCommand implements Runnable {
    private final Console console;

    @Parameters(index = "0", paramLabel = "FILE", description = "The definitions, in YAML.")
    private Path file = Path.of("");

    @Mixin private FeatureStoreOptions options = new FeatureStoreOptions();

    FeaturesApplyCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        options.changeRegistry(registry -> {
            List<DefinitionChange> changes =
                    registry.apply(
                            file.toString(),
                            FeatureStoreOptions.text(file),
                            Times.of(WallClock.INSTANCE.instant()));
            FeaturesPlanCommand.print(console, changes);
            registry.current()
                    .ifPresent(now ->
                            console.out()
                                    .printf(
                                            "%s version %d.%n",
                                            changes.isEmpty() ? "Stays at" : "Applied as",
                                            now.version()));
        });
    }
}
