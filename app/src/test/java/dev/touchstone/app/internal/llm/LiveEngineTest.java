package dev.touchstone.app.internal.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.Executor;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.ModelSpec;
import dev.touchstone.llm.PrefixHasher;
import dev.touchstone.llm.Request;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.text.ChatMessage;
import dev.touchstone.llm.text.Generation;
import dev.touchstone.llm.text.LanguageModel;
import dev.touchstone.llm.text.Sampling;
import dev.touchstone.llm.text.Tokenizer;
import dev.touchstone.testkit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A live engine")
@Timeout(60)
class LiveEngineTest {
    private final AtomicLong now = new AtomicLong();
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    @Test
    void says_that_a_step_does_not_end_and_that_it_did(@TempDir Path home) throws Exception {
        var model =
                new Hanging(
                        new Models(home, ElementType.FP32, Optional.of(1))
                                .source(Optional.empty(), new Models.Speculation.Off())
                                .open());
        try (LiveEngine engine = start(model)) {
            Answer answer =
                    engine.ask(
                            new Question(
                                    model.textPrompt("What is TTFT?"),
                                    1,
                                    2,
                                    List.of(),
                                    Sampling.GREEDY,
                                    new Question.Account("", ""),
                                    Request.Terms.USUAL));
            reached.await();
            assertThat(engine.stall()).isEmpty();

            now.addAndGet(Duration.ofMinutes(3).toNanos());
            assertThat(engine.stall())
                    .contains("a step has taken 180 s and not ended; restart the server");
            assertThat(engine.metrics()).contains("touchstone_engine_stalled 1");

            goOn.countDown();
            Eventually.holds("it answers", () -> finished(answer));
            assertThat(engine.stall()).isEmpty();
            assertThat(engine.metrics()).contains("touchstone_engine_stalled 0");
        }
    }

    private LiveEngine start(LanguageModel model) {
        var layout = new KvCacheLayout(16, 64);
        return new LiveEngine(
                new LiveEngine.Setup(
                        model,
                        layout,
                        SchedulerConfig.DEFAULT,
                        new PrefixHasher(16, 1, 2),
                        now::get,
                        0));
    }

    private static boolean finished(Answer answer) {
        try {
            return answer.next(Duration.ofSeconds(1))
                    .filter(Answer.Finished.class::isInstance)
                    .isPresent();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// A model whose first step hangs until it is let go.
    private final class Hanging implements LanguageModel {
        private final LanguageModel real;

        Hanging(LanguageModel real) {
            this.real = real;
        }

        @Override
        public ModelSpec spec() {
            return real.spec();
        }

        @Override
        public int contextTokens() {
            return real.contextTokens();
        }

        @Override
        public Tokenizer tokenizer() {
            return real.tokenizer();
        }

        @Override
        public int[] chatPrompt(List<ChatMessage> messages) {
            return real.chatPrompt(messages);
        }

        @Override
        public Executor executor(KvCacheLayout layout, LongFunction<Generation> generations) {
            Executor executor = real.executor(layout, generations);
            return step -> {
                reached.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return executor.execute(step);
            };
        }
    }
}
