package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.edge.Interruption;
import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.simulate.DesignJson;
import dev.touchstone.app.internal.simulate.DesignOrder;
import dev.touchstone.app.internal.simulate.DesignStudy;
import dev.touchstone.app.internal.simulate.DesignText;
import dev.touchstone.app.internal.simulate.WholeFile;
import dev.touchstone.arena.design.FleetDesign;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `touchstone simulate design`: a design for the chat challenge, run.
@Command(
        name = "design",
        description = {
            "Runs a design for the challenge LLM under its load, then under 3 and 10 times",
            "as much: what it reaches, what it costs, what breaks first.",
            "Without options: what the manager's slide proposes."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class SimulateDesignCommand implements Runnable {
    private static final String STANDARD_OUTPUT = "-";

    /// Options by the names of the fields in [DesignOrder].
    private static final Map<String, String> OPTIONS =
            Map.of(
                    "gpus", "--gpus",
                    "tokenBudget", "--budget",
                    "kvType", "--kv-type",
                    "longGpus", "--long-gpus",
                    "longAtOnce", "--long-at-once",
                    "longFrom", "--long-from",
                    "router", "--router",
                    "ladder", "--ladder");

    private final Console console;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--gpus", paramLabel = "N", description = "H100s, 1 to 256 (5).")
    private Optional<Integer> gpus = Optional.empty();

    @Option(
            names = {"--budget", "--token-budget"},
            paramLabel = "N",
            description = "Tokens in one step, prompts and answers together (2048).")
    private Optional<Integer> budget = Optional.empty();

    @Option(
            names = "--kv-type",
            paramLabel = "TYPE",
            description = "How cached keys and values are stored: fp16 or fp8 (fp16).")
    private Optional<String> kvType = Optional.empty();

    @Option(
            names = "--long-gpus",
            paramLabel = "N",
            description = "Of the GPUs, for long prompts only (0: all take all).")
    private Optional<Integer> longGpus = Optional.empty();

    @Option(
            names = "--long-at-once",
            paramLabel = "N",
            description = "Long prompts that a GPU holds at once (0: any number).")
    private Optional<Integer> longAtOnce = Optional.empty();

    @Option(
            names = "--long-from",
            paramLabel = "TOKENS",
            description = "From how many tokens on a prompt is long (4096).")
    private Optional<Integer> longFrom = Optional.empty();

    @Option(
            names = "--router",
            paramLabel = "HOW",
            description = {
                "balanced, cache-aware, session, least-requests or round-robin (round-robin)."
            })
    private Optional<String> router = Optional.empty();

    @Option(
            names = "--ladder",
            paramLabel = "on|off",
            arity = "0..1",
            fallbackValue = "on",
            description = "Whether it gives way by steps when overloaded (off).")
    private Optional<String> ladder = Optional.empty();

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Writes the result as JSON; - prints it instead of the text.")
    private Optional<String> json = Optional.empty();

    SimulateDesignCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        FleetDesign design = design();
        // The process ends as soon as the interruption is closed: what was found is said before.
        try (var interruption = new Interruption()) {
            report(simulate(design, interruption));
        }
    }

    private void report(DesignStudy study) {
        boolean printed = json.filter(STANDARD_OUTPUT::equals).isPresent();
        if (printed) {
            console.print(DesignJson.text(study));
        } else {
            console.print(DesignText.of(study));
            json.map(Path::of).ifPresent(file -> write(file, DesignJson.text(study)));
        }
    }

    private FleetDesign design() {
        try {
            return new DesignOrder(
                            gpus, budget, kvType, longGpus, longAtOnce, longFrom, router, ladder)
                    .design();
        } catch (Json.Malformed e) {
            throw new ParameterException(
                    spec.commandLine(),
                    OPTIONS.getOrDefault(e.field(), e.field()) + " " + e.reason());
        }
    }

    private DesignStudy simulate(FleetDesign design, Interruption interruption) {
        try (var bar = ProgressBar.on(console)) {
            return DesignStudy.of(
                    design,
                    doing ->
                            (fraction, _, _) -> {
                                bar.show(doing, fraction);
                                return !interruption.asked();
                            },
                    interruption::asked);
        }
    }

    private void write(Path file, String text) {
        try {
            WholeFile.write(file, text);
            console.out().println("Wrote " + file);
        } catch (IOException e) {
            throw new CommandFailure("cannot write %s: %s".formatted(file, e), e);
        }
    }
}
