package dev.touchstone.app.internal.cli;

import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `touchstone features compact`.
@Command(
        name = "compact",
        description = {
            "Sorts a view's history by entity and time into one mapped segment.",
            "Opening and joining it then takes no parsing. Takes memory for a copy of all rows."
        },
        mixinStandardHelpOptions = true)
final class FeaturesCompactCommand implements Runnable {
    private final Console console;

    @Parameters(index = "0", paramLabel = "VIEW", description = "Which one.")
    private String view = "";

    @Mixin private FeatureStoreOptions options = new FeatureStoreOptions();

    FeaturesCompactCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        options.with(store -> {
            store.compact(view);
            console.out()
                    .printf(Locale.ROOT, "Compacted %,d rows of %s.%n", store.rowCount(view), view);
        });
    }
}
