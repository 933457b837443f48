package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.edge.Entropy;
import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.sizing.Lines;
import dev.touchstone.app.internal.sizing.Question;
import dev.touchstone.app.internal.sizing.SheetText;
import dev.touchstone.app.internal.sizing.Verdict;
import dev.touchstone.capacity.drill.Drill;
import dev.touchstone.capacity.drill.Drills;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `touchstone drill`: asks a sizing question and judges the answer.
@Command(
        name = "drill",
        description = {
            "Asks a sizing question, judges the answer and says which slip it looks like.",
            "Asks again until the answer is right; an empty line or ? gives up."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class DrillCommand implements Callable<Integer> {
    private static final String GIVE_UP = "?";

    private final Console console;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "0..1", paramLabel = "DRILL", description = "D1 to D8; any, when left out.")
    private Optional<String> id = Optional.empty();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Asks the question of that seed, 0 for the classic one.")
    private Optional<Long> seed = Optional.empty();

    @Option(
            names = "--answer",
            paramLabel = "TEXT",
            description = "Judges this answer and exits: 0 when it is right, 1 when not.")
    private Optional<String> answer = Optional.empty();

    @Option(
            names = "--json",
            description = "Prints the question as JSON, or with --answer the verdict.")
    private boolean json;

    DrillCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (answer.filter(String::isBlank).isPresent()) {
            throw new ParameterException(
                    spec.commandLine(), "--answer is empty; give an answer, or ? to give up");
        }
        Drill drill = draw();
        if (answer.isPresent()) {
            return answered(drill, answer.get());
        }
        if (json) {
            console.out().println(Json.pretty(Question.of(drill)));
            return ExitCode.OK;
        }
        return ask(drill);
    }

    private Drill draw() {
        long drawn = seed.orElseGet(() -> new Entropy().seed());
        try {
            return id.map(kind -> Drills.drill(kind, drawn)).orElseGet(() -> Drills.drill(drawn));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private int answered(Drill drill, String text) {
        Verdict verdict = judge(drill, text);
        if (json) {
            console.out().println(Json.pretty(verdict));
        } else {
            say(verdict);
        }
        return exitCode(verdict);
    }

    private int ask(Drill drill) {
        Question question = Question.of(drill);
        console.print(
                "%s  %s, seed %d%n%n".formatted(question.id(), question.title(), question.seed()));
        console.print(Lines.wrapped(question.question()));
        console.print("\n" + question.rule() + " Empty or ? gives up.\n");
        while (true) {
            console.print("> ");
            Optional<String> line = readLine();
            if (line.isEmpty()) {
                console.print("\n");
                return ExitCode.SOFTWARE;
            }
            Verdict verdict = judge(drill, line.get());
            say(verdict);
            if (verdict.revealed().isPresent()) {
                console.print(
                        "%nThis one again: touchstone drill %s --seed %d%n"
                                .formatted(drill.id(), drill.seed()));
                return exitCode(verdict);
            }
        }
    }

    private static Verdict judge(Drill drill, String text) {
        String typed = text.strip();
        return typed.isEmpty() || typed.equals(GIVE_UP)
                ? Verdict.givenUp(drill)
                : Verdict.of(drill, typed);
    }

    private void say(Verdict verdict) {
        console.print(Lines.wrapped(verdict.message()));
        verdict.slips()
                .forEach(slip -> console.print(Lines.wrapped(slip.name() + ": " + slip.cure())));
        verdict.revealed()
                .ifPresent(revealed -> {
                    console.print(SheetText.derivation(revealed.derivation()));
                    console.print("\n" + revealed.answer() + "\n");
                });
    }

    private static int exitCode(Verdict verdict) {
        return verdict.right() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private Optional<String> readLine() {
        try {
            return Optional.ofNullable(console.in().readLine());
        } catch (IOException e) {
            throw new CommandFailure("cannot read the answer: " + e.getMessage(), e);
        }
    }
}
