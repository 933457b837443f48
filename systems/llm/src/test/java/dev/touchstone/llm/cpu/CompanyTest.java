package dev.touchstone.llm.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.threads.WorkerThreads;
import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.PrefixHasher;
import dev.touchstone.llm.PrefixHashes;
import dev.touchstone.llm.Request;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.text.Generation;
import dev.touchstone.llm.text.Sampling;
import dev.touchstone.testkit.Seeds;
import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("What a model answers")
class CompanyTest {
    private static final String[] MODELS = {
        "llama3", "qwen2", "qwen3", "mistral", "gguf/q8_0.gguf", "gguf/q4_0.gguf"
    };
    private static final int ANSWER = 24;

    /// Log-probabilities are reported, so that equal tokens from unequal logits are found out.
    private static final Sampling DRAWN = new Sampling(0.8, 0.95, 5, 3);

    @ParameterizedTest(name = "seed {0}")
    @Seeds(12)
    void does_not_depend_on_batch_chunks_threads_preemption_or_prefix_cache(long seed)
            throws IOException {
        var random = new SplittableRandom(seed);
        String file = MODELS[random.nextInt(MODELS.length)];
        CpuModel model = LanguageModels.open(Expected.file(file));
        int count = random.nextInt(2, 7);
        int[][] prompts = new int[count][];
        int[] shared = tokens(random, random.nextInt(40), model);
        for (int i = 0; i < count; i++) {
            int[] own = tokens(random, random.nextInt(1, 60), model);
            prompts[i] = java.util.Arrays.copyOf(shared, shared.length + own.length);
            System.arraycopy(own, 0, prompts[i], shared.length, own.length);
        }
        try (WorkerThreads workers = WorkerThreads.start(2)) {
            CpuModel shares =
                    LanguageModels.open(
                            Expected.file(file), CpuSettings.DEFAULT.withWorkers(workers));
            // Few blocks: sequences lose theirs and are computed again.
            var together =
                    new Answers(
                            shares, new KvCacheLayout(16, random.nextInt(9, 24)), policy(random));
            for (int i = 0; i < count; i++) {
                together.submit(request(i + 1, prompts[i]), prompts[i], DRAWN);
                for (int steps = random.nextInt(6); steps > 0; steps--) {
                    together.step();
                }
            }
            while (together.step()) {}
            for (int i = 0; i < count; i++) {
                var alone = new Answers(model, new KvCacheLayout(16, 16), SchedulerConfig.DEFAULT);
                alone.submit(request(1, prompts[i]), prompts[i], DRAWN);
                while (alone.step()) {}
                assertThat(together.generation(i + 1).drawn())
                        .as("request %d of %d, %s", i, count, file)
                        .isEqualTo(alone.generation(1).drawn());
            }
        }
    }

    private static Request request(long id, int[] prompt) {
        PrefixHashes hashes = new PrefixHasher(16, 1, 2).hash(prompt);
        return new Request(id, prompt.length, ANSWER, Request.PATIENT, 0, 0, hashes);
    }

    private static SchedulerConfig policy(SplittableRandom random) {
        SchedulerConfig config = SchedulerConfig.DEFAULT;
        SchedulerConfig.Batching batching = config.batching();
        SchedulerConfig.Memory memory = config.memory();
        return config.with(
                        new SchedulerConfig.Batching(
                                batching.mode(), random.nextInt(16, 200), 8, batching.maxWaiting()))
                .with(new SchedulerConfig.Prefill(true, random.nextInt(3, 64), 4))
                .with(
                        new SchedulerConfig.Memory(
                                memory.reservation(),
                                memory.granuleTokens(),
                                memory.watermark(),
                                memory.projectedCeiling(),
                                memory.exhaustion(),
                                true,
                                memory.sessionTtl()));
    }

    private static int[] tokens(SplittableRandom random, int count, CpuModel model) {
        return random.ints(count, 3, model.shape().vocabulary() - 4).toArray();
    }

    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            names = {"FP16", "FP8"})
    void moves_by_no_more_than_the_bound_when_the_cache_is_rounded(ElementType type)
            throws IOException {
        double worst = 0;
        for (String file : MODELS) {
            int[] prompt = Expected.of("llama3/expected.json").prompt();
            float[] exact = lastLogits(LanguageModels.open(Expected.file(file)), prompt);
            float[] rounded =
                    lastLogits(
                            LanguageModels.open(
                                    Expected.file(file), CpuSettings.DEFAULT.withCache(type)),
                            prompt);
            double size = 0;
            double error = 0;
            for (int i = 0; i < exact.length; i++) {
                size += (double) exact[i] * exact[i];
                error += Math.pow((double) exact[i] - rounded[i], 2);
            }
            worst = Math.max(worst, Math.sqrt(error / size));
        }
        // Rounding moves each number by at most 2^-11 or 2^-4 of itself; layers let it grow a
        // little.
        assertThat(worst).isPositive().isLessThan(type == ElementType.FP16 ? 0x1p-9 : 0x1p-2);
    }

    private static float[] lastLogits(CpuModel model, int[] prompt) {
        var transformer = new Transformer(model, new KvCacheLayout(16, 8));
        transformer.begin();
        for (int i = 0; i < prompt.length; i++) {
            transformer.add(prompt[i], i, block -> block, i + 1 == prompt.length);
        }
        var logits = new float[model.shape().vocabulary()];
        transformer.run((index, scores) -> {
            for (int i = 0; i < scores.size(); i++) {
                logits[i] = scores.get(i);
            }
        });
        return logits;
    }

    @Test
    void is_as_likely_as_reported() throws IOException {
        CpuModel model =
                LanguageModels.open(
                        Expected.file("qwen3"), CpuSettings.DEFAULT.withKernels(Kernels.plain()));
        int[] prompt = Expected.of("qwen3/expected.json").prompt();
        var answers = new Answers(model, new KvCacheLayout(16, 16), SchedulerConfig.DEFAULT);
        answers.submit(Request.of(1, prompt.length, 8), prompt, new Sampling(0, 1, 0, 20));
        while (answers.step()) {}
        for (Generation.Drawn drawn : answers.generation(1).drawn()) {
            assertThat(drawn.top()).hasSize(20);
            assertThat(drawn.top().getFirst().token()).isEqualTo(drawn.token());
            assertThat(drawn.top().getFirst().logprob()).isEqualTo(drawn.logprob()).isNegative();
            double sum = drawn.top().stream().mapToDouble(t -> Math.exp(t.logprob())).sum();
            assertThat(sum).isLessThanOrEqualTo(1.000001);
        }
    }
}
