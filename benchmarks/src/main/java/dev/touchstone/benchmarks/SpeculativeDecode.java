package dev.touchstone.benchmarks;

import dev.touchstone.kernels.Format;
import dev.touchstone.kernels.threads.WorkerThreads;
import dev.touchstone.llm.EngineObserver;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.LlmEngine;
import dev.touchstone.llm.Request;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.cpu.CpuModel;
import dev.touchstone.llm.cpu.CpuSettings;
import dev.touchstone.llm.cpu.LanguageModels;
import dev.touchstone.llm.speculation.AcceptanceMeter;
import dev.touchstone.llm.text.ChatMessage;
import dev.touchstone.llm.text.Generation;
import dev.touchstone.llm.text.Sampling;
import dev.touchstone.llm.training.SmallModel;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What speculation gains on this CPU, and that it changes no answer. The fastest of three runs: of
/// one thread its CPU time, of more the wall's.
///
///     java --add-modules jdk.incubator.vector -Xmx4g -cp benchmarks.jar \
///         dev.touchstone.benchmarks.SpeculativeDecode FOLDER [MODEL [TOKENS [THREADS [SMALLER.gguf]]]]
///
/// The model is a file, `small` for the one that comes along, or `random` for a billion random
/// weights in Q8_0, both laid out in the folder. Random weights soon repeat themselves, which is the
/// best there is for n-grams.
public final class SpeculativeDecode {
    private static final List<String> QUESTIONS =
            List.of("What is a KV cache?", "What is continuous batching?", "Explain TTFT.");

    private SpeculativeDecode() {}

    private record Run(double nanos, List<int[]> answers, AcceptanceMeter meter, int steps) {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Path file = file(folder, arguments.length > 1 ? arguments[1] : "small");
        int tokens = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 200;
        int threads = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 1;
        try (WorkerThreads workers = WorkerThreads.start(threads)) {
            CpuSettings settings = CpuSettings.DEFAULT.withWorkers(workers);
            CpuModel model = LanguageModels.open(file, settings);
            Optional<CpuModel> smaller =
                    arguments.length > 4
                            ? Optional.of(LanguageModels.open(Path.of(arguments[4]), settings))
                            : Optional.empty();
            compare(model, smaller, tokens, threads == 1);
        }
    }

    private static void compare(
            CpuModel model, Optional<CpuModel> smaller, int tokens, boolean alone) {
        best(model, 1, tokens, alone); // until the code is compiled
        System.out.println(
                "drafts           sequences  ms/token  times faster  steps  drafts held  tokens/step");
        for (int sequences : new int[] {1, QUESTIONS.size()}) {
            Run plain = best(model, sequences, tokens, alone);
            print("none", sequences, plain, plain);
            for (int drafts : new int[] {1, 2, 4, 8}) {
                Run run = best(model.withDraftsFromText(drafts), sequences, tokens, alone);
                print("n-gram, " + drafts, sequences, run, plain);
            }
            if (smaller.isPresent()) {
                for (int drafts : new int[] {1, 2, 4}) {
                    Run run =
                            best(
                                    model.withDraftsFrom(smaller.get(), drafts),
                                    sequences,
                                    tokens,
                                    alone);
                    print("smaller, " + drafts, sequences, run, plain);
                }
            }
        }
    }

    private static Path file(Path folder, String model) throws IOException {
        return switch (model) {
            case "small" -> SmallModel.in(folder);
            case "random" -> {
                Path file = folder.resolve("random-1b-" + Format.Q8_0 + ".gguf");
                if (!Files.exists(file)) {
                    RandomGguf.write(file, Format.Q8_0);
                }
                yield file;
            }
            default -> Path.of(model);
        };
    }

    private static void print(String drafts, int sequences, Run run, Run plain) {
        for (int i = 0; i < plain.answers().size(); i++) {
            if (!Arrays.equals(run.answers().get(i), plain.answers().get(i))) {
                throw new IllegalStateException("drafts changed an answer");
            }
        }
        int tokens = run.answers().stream().mapToInt(answer -> answer.length).sum();
        AcceptanceMeter meter = run.meter();
        System.out.printf(
                Locale.ROOT,
                "%-16s %9d %9.2f %13.2f %6d %5d of %d %8.2f%n",
                drafts,
                sequences,
                run.nanos() / tokens / 1e6,
                plain.nanos() / run.nanos(),
                run.steps(),
                meter.accepted(),
                meter.drafts(),
                meter.tokensPerStep());
    }

    private static Run best(CpuModel model, int sequences, int tokens, boolean alone) {
        Run best = run(model, sequences, tokens, alone);
        for (int i = 0; i < 2; i++) {
            Run run = run(model, sequences, tokens, alone);
            best = run.nanos() < best.nanos() ? run : best;
        }
        return best;
    }

    private static Run run(CpuModel model, int sequences, int tokens, boolean alone) {
        var layout = new KvCacheLayout(16, 1024);
        List<Generation> generations = new ArrayList<>();
        var engine =
                new LlmEngine(
                        layout,
                        SchedulerConfig.DEFAULT.with(
                                new SchedulerConfig.Speculation(model.maxDrafts())),
                        model.executor(layout, id -> generations.get((int) id)),
                        new EngineObserver() {});
        for (int i = 0; i < sequences; i++) {
            int[] prompt = prompt(model, i);
            generations.add(new Generation(prompt, Sampling.GREEDY));
            engine.scheduler().submit(0, Request.of(i, prompt.length, tokens));
        }
        var meter = new AcceptanceMeter();
        int steps = 0;
        long start = now(alone);
        while (engine.begin(steps) != LlmEngine.IDLE) {
            meter.count(engine.step());
            engine.end(++steps);
        }
        long nanos = now(alone) - start;
        return new Run(
                nanos, generations.stream().map(SpeculativeDecode::answer).toList(), meter, steps);
    }

    private static long now(boolean alone) {
        return alone
                ? ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()
                : System.nanoTime();
    }

    /// A question, or numbers for a model that has no words.
    private static int[] prompt(CpuModel model, int index) {
        return model.spec().name().startsWith("random")
                ? new int[] {index + 1, 2, 3, 4, 5, 6, 7, 8}
                : model.chatPrompt(List.of(new ChatMessage("user", QUESTIONS.get(index))));
    }

    private static int[] answer(Generation generation) {
        var answer = new int[generation.length() - generation.promptTokens()];
        for (int i = 0; i < answer.length; i++) {
            answer[i] = generation.token(generation.promptTokens() + i);
        }
        return answer;
    }
}
