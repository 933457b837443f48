package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.edge.Interruption;
import dev.touchstone.llm.training.Exam;
import dev.touchstone.llm.training.Training;
import dev.touchstone.llm.training.Training.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `touchstone llm train`: makes the small model that is served when no other is named.
@Command(
        name = "train",
        description = {
            "Trains the small demonstration model from random weights and writes it as GGUF.",
            "The same steps and seed give the same bytes on every machine. A training that was"
                    + " stopped, or killed, goes on from its last checkpoint; see docs/small-model.md."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class LlmTrainCommand implements Runnable {
    private static final int MISTAKES_SHOWN = 10;

    private final Console console;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "The model; FILE.checkpoint is beside it until it is done.")
    private Path out = Path.of("");

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Batches to learn from; as many as the shipped model had unless given.")
    private Optional<Integer> steps = Optional.empty();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of weights and text; that of the shipped model unless given.")
    private Optional<Long> seed = Optional.empty();

    @Option(
            names = "--every",
            paramLabel = "N",
            defaultValue = "20",
            description = "Steps between two checkpoints; 20 unless given.")
    private int every;

    private double lossSum;

    LlmTrainCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            throw new CommandFailure(
                    "training needs the Vector API: start Java with --add-modules"
                            + " jdk.incubator.vector, as ./touchstone does");
        }
        if (every < 1) {
            throw misunderstood("--every must be at least 1, got %d".formatted(every));
        }
        Plan plan = plan();
        Path file = out.toAbsolutePath().normalize();
        Path parent = file.getParent();
        if (parent == null || Files.isDirectory(file) || !Files.isDirectory(parent)) {
            throw misunderstood(
                    "--out %s must name a file in a folder that is there".formatted(out));
        }
        Path checkpoint = file.resolveSibling(file.getFileName() + ".checkpoint");
        try (var interruption = new Interruption()) {
            train(plan, file, checkpoint, interruption);
        } catch (IOException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private Plan plan() {
        try {
            return Plan.SHIPPED.with(
                    steps.orElse(Plan.SHIPPED.steps()), seed.orElse(Plan.SHIPPED.seed()));
        } catch (IllegalArgumentException e) {
            throw misunderstood("--steps: " + e.getMessage());
        }
    }

    private void train(Plan plan, Path file, Path checkpoint, Interruption interruption)
            throws IOException {
        var training = new Training(plan);
        if (Files.exists(checkpoint)) {
            training.resume(checkpoint);
            say("Goes on from step %d of %s.%n", training.step(), checkpoint);
        }
        say(
                "%,d weights; %,d steps of %,d tokens; seed %d.%n",
                training.size(), plan.steps(), plan.windows() * plan.length(), plan.seed());
        if (!goOn(plan, training, checkpoint, interruption)) {
            training.save(checkpoint);
            say(
                    "Stopped at step %d; the same command goes on from %s.%n",
                    training.step(), checkpoint);
            return;
        }
        training.save(checkpoint);
        training.write(file);
        Files.delete(checkpoint); // The model is whole: nothing is left to go on with.
        say("Wrote %s (%,d bytes). Examining it …%n", out, Files.size(file));
        show(training.exam());
    }

    /// @return whether all steps are done
    private boolean goOn(Plan plan, Training training, Path checkpoint, Interruption interruption)
            throws IOException {
        Training.Progress progress =
                (step, loss) -> {
                    report(plan, step, loss);
                    return !interruption.asked() && step % every != 0;
                };
        while (!training.run(progress)) {
            if (interruption.asked()) {
                return false;
            }
            training.save(checkpoint);
        }
        return true;
    }

    private void report(Plan plan, int step, double loss) {
        lossSum += loss;
        if (step % every == 0) {
            say("step %,6d of %,d   loss %.4f%n", step, plan.steps(), lossSum / every);
            lossSum = 0;
        }
    }

    private void show(Exam.Report report) {
        say(
                """

                Asked in words it was not taught:
                  known questions answered as taught    %d of %d
                  unknown ones declined                 %d of %d
                Text it never saw:
                  conversations                         %.3f bits a byte
                  prose                                 %.3f bits a byte
                """,
                report.right(),
                report.asked(),
                report.declined(),
                report.outside(),
                report.conversationBits(),
                report.proseBits());
        report.mistakes().stream()
                .limit(MISTAKES_SHOWN)
                .forEach(mistake -> say("  wrong: %s%n", mistake));
    }

    private void say(String format, Object... values) {
        console.print(String.format(Locale.ROOT, format, values));
    }

    private ParameterException misunderstood(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
