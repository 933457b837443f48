package dev.touchstone.app.internal.cli;

import dev.touchstone.features.Column;
import dev.touchstone.features.ComputedView;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.ViewDefinition;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `touchstone features list`.
@Command(
        name = "list",
        description = "Lists the defined views and how many rows each has.",
        mixinStandardHelpOptions = true)
final class FeaturesListCommand implements Runnable {
    private final Console console;

    @Mixin private FeatureStoreOptions options = new FeatureStoreOptions();

    FeaturesListCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        Definitions definitions = options.definitions();
        options.reading(store -> {
            Map<String, String> broken = store.broken();
            for (ViewDefinition definition : definitions.views()) {
                FeatureView view = definition.view();
                console.out()
                        .printf(
                                Locale.ROOT,
                                "%-20s %s  owner %s%n  key %s%n  features %s%n",
                                view.name(),
                                rows(store, broken, view.name()),
                                definition.owner(),
                                columns(view.key()),
                                columns(view.features()));
            }
        });
        for (ComputedView view : definitions.computed()) {
            console.out()
                    .printf(
                            "%-20s computed on request  owner %s%n  from %s%n  features %s%n",
                            view.name(),
                            view.owner(),
                            columns(view.request()),
                            columns(view.columns()));
        }
    }

    /// One view that cannot be read hides no other.
    private static String rows(FeatureStore store, Map<String, String> broken, String view)
            throws IOException {
        String why = broken.get(view);
        return why == null
                ? String.format(Locale.ROOT, "%,12d rows", store.rowCount(view))
                : "BROKEN: " + why;
    }

    private static String columns(List<Column> columns) {
        return columns.stream()
                .map(column ->
                        "%s (%s)"
                                .formatted(
                                        column.name(),
                                        column.type().name().toLowerCase(Locale.ROOT)))
                .collect(Collectors.joining(", "));
    }
}
