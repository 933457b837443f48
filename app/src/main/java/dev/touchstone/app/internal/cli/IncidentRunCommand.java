package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.runs.Incidents;
import dev.touchstone.arena.Action;
import dev.touchstone.arena.ContentException;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.IncidentCatalog;
import dev.touchstone.arena.IncidentRun;
import dev.touchstone.arena.Observation;
import dev.touchstone.arena.Report;
import dev.touchstone.arena.RunRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `touchstone incident run`: plays a script and prints the report.
@Command(
        name = "run",
        description = {
            "Plays a script against an incident and prints the graded report.",
            "A script that declares nothing is graded at the end of the clock."
        },
        mixinStandardHelpOptions = true)
final class IncidentRunCommand implements Runnable {
    private final Console console;

    @Parameters(index = "0", paramLabel = "INCIDENT", description = "Such as WR4.")
    private String incident = "";

    @Option(
            names = "--script",
            paramLabel = "FILE",
            required = true,
            description = "Incident, seed and actions in YAML or JSON; an exported run is one.")
    private Path script = Path.of("");

    @Option(names = "--seed", paramLabel = "N", description = "Another seed than the script's.")
    private Optional<Long> seed = Optional.empty();

    @Option(names = "--json", description = "Prints the report as JSON.")
    private boolean json;

    IncidentRunCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        IncidentCatalog catalog = IncidentCatalog.builtIn();
        Incident asked =
                Incidents.of(catalog)
                        .find(incident)
                        .orElseThrow(() ->
                                new CommandFailure(
                                        "there is no incident '%s'; there are: %s"
                                                .formatted(incident, ids(catalog))));
        RunRecord written = catalog.readScript(script.toString(), readScript());
        if (!written.incident().equals(asked.id())) {
            throw new CommandFailure(
                    "%s is a script for %s, not for %s"
                            .formatted(script, written.incident(), asked.id()));
        }
        var record = new RunRecord(asked.id(), seed.orElse(written.seed()), written.actions());
        Report report = grade(replay(catalog, record));
        if (json) {
            console.out().println(Json.pretty(report));
        } else {
            console.out().print(new TerminalReport(asked, report).text());
        }
    }

    private IncidentRun replay(IncidentCatalog catalog, RunRecord record) {
        try {
            return catalog.replay(record);
        } catch (ContentException e) {
            throw new CommandFailure("%s: %s".formatted(script, e.getMessage()), e);
        }
    }

    private static Report grade(IncidentRun run) {
        Observation now = run.observe();
        if (now.phase() == Observation.Phase.OPEN) {
            run.act(new Action.Wait(now.left()));
        }
        return run.report();
    }

    private String readScript() {
        try {
            return Files.readString(script);
        } catch (NoSuchFileException e) {
            throw new CommandFailure("there is no file %s".formatted(script), e);
        } catch (IOException e) {
            throw new CommandFailure("cannot read %s: %s".formatted(script, e.getMessage()), e);
        }
    }

    private static String ids(IncidentCatalog catalog) {
        return catalog.incidents().stream().map(Incident::id).collect(Collectors.joining(", "));
    }
}
