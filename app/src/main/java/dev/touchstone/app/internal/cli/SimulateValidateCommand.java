package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.simulate.ValidationJson;
import dev.touchstone.app.internal.simulate.ValidationMarkdown;
import dev.touchstone.app.internal.simulate.WholeFile;
import dev.touchstone.llm.hardware.validation.Validation;
import dev.touchstone.llm.hardware.validation.ValidationReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `touchstone simulate validate`: the cost models against published measurements.
@Command(
        name = "validate",
        description = {
            "Compares what the simulator predicts with what others measured on real GPUs.",
            "docs/validation.md says where to get the measurements."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class SimulateValidateCommand implements Runnable {
    private final Console console;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            description = "Holds the folders llm-hardware and llm-measured.")
    private Path data = Path.of("");

    @Option(names = "--json", paramLabel = "FILE", description = "Writes every row as JSON.")
    private Optional<Path> json = Optional.empty();

    @Option(
            names = "--markdown",
            paramLabel = "FILE",
            description = "Writes the tables into a document, between its marks if it has them.")
    private Optional<Path> markdown = Optional.empty();

    SimulateValidateCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        try {
            ValidationReport report = Validation.run(data);
            if (json.isPresent()) {
                WholeFile.write(json.get(), ValidationJson.text(report));
            }
            if (markdown.isPresent()) {
                Path file = markdown.get();
                String document = Files.exists(file) ? Files.readString(file) : "";
                WholeFile.write(file, ValidationMarkdown.into(document, report));
            }
            console.print(ValidationMarkdown.of(report));
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }
}
