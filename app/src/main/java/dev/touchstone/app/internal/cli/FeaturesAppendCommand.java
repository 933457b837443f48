package dev.touchstone.app.internal.cli;

import dev.touchstone.features.Appended;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `touchstone features append`: rows from a file into a view's history.
@Command(
        name = "append",
        description = {
            "Appends the rows of a file, CSV or .parquet, to a view's history.",
            "Columns: the view's key and features, event_time, and if there are any available_time"
                    + " (when it was known; else the event's) and deleted (true ends the values).",
            "Times need a zone: 2026-03-01T12:00:00Z.",
            "Every row of a file is taken once: the same file again adds nothing, one whose append was"
                    + " interrupted is gone on with, and one with a bad line is refused as a whole."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class FeaturesAppendCommand implements Runnable {
    private final Console console;

    @Parameters(index = "0", paramLabel = "VIEW", description = "Whose rows they are.")
    private String view = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "The rows.")
    private Path file = Path.of("");

    @Option(
            names = "--again",
            description = "Also takes rows of this very file that were taken before.")
    private boolean again;

    @Mixin private FeatureStoreOptions options = new FeatureStoreOptions();

    FeaturesAppendCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        options.with(store -> {
            Appended appended =
                    again ? store.appendFileAgain(view, file) : store.appendFile(view, file);
            console.out()
                    .printf(
                            Locale.ROOT,
                            "Appended %,d rows to %s; it has %,d.%s%n",
                            appended.rows(),
                            view,
                            store.rowCount(view),
                            appended.before() == 0
                                    ? ""
                                    : String.format(
                                            Locale.ROOT,
                                            " The first %,d of the file were taken before; --again would take all once more.",
                                            appended.before()));
        });
    }
}
