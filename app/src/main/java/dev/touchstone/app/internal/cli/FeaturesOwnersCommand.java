package dev.touchstone.app.internal.cli;

import dev.touchstone.features.Definitions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `touchstone features owners`.
@Command(
        name = "owners",
        description = "Lists who answers for which views and models.",
        mixinStandardHelpOptions = true)
final class FeaturesOwnersCommand implements Runnable {
    private final Console console;

    @Mixin private FeatureStoreOptions options = new FeatureStoreOptions();

    FeaturesOwnersCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        Definitions definitions = options.definitions();
        Map<String, List<String>> owned = new TreeMap<>();
        definitions
                .views()
                .forEach(view ->
                        owned.computeIfAbsent(view.owner(), _ -> new ArrayList<>())
                                .add(
                                        "%s (%d features)"
                                                .formatted(
                                                        view.view().name(),
                                                        view.view().features().size())));
        definitions
                .models()
                .forEach(model ->
                        owned.computeIfAbsent(model.owner(), _ -> new ArrayList<>())
                                .add("model " + model.name()));
        owned.forEach((owner, things) ->
                console.out().printf("%-20s %s%n", owner, String.join(", ", things)));
    }
}
