package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.touchstone.llm.Admission.Waiting;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An engine whose steps take a microsecond a token")
class LlmEngineTest {
    private final List<String> tokens = new ArrayList<>();
    private final LlmEngine engine =
            new LlmEngine(
                    new KvCacheLayout(16, 10),
                    new Policy().failWhenFull().config(),
                    step -> 1_000L * step.tokens(),
                    new EngineObserver() {
                        @Override
                        public void firstToken(long nowNanos, Sequence sequence, long nanos) {
                            tokens.add("first at %d, %d late".formatted(nowNanos, nanos));
                        }

                        @Override
                        public void nextToken(long nowNanos, Sequence sequence, long nanos) {
                            tokens.add("next at %d, %d later".formatted(nowNanos, nanos));
                        }
                    });

    @Test
    void is_idle_until_there_is_something_to_do() {
        assertThat(engine.begin(0)).isEqualTo(LlmEngine.IDLE);
        assertThat(engine.stepping()).isFalse();
    }

    @Test
    void brings_tokens_out_when_a_step_ends() {
        submit(100, 1, 20);
        assertThat(engine.begin(300)).isEqualTo(20_000);
        assertThat(engine.stepping()).isTrue();
        assertThat(tokens).isEmpty();

        engine.end(20_300);
        engine.begin(20_300);
        engine.end(21_300);
        assertThat(tokens)
                .containsExactly("first at 20300, 20200 late", "next at 21300, 1000 later");
    }

    @Test
    void takes_requests_during_a_step_and_serves_them_in_the_next() {
        submit(0, 1, 20);
        engine.begin(0);
        submit(10, 2, 30);
        assertThat(engine.step().size()).isEqualTo(1);

        engine.end(20_000);
        engine.begin(20_000);
        assertThat(engine.step().size()).isEqualTo(2);
    }

    @Test
    void does_one_step_at_a_time() {
        submit(0, 1, 20);
        assertThatIllegalStateException()
                .isThrownBy(() -> engine.end(0))
                .withMessage("no step is under way; call begin() before end()");

        engine.begin(0);
        assertThatIllegalStateException()
                .isThrownBy(() -> engine.begin(0))
                .withMessage("a step is under way; call end() before begin()");
    }

    @Test
    void takes_at_least_a_nanosecond_for_a_step() {
        var instant =
                new LlmEngine(
                        new KvCacheLayout(16, 10),
                        SchedulerConfig.DEFAULT,
                        _ -> 0,
                        EngineObserver.NONE);
        instant.scheduler().submit(0, Request.of(1, 10, 1));

        assertThat(instant.begin(0)).isEqualTo(1);
    }

    @Test
    void shows_that_it_ran_out_of_memory_and_works_after_a_crash() {
        engine.scheduler().submit(0, Request.of(1, 80, 50));
        engine.scheduler().submit(0, Request.of(2, 80, 50));
        assertThat(engine.begin(0)).isEqualTo(160_000);
        engine.end(160_000);
        assertThat(engine.begin(160_000)).isEqualTo(LlmEngine.IDLE);
        assertThat(engine.step().outOfMemory()).isTrue();

        long now = 160_000;
        engine.crash(now);
        assertThat(engine.stepping()).isFalse();
        assertThat(engine.pool().freeBlocks()).isEqualTo(10);

        submit(now, 3, 20);
        assertThat(engine.begin(now)).isEqualTo(20_000);
    }

    @Test
    void drops_the_step_that_was_under_way_in_a_crash() {
        submit(0, 1, 20);
        engine.begin(0);
        engine.crash(10);
        submit(10, 2, 30);

        assertThat(engine.begin(10)).isEqualTo(30_000);
        engine.end(30_010);
        assertThat(tokens).containsExactly("first at 30010, 30000 late");
    }

    private void submit(long nowNanos, long id, int promptTokens) {
        assertThat(engine.scheduler().submit(nowNanos, Request.of(id, promptTokens, 5)))
                .isInstanceOf(Waiting.class);
    }
}
