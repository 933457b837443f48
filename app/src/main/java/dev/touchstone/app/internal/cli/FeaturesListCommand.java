package dev.touchstone.app.internal.cli;

import dev.touchstone.features.Column;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.ViewDefinition;
import java.util.List;
import java.util.Locale;
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
        List<ViewDefinition> views = options.definitions().views();
        options.reading(store -> {
            for (ViewDefinition definition : views) {
                FeatureView view = definition.view();
                console.out()
                        .printf(
                                Locale.ROOT,
                                "%-20s %,12d rows  owner %s%n  key %s%n  features %s%n",
                                view.name(),
                                store.rowCount(view.name()),
                                definition.owner(),
                                columns(view.key()),
                                columns(view.features()));
            }
        });
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
