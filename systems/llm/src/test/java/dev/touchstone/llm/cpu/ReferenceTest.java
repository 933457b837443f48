package dev.touchstone.llm.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.Request;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.text.Sampling;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A model of the Llama family, next to the transformers library,")
class ReferenceTest {
    private static final KvCacheLayout LAYOUT = new KvCacheLayout(16, 32);

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "llama3, llama3/expected.json",
        "qwen2, qwen2/expected.json",
        "qwen3, qwen3/expected.json",
        "mistral, mistral/expected.json",
        "gguf/f32.gguf, gguf/f32.json",
        "gguf/bf16.gguf, gguf/bf16.json",
        "gguf/q8_0.gguf, gguf/q8_0.json",
        "gguf/q4_0.gguf, gguf/q4_0.json",
    })
    void has_the_same_logits_and_the_same_256_greedy_tokens(String file, String values)
            throws IOException {
        Expected expected = Expected.of(values);
        for (Kernels kernels : new Kernels[] {Kernels.plain(), Kernels.best()}) {
            CpuModel model =
                    LanguageModels.open(
                            Expected.file(file), CpuSettings.DEFAULT.withKernels(kernels));
            float[][] logits = logits(model, expected.prompt());
            for (int i = 0; i < expected.positions().length; i++) {
                assertThat(logits[expected.positions()[i]])
                        .as(
                                "%s, %s, position %d",
                                file, kernels.describe(), expected.positions()[i])
                        .containsExactly(
                                expected.logits().get(i),
                                org.assertj.core.data.Offset.offset(1e-3f));
            }
            assertThat(greedy(model, expected)).isEqualTo(expected.greedy());
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "llama3, llama3/expected.json",
        "qwen2, qwen2/expected.json",
        "mistral, mistral/expected.json",
        "gguf/bf16.gguf, gguf/bf16.json",
        "gguf/q8_0.gguf, gguf/q8_0.json",
    })
    void cuts_texts_into_the_same_tokens_and_puts_them_together_again(String file, String values)
            throws IOException {
        CpuModel model = LanguageModels.open(Expected.file(file));
        for (Expected.Encoding encoding : Expected.of(values).encodings()) {
            assertThat(model.tokenizer().encode(encoding.text()))
                    .as("'%s'", encoding.text())
                    .isEqualTo(encoding.tokens());
            var bytes = new ByteArrayOutputStream();
            for (int token : encoding.tokens()) {
                bytes.writeBytes(model.tokenizer().bytes(token));
            }
            String text = bytes.toString(StandardCharsets.UTF_8);
            boolean pieces = file.equals("mistral") || file.contains("q8_0");
            if (!file.equals("qwen2")) { // it composes characters
                assertThat(pieces ? text.substring(Math.min(1, text.length())) : text)
                        .isEqualTo(encoding.text());
            }
        }
    }

    private static float[][] logits(CpuModel model, int[] prompt) {
        var transformer = new Transformer(model, LAYOUT);
        transformer.begin();
        for (int i = 0; i < prompt.length; i++) {
            transformer.add(prompt[i], i, block -> block, true);
        }
        var logits = new float[prompt.length][model.shape().vocabulary()];
        transformer.run((index, scores) -> {
            for (int i = 0; i < scores.size(); i++) {
                logits[index][i] = scores.get(i);
            }
        });
        return logits;
    }

    private static int[] greedy(CpuModel model, Expected expected) {
        var answers = new Answers(model, LAYOUT, SchedulerConfig.DEFAULT);
        answers.submit(
                Request.of(1, expected.prompt().length, 256), expected.prompt(), Sampling.GREEDY);
        while (answers.step()) {}
        return answers.tokens(1);
    }
}
