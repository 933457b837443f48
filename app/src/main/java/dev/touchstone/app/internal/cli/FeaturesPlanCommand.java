package dev.touchstone.app.internal.cli;

import dev.touchstone.features.DefinitionChange;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.Model;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `touchstone features plan`.
@Command(
        name = "plan",
        description = {
            "Shows what applying a file of definitions would change, and whom it would break.",
            "Exit code 1 when it would be refused."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class FeaturesPlanCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "FILE", description = "The definitions, in YAML.")
    private Path file = Path.of("");

    @Mixin private FeatureStoreOptions options = new FeatureStoreOptions();

    private boolean refused;

    FeaturesPlanCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Definitions definitions = FeatureStoreOptions.read(file);
        if (options.hasRegistry()) {
            options.withRegistry(registry -> show(registry.plan(definitions)));
        } else {
            show(DefinitionChange.between(new Definitions(List.of()), definitions));
        }
        return refused ? 1 : 0;
    }

    private void show(List<DefinitionChange> changes) {
        print(console, changes);
        refused = changes.stream().anyMatch(DefinitionChange::refused);
    }

    static void print(Console console, List<DefinitionChange> changes) {
        if (changes.isEmpty()) {
            console.out().println("Nothing changes.");
        }
        for (DefinitionChange change : changes) {
            console.out()
                    .printf(
                            "%s %s: %s%s%n",
                            change.breaking() ? "!" : " ",
                            change.name(),
                            change.what(),
                            change.refused() ? "%n    REFUSED ".formatted() + why(change) : "");
        }
    }

    private static String why(DefinitionChange change) {
        return change.unreadable()
                ? "because its rows could not be read"
                : "while read by "
                        + change.models().stream()
                                .map(FeaturesPlanCommand::name)
                                .collect(Collectors.joining(", "));
    }

    static String name(Model model) {
        return "%s (%s)".formatted(model.name(), model.owner());
    }
}
