package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.simulate.WholeFile;
import dev.touchstone.features.DefinitionException;
import dev.touchstone.features.FeastImport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `touchstone features import-feast`: definitions from a Feast repository.
@Command(
        name = "import-feast",
        description = {
            "Writes the entities and feature views of a Feast repository as definitions.",
            "Its Python files are read, not run. What has no counterpart is listed, with what to do"
                    + " about it."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class FeaturesImportFeastCommand implements Runnable {
    private final Console console;

    @Parameters(
            index = "0",
            paramLabel = "DIR|FILE",
            description = {
                "The folder with feature_store.yaml, or the registry file that feast apply wrote,"
                        + " such as data/registry.db."
            })
    private Path repository = Path.of("");

    @Option(
            names = "--out",
            paramLabel = "FILE",
            defaultValue = "features.yaml",
            description = "Where to write; features.yaml unless given. Never replaced.")
    private Path out = Path.of("");

    FeaturesImportFeastCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (Files.exists(out)) {
            throw new CommandFailure(
                    "%s is there already; name another file with --out".formatted(out));
        }
        try {
            FeastImport made = FeastImport.read(repository);
            WholeFile.write(out, made.definitions());
            show(made);
        } catch (IOException | DefinitionException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private void show(FeastImport made) {
        var text = new StringBuilder();
        text.append("Imported %s%n".formatted(String.join(", ", made.views())));
        if (!made.notes().isEmpty()) {
            text.append("\nNot the same here:\n");
            made.notes().forEach(note -> text.append("- ").append(note).append('\n'));
        }
        if (!made.sources().isEmpty()) {
            text.append("\nTo join straight from its files:\n  touchstone features join …");
            made.sources().forEach(source -> text.append(" \\\n      ").append(source));
            text.append('\n');
        }
        console.print(text.toString());
        console.out().println("Wrote " + out);
    }
}
