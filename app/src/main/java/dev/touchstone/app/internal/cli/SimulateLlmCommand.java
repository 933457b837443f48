package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.edge.Browser;
import dev.touchstone.app.internal.edge.Interruption;
import dev.touchstone.app.internal.edge.WallClock;
import dev.touchstone.app.internal.simulate.Simulation;
import dev.touchstone.app.internal.simulate.SimulationJson;
import dev.touchstone.app.internal.simulate.SimulationPage;
import dev.touchstone.app.internal.simulate.SimulationSettings;
import dev.touchstone.app.internal.simulate.SimulationText;
import dev.touchstone.app.internal.simulate.WholeFile;
import dev.touchstone.llm.replay.MalformedTraceException;
import dev.touchstone.llm.replay.ReplayReport;
import dev.touchstone.llm.replay.Trace;
import dev.touchstone.llm.replay.TraceReplay;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `touchstone simulate llm`: a recorded hour of requests on modelled accelerators, in a second.
@Command(
        name = "llm",
        description = {
            "Replays recorded requests through the real scheduler on modelled accelerators.",
            "Traces: CSV as in AzurePublicDataset, JSON lines as in Mooncake; see docs/simulate.md."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class SimulateLlmCommand implements Runnable {
    private static final String STANDARD_OUTPUT = "-";

    private final Console console;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            required = true,
            description = "What is replayed.")
    private Path trace = Path.of("");

    @Option(
            names = "--limit-seconds",
            paramLabel = "N",
            description = "Replays only requests of the trace's first N seconds.")
    private Optional<Integer> limitSeconds = Optional.empty();

    @Mixin private LlmOptions options = new LlmOptions();

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Writes the report as JSON; - prints it instead of the text.")
    private Optional<String> json = Optional.empty();

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Writes the report as a page with charts that needs no network.")
    private Optional<Path> html = Optional.empty();

    @Option(names = "--open", description = "Opens the page in a browser.")
    private boolean open;

    SimulateLlmCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        Instant start = WallClock.INSTANCE.instant();
        SimulationSettings settings = understand();
        Trace whole = readTrace();
        if (options.asksForPrefixCache() && !whole.hasPrefixIds()) {
            throw misunderstood(
                    "--prefix-cache needs to know what prompts have in common, and %s does not say;"
                                    .formatted(trace)
                            + " leave --prefix-cache out or use a trace with hash_ids");
        }
        Trace replayed =
                limitSeconds.map(seconds -> whole.first(Duration.ofSeconds(seconds))).orElse(whole);
        try (var interruption = new Interruption()) {
            show(replay(replayed, settings, interruption), start);
        }
    }

    /// Finds what is wrong with the options before anything takes time.
    private SimulationSettings understand() {
        if (open && html.isEmpty()) {
            throw misunderstood("--open shows the page that --html writes; add --html replay.html");
        }
        if (limitSeconds.orElse(1) < 1) {
            throw misunderstood(
                    "--limit-seconds must be at least 1, got %d; the nearest is 1"
                            .formatted(limitSeconds.orElse(1)));
        }
        if (!Files.isRegularFile(trace)) {
            throw misunderstood(
                    Files.exists(trace)
                            ? "--trace %s is %s; name the file of a recorded trace"
                                    .formatted(
                                            trace,
                                            Files.isDirectory(trace) ? "a folder" : "no plain file")
                            : "there is no file %s; --trace names a recorded trace"
                                    .formatted(trace));
        }
        Optional<Path> jsonFile = json.filter(SimulateLlmCommand::isFile).map(Path::of);
        jsonFile.ifPresent(file -> requireWritable("--json", file));
        html.ifPresent(file -> requireWritable("--html", file));
        jsonFile.filter(file -> html.map(file::equals).orElse(false))
                .ifPresent(file -> {
                    throw misunderstood(
                            "--json and --html both name %s; name two files".formatted(file));
                });
        try {
            return options.settings();
        } catch (IllegalArgumentException e) {
            throw misunderstood(String.valueOf(e.getMessage()));
        }
    }

    private static boolean isFile(String name) {
        return !name.equals(STANDARD_OUTPUT);
    }

    private void requireWritable(String option, Path file) {
        Path folder = file.toAbsolutePath().normalize().getParent();
        if (folder == null || Files.isDirectory(file)) {
            throw misunderstood("%s %s is a folder; name a file".formatted(option, file));
        }
        if (!Files.isDirectory(folder)) {
            throw misunderstood(
                    "%s %s: there is no folder %s; make it first".formatted(option, file, folder));
        }
        if (file.toAbsolutePath().normalize().equals(trace.toAbsolutePath().normalize())) {
            throw misunderstood(
                    "%s would replace the trace %s; name another file".formatted(option, file));
        }
    }

    private Trace readTrace() {
        try {
            return Trace.read(trace);
        } catch (MalformedTraceException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new CommandFailure("cannot read %s: %s".formatted(trace, e), e);
        }
    }

    private Simulation replay(
            Trace replayed, SimulationSettings settings, Interruption interruption) {
        try (var bar = ProgressBar.on(console)) {
            ReplayReport report =
                    TraceReplay.run(
                            replayed,
                            settings.toReplay(),
                            fraction -> {
                                bar.show(fraction);
                                return !interruption.asked();
                            });
            return new Simulation(
                    String.valueOf(trace.getFileName()),
                    replayed,
                    settings,
                    report,
                    interruption.asked() && report.unfinished() > 0);
        }
    }

    private void show(Simulation simulation, Instant start) {
        List<Path> written = new ArrayList<>();
        html.ifPresent(file -> written.add(write(file, SimulationPage.of(simulation))));
        json.filter(SimulateLlmCommand::isFile)
                .map(Path::of)
                .ifPresent(file -> written.add(write(file, SimulationJson.text(simulation))));
        if (json.filter(name -> !isFile(name)).isPresent()) {
            console.out().print(SimulationJson.text(simulation));
        } else {
            boolean unicode = console.out().charset().equals(StandardCharsets.UTF_8);
            console.out().print(SimulationText.of(simulation, unicode));
            Duration took = Duration.between(start, WallClock.INSTANCE.instant());
            console.out().printf("%nSimulated in %.1f s.%n", took.toMillis() / 1e3);
            written.forEach(file -> console.out().println("Wrote " + file));
        }
        console.out().flush();
        if (open && !simulation.stoppedEarly()) {
            openPage();
        }
    }

    private void openPage() {
        html.map(file -> file.toAbsolutePath().toUri().toString())
                .filter(url -> !Browser.open(url, console.environment()))
                .ifPresent(url -> console.err().println("open it in a browser: " + url));
    }

    private static Path write(Path file, String text) {
        try {
            WholeFile.write(file, text);
            return file;
        } catch (IOException e) {
            throw new CommandFailure("cannot write %s: %s".formatted(file, e), e);
        }
    }

    private ParameterException misunderstood(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
