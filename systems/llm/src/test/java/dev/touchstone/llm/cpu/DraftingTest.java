package dev.touchstone.llm.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.PrefixHasher;
import dev.touchstone.llm.Request;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.text.Generation;
import dev.touchstone.llm.text.Sampling;
import dev.touchstone.testkit.Seeds;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A model with drafts")
class DraftingTest {
    private static final String[] MODELS = {
        "llama3", "qwen2", "qwen3", "mistral", "gguf/q8_0.gguf", "gguf/q4_0.gguf"
    };
    private static final int ANSWER = 30;

    @ParameterizedTest(name = "seed {0}")
    @Seeds(12)
    void answers_to_the_bit_as_without_in_any_company(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        String file = MODELS[random.nextInt(MODELS.length)];
        CpuModel model = LanguageModels.open(Expected.file(file));
        CpuModel drafting = withDrafts(model, file, random);
        int count = random.nextInt(1, 6);
        Sampling[] samplings = new Sampling[count];
        int[][] prompts = new int[count][];
        // Few blocks: sequences lose theirs and are computed again.
        var together =
                new Answers(
                        drafting,
                        new KvCacheLayout(16, random.nextInt(9, 24)),
                        policy(drafting, random));
        for (int i = 0; i < count; i++) {
            prompts[i] = prompt(random, model);
            samplings[i] = new Sampling(random.nextBoolean() ? 0 : 0.7, 0.95, random.nextInt(), 3);
            together.submit(request(i + 1, prompts[i]), prompts[i], samplings[i]);
            for (int steps = random.nextInt(6); steps > 0; steps--) {
                together.step();
            }
        }
        while (together.step()) {}
        for (int i = 0; i < count; i++) {
            assertThat(together.generation(i + 1).drawn())
                    .as("request %d of %d, %s", i, count, file)
                    .isEqualTo(alone(model, prompts[i], samplings[i]));
        }
    }

    private static CpuModel withDrafts(CpuModel model, String file, SplittableRandom random)
            throws IOException {
        int most = random.nextInt(1, 7);
        if (random.nextBoolean()) {
            return model.withDraftsFromText(most);
        }
        // Rounding makes it a model of its own that often, but not always, says the same.
        var settings = CpuSettings.DEFAULT.withCache(ElementType.FP8);
        return model.withDraftsFrom(LanguageModels.open(Expected.file(file), settings), most);
    }

    private static List<Generation.Drawn> alone(CpuModel model, int[] prompt, Sampling sampling) {
        var alone = new Answers(model, new KvCacheLayout(16, 16), SchedulerConfig.DEFAULT);
        alone.submit(request(1, prompt), prompt, sampling);
        while (alone.step()) {}
        return alone.generation(1).drawn();
    }

    /// Says the same thing several times, so that there is something to find in it.
    private static int[] prompt(SplittableRandom random, CpuModel model) {
        int[] part =
                random.ints(random.nextInt(1, 20), 3, model.shape().vocabulary() - 4).toArray();
        int[] prompt = Arrays.copyOf(part, part.length * random.nextInt(1, 4));
        for (int i = part.length; i < prompt.length; i++) {
            prompt[i] = prompt[i - part.length];
        }
        return prompt;
    }

    private static Request request(long id, int[] prompt) {
        return new Request(
                id,
                prompt.length,
                ANSWER,
                Request.PATIENT,
                0,
                0,
                new PrefixHasher(16, 1, 2).hash(prompt));
    }

    private static SchedulerConfig policy(CpuModel model, SplittableRandom random) {
        SchedulerConfig config = SchedulerConfig.DEFAULT;
        SchedulerConfig.Batching batching = config.batching();
        return config.with(
                        new SchedulerConfig.Batching(
                                batching.mode(), random.nextInt(16, 200), 8, batching.maxWaiting()))
                .with(new SchedulerConfig.Prefill(true, random.nextInt(3, 64), 4))
                .with(new SchedulerConfig.Speculation(model.maxDrafts()));
    }

    @Test
    void needs_one_step_for_all_drafts_that_hold_and_one_token_more() throws IOException {
        CpuModel model = LanguageModels.open(Expected.file("llama3"));
        int[] prompt = Expected.of("llama3/expected.json").prompt();
        // A model guesses its own words.
        Answers answers = greedy(model.withDraftsFrom(model, 3), prompt, 33);

        assertThat(answers.tokens(1))
                .isEqualTo(Arrays.copyOf(Expected.of("llama3/expected.json").greedy(), 33));
        assertThat(answers.meter().rate()).isEqualTo(1);
        assertThat(answers.steps()).isEqualTo(1 + 32 / 4);
    }

    @Test
    void finds_them_in_a_text_that_repeats_itself() throws IOException {
        CpuModel model = LanguageModels.open(Expected.file("qwen3"));
        int[] prompt = Expected.of("qwen3/expected.json").prompt();
        Answers answers = greedy(model.withDraftsFromText(4), prompt, 256);

        assertThat(answers.tokens(1)).isEqualTo(Expected.of("qwen3/expected.json").greedy());
        assertThat(answers.meter().accepted()).isPositive();
        assertThat(answers.steps()).isEqualTo(256 - (int) answers.meter().accepted());
    }

    private static Answers greedy(CpuModel model, int[] prompt, int length) {
        var answers =
                new Answers(
                        model,
                        new KvCacheLayout(16, 32),
                        SchedulerConfig.DEFAULT.with(
                                new SchedulerConfig.Speculation(model.maxDrafts())));
        answers.submit(Request.of(1, prompt.length, length), prompt, Sampling.GREEDY);
        while (answers.step()) {}
        return answers;
    }

    @Test
    void cannot_have_them_from_a_model_that_speaks_otherwise() throws IOException {
        CpuModel model = LanguageModels.open(Expected.file("llama3"));
        CpuModel other = LanguageModels.open(Expected.file("mistral"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> model.withDraftsFrom(other, 4))
                .withMessageContaining("take a smaller model of the same family");
    }

    @Test
    void counts_the_drafts_own_keys_and_values() throws IOException {
        CpuModel model = LanguageModels.open(Expected.file("llama3"));
        long bytes = model.spec().kvBytesPerToken();
        assertThat(model.withDraftsFromText(4).cacheBytesPerToken()).isEqualTo(bytes);
        assertThat(model.withDraftsFrom(model, 4).cacheBytesPerToken()).isEqualTo(2 * bytes);
    }
}
