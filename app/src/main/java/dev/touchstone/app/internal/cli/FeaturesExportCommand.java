package dev.touchstone.app.internal.cli;

import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `touchstone features export`.
@Command(
        name = "export",
        description = {
            "Writes a view's history as Parquet, rows of an entity together and by time: for DuckDB,",
            "pandas and Spark, and for features append and --from of another store."
        },
        mixinStandardHelpOptions = true)
final class FeaturesExportCommand implements Runnable {
    private final Console console;

    @Parameters(index = "0", paramLabel = "VIEW", description = "Which one.")
    private String view = "";

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "The Parquet file; never replaced.")
    private Path out = Path.of("");

    @Mixin private FeatureStoreOptions options = new FeatureStoreOptions();

    FeaturesExportCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (!String.valueOf(out.getFileName()).toLowerCase(Locale.ROOT).endsWith(".parquet")) {
            throw new CommandFailure("--out: %s is to end in .parquet".formatted(out));
        }
        options.reading(store ->
                console.out()
                        .printf(
                                Locale.ROOT,
                                "Wrote %,d rows of %s to %s.%n",
                                store.export(view, out),
                                view,
                                out));
    }
}
