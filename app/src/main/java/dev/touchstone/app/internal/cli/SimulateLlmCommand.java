package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.edge.Browser;
import dev.touchstone.app.internal.edge.Interruption;
import dev.touchstone.app.internal.edge.WallClock;
import dev.touchstone.app.internal.simulate.FleetJson;
import dev.touchstone.app.internal.simulate.FleetPage;
import dev.touchstone.app.internal.simulate.FleetStudy;
import dev.touchstone.app.internal.simulate.FleetText;
import dev.touchstone.app.internal.simulate.Simulation;
import dev.touchstone.app.internal.simulate.SimulationJson;
import dev.touchstone.app.internal.simulate.SimulationPage;
import dev.touchstone.app.internal.simulate.SimulationSettings;
import dev.touchstone.app.internal.simulate.SimulationText;
import dev.touchstone.app.internal.simulate.WholeFile;
import dev.touchstone.llm.RooflineExecutor;
import dev.touchstone.llm.fleet.Router;
import dev.touchstone.llm.fleet.simulation.FleetProgress;
import dev.touchstone.llm.fleet.simulation.Load;
import dev.touchstone.llm.fleet.simulation.TraceLoad;
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
import java.util.function.Function;
import java.util.function.Supplier;
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
            "Replays recorded requests, or simulates users (--sessions), through the real scheduler",
            "and router on modelled accelerators.",
            "Without options: the fewest H100s that serve 50,000 users within the promise.",
            "Traces: CSV as in AzurePublicDataset, JSON lines as in Mooncake; see docs/simulate.md."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class SimulateLlmCommand implements Runnable {
    private static final String STANDARD_OUTPUT = "-";
    private static final Path NO_TRACE = Path.of("");
    private static final int DEFAULT_BUDGET = 2_048;

    private final Console console;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--trace", paramLabel = "FILE", description = "What is replayed.")
    private Path trace = NO_TRACE;

    @Option(
            names = "--limit-seconds",
            paramLabel = "N",
            description = "Replays only requests of the trace's first N seconds.")
    private Optional<Integer> limitSeconds = Optional.empty();

    @Mixin private LlmOptions options = new LlmOptions();

    @Mixin private FleetOptions fleet = new FleetOptions();

    @Mixin private UserOptions users = new UserOptions();

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
        if (users()) {
            study(users.load(), settings, start);
            return;
        }
        Trace whole = readTrace();
        if (options.asksForPrefixCache() && !whole.hasPrefixIds()) {
            throw misunderstood(
                    "--prefix-cache needs to know what prompts have in common, and %s does not say;"
                                    .formatted(trace)
                            + " leave --prefix-cache out or use a trace with hash_ids");
        }
        Trace replayed =
                limitSeconds.map(seconds -> whole.first(Duration.ofSeconds(seconds))).orElse(whole);
        if (asksForFleet()) {
            study(new TraceLoad(replayed, 1), settings, start);
            return;
        }
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
        if (users.asked() && !users()) {
            throw misunderstood("--sessions and --trace are two loads; leave one out");
        }
        if (users() && limitSeconds.isPresent()) {
            throw misunderstood(
                    "--limit-seconds cuts a trace; add --trace FILE, or use --hours for users");
        }
        if (!users() && !Files.isRegularFile(trace)) {
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
            fleet.promise();
            fleet.terms();
            users.places();
            SimulationSettings settings =
                    asksForFleet()
                            ? options.settings(FleetOptions.DEFAULT_BUDGET, Optional.empty())
                            : options.settings(
                                    DEFAULT_BUDGET,
                                    Optional.of(RooflineExecutor.DEFAULT_UTILISATION));
            fleet.fleets(settings, search())
                    .forEach(each -> {
                        if (each.settings().replicas() > Router.MAX_REPLICAS && asksForFleet()) {
                            throw new IllegalArgumentException(
                                    "a router serves at most %d replicas, got %d"
                                            .formatted(
                                                    Router.MAX_REPLICAS,
                                                    each.settings().replicas()));
                        }
                    });
            if (users()) {
                users.load();
            }
            return settings;
        } catch (IllegalArgumentException e) {
            throw misunderstood(String.valueOf(e.getMessage()));
        }
    }

    /// Users are simulated unless there is a recording of some.
    private boolean users() {
        return trace.equals(NO_TRACE);
    }

    private boolean asksForFleet() {
        return users() || fleet.asked() || users.asked() || options.auto();
    }

    /// Whether the number of replicas is to be found.
    private boolean search() {
        return options.auto() || (users() && options.anyNumber() && !fleet.saysReplicas());
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
        if (!trace.equals(NO_TRACE)
                && file.toAbsolutePath().normalize().equals(trace.toAbsolutePath().normalize())) {
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

    private void study(Load load, SimulationSettings settings, Instant start) {
        try (var interruption = new Interruption()) {
            String name = users() ? "Simulated users" : String.valueOf(trace.getFileName());
            List<FleetStudy.Point> points = simulate(load, settings, interruption);
            var study =
                    new FleetStudy(
                            name,
                            load,
                            fleet.promise(),
                            points,
                            interruption.asked(),
                            users.places(),
                            fleet.terms().dollarsPerHour());
            show(
                    unicode -> FleetText.of(study, unicode),
                    () -> FleetJson.text(study),
                    () -> FleetPage.of(study),
                    study.stoppedEarly(),
                    start);
        }
    }

    private List<FleetStudy.Point> simulate(
            Load load, SimulationSettings settings, Interruption interruption) {
        var points = new ArrayList<FleetStudy.Point>();
        try (var bar = ProgressBar.on(console)) {
            for (FleetStudy.Fleet each : fleet.fleets(settings, search())) {
                if (!points.isEmpty() && interruption.asked()) {
                    break;
                }
                Function<String, FleetProgress> progress =
                        what ->
                                (fraction, _, _) -> {
                                    bar.show(each.label() + " " + what, fraction);
                                    return !interruption.asked();
                                };
                points.add(
                        FleetStudy.simulate(each, load, fleet.promise(), fleet.terms(), progress));
            }
        }
        return List.copyOf(points);
    }

    private void show(Simulation simulation, Instant start) {
        show(
                unicode -> SimulationText.of(simulation, unicode),
                () -> SimulationJson.text(simulation),
                () -> SimulationPage.of(simulation),
                simulation.stoppedEarly(),
                start);
    }

    private void show(
            Function<Boolean, String> text,
            Supplier<String> document,
            Supplier<String> page,
            boolean stoppedEarly,
            Instant start) {
        List<Path> written = new ArrayList<>();
        html.ifPresent(file -> written.add(write(file, page.get())));
        json.filter(SimulateLlmCommand::isFile)
                .map(Path::of)
                .ifPresent(file -> written.add(write(file, document.get())));
        if (json.filter(name -> !isFile(name)).isPresent()) {
            console.out().print(document.get());
        } else {
            boolean unicode = console.out().charset().equals(StandardCharsets.UTF_8);
            console.out().print(text.apply(unicode));
            Duration took = Duration.between(start, WallClock.INSTANCE.instant());
            console.out().printf("%nSimulated in %.1f s.%n", took.toMillis() / 1e3);
            written.forEach(file -> console.out().println("Wrote " + file));
        }
        console.out().flush();
        if (open && !stoppedEarly) {
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
