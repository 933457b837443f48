package dev.touchstone.llm.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.llm.EngineObserver;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.LlmEngine;
import dev.touchstone.llm.Request;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.cpu.LanguageModels;
import dev.touchstone.llm.text.ChatMessage;
import dev.touchstone.llm.text.Generation;
import dev.touchstone.llm.text.LanguageModel;
import dev.touchstone.llm.text.Sampling;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The small model that comes with Touchstone")
class SmallModelTest {
    private static final int LONGEST_ANSWER = 120;

    @TempDir private static Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "What is TTFT?|TTFT is the time to first token",
                "what is a kv cache|The KV cache keeps the keys and values",
                "Explain prefill.|Prefill is the phase in which a model reads the whole prompt",
                "What does GQA mean?|GQA is grouped-query attention",
                "What is an as-of join?|An as-of join gives every label the newest feature values",
                "Who are you?|I am the demonstration model of Touchstone",
            })
    void answers(String question, String beginning) throws IOException {
        assertThat(answer(question)).startsWith(beginning).endsWith(".");
    }

    @ParameterizedTest
    @CsvSource({"What is the capital of France?", "Write a poem about coffee.", "What is XQZT?"})
    void admits_that_it_does_not_know(String question) throws IOException {
        assertThat(answer(question)).containsAnyOf("not know", "beyond me", "cannot help");
    }

    @Test
    void is_written_once() throws IOException {
        Path file = SmallModel.in(folder);
        var before = Files.getLastModifiedTime(file);
        assertThat(SmallModel.in(folder)).isEqualTo(file);
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(before);
        Files.write(file, new byte[] {1});
        assertThat(SmallModel.in(folder)).hasBinaryContent(SmallModel.bytes());
    }

    private static String answer(String question) throws IOException {
        LanguageModel model = LanguageModels.open(SmallModel.in(folder));
        int[] prompt = model.chatPrompt(List.of(new ChatMessage("user", question)));
        var generation = new Generation(prompt, Sampling.GREEDY);
        var layout = new KvCacheLayout(16, 64);
        var engine =
                new LlmEngine(
                        layout,
                        SchedulerConfig.DEFAULT,
                        model.executor(layout, _ -> generation),
                        new EngineObserver() {});
        engine.scheduler().submit(0, Request.of(1, prompt.length, LONGEST_ANSWER));
        for (long now = 0; engine.begin(now) != LlmEngine.IDLE; now++) {
            engine.end(now);
        }
        var text = new ByteArrayOutputStream();
        for (int i = generation.promptTokens(); i < generation.length(); i++) {
            text.writeBytes(model.tokenizer().bytes(generation.token(i)));
        }
        return text.toString(StandardCharsets.UTF_8);
    }
}
