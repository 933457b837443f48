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
                        own(
                                owned,
                                view.owner(),
                                view(view.view().name(), view.view().features().size())));
        definitions
                .computed()
                .forEach(view ->
                        own(owned, view.owner(), view(view.name(), view.features().size())));
        definitions.models().forEach(model -> own(owned, model.owner(), "model " + model.name()));
        owned.forEach((owner, things) ->
                console.out().printf("%-20s %s%n", owner, String.join(", ", things)));
    }

    private static void own(Map<String, List<String>> owned, String owner, String what) {
        owned.computeIfAbsent(owner, _ -> new ArrayList<>()).add(what);
    }

    private static String view(String name, int features) {
        return features == 1
                ? name + " (1 feature)"
                : "%s (%,d features)".formatted(name, features);
    }
}
