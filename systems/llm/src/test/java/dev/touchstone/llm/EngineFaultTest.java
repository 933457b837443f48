package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.touchstone.testkit.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("An engine whose executor fails")
class EngineFaultTest {
    private final List<String> diary = new ArrayList<>();
    private final Map<Long, Integer> tokens = new HashMap<>();
    private boolean failing;
    private final LlmEngine engine =
            new LlmEngine(
                    new KvCacheLayout(16, 20),
                    new Policy().prefixCache().config(),
                    this::execute,
                    new EngineObserver() {
                        @Override
                        public void preempted(long nowNanos, Sequence sequence) {
                            diary.add(sequence.request().id() + " preempted");
                        }

                        @Override
                        public void lost(long nowNanos, Sequence sequence) {
                            diary.add(sequence.request().id() + " lost");
                        }

                        @Override
                        public void finished(long nowNanos, Sequence sequence) {
                            long id = sequence.request().id();
                            diary.add(id + " finished");
                            tokens.put(id, sequence.generated());
                        }
                    });

    private long execute(Step step) {
        if (failing) {
            throw new IllegalStateException("the device is gone");
        }
        return 1;
    }

    @Test
    void has_no_step_under_way_and_may_try_the_same_again() {
        submit(1, 40);
        failing = true;
        assertThatIllegalStateException()
                .isThrownBy(() -> engine.begin(0))
                .withMessage("the device is gone");
        assertThat(engine.stepping()).isFalse();

        failing = false;
        assertThat(engine.begin(0)).isEqualTo(1);
        assertThat(engine.step().tokens(0)).isEqualTo(40);
        assertThat(engine.pool().freeBlocks()).isEqualTo(17);
    }

    @Test
    void computes_the_steps_sequences_again_in_their_order() {
        submit(1, 40);
        submit(2, 40);
        step(0);
        submit(3, 40);
        failing = true;
        assertThatIllegalStateException().isThrownBy(() -> engine.begin(1));
        engine.recover(1, 3);

        assertThat(diary).containsExactly("3 preempted", "2 preempted", "1 preempted");
        assertThat(engine.pool().freeBlocks()).isEqualTo(20);
        failing = false;
        run(1);
        assertThat(diary).endsWith("1 finished", "2 finished", "3 finished");
        assertThat(tokens).containsEntry(1L, 5).containsEntry(2L, 5).containsEntry(3L, 5);
        assertThat(engine.pool().freeBlocks()).isEqualTo(20);
    }

    @Test
    void loses_the_whole_step_if_that_is_asked_for_and_nothing_else() {
        submit(1, 40);
        failing = true;
        assertThatIllegalStateException().isThrownBy(() -> engine.begin(0));
        submit(2, 40);
        engine.recover(0, 0);
        assertThat(diary).containsExactly("1 lost");

        failing = false;
        run(0);
        assertThat(diary).containsExactly("1 lost", "2 finished");
        assertThat(engine.pool().freeBlocks()).isEqualTo(20);
    }

    @Test
    void gives_up_a_sequence_whose_steps_fail_time_and_again() {
        submit(1, 40);
        failing = true;
        for (int i = 0; i < 3; i++) {
            assertThatIllegalStateException().isThrownBy(() -> engine.begin(0));
            engine.recover(0, 2);
        }

        assertThat(diary).containsExactly("1 preempted", "1 preempted", "1 lost");
        assertThat(engine.begin(0)).isEqualTo(LlmEngine.IDLE);
        assertThat(engine.scheduler().cancel(1)).isFalse();
    }

    @Test
    void takes_a_step_back_that_fails_while_it_is_under_way() {
        submit(1, 40);
        engine.begin(0);
        engine.recover(5, 1);
        assertThat(engine.stepping()).isFalse();
        assertThat(diary).containsExactly("1 preempted");

        engine.recover(5, 1);
        run(5);
        assertThat(diary).containsExactly("1 preempted", "1 finished");
    }

    @Test
    void does_not_share_what_a_failed_step_wrote() {
        int[] prompt = Prompts.range(0, 40);
        PrefixHashes hashes = Prompts.hashes(16, prompt);
        engine.scheduler().submit(0, TestEngine.request(1, 40, 5, hashes));
        failing = true;
        assertThatIllegalStateException().isThrownBy(() -> engine.begin(0));
        engine.recover(0, 1);

        assertThat(engine.pool().find(hashes.block(0))).isEqualTo(-1);
        assertThat(engine.pool().find(hashes.block(1))).isEqualTo(-1);
    }

    @Test
    void refuses_a_prompt_larger_than_the_pool_and_serves_the_next() {
        assertThat(engine.scheduler().submit(0, Request.of(1, 1_000, 5)))
                .isInstanceOf(Admission.Refused.class);
        submit(2, 40);
        run(0);

        assertThat(diary).containsExactly("2 finished");
    }

    @Test
    void does_not_mind_a_clock_that_is_set_back() {
        engine.scheduler().submit(1_000, new Request(1, 40, 5, 500, 0, 0, PrefixHashes.NONE));
        engine.begin(1_000);
        submit(2, 40);
        engine.end(10);
        run(-5_000);

        assertThat(diary).containsExactlyInAnyOrder("1 finished", "2 finished");
    }

    /// Steps fail at random, requests are cancelled, and at last everything that was not lost or
    /// cancelled has its whole answer.
    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void answers_all_the_same(long seed) {
        var random = new SplittableRandom(seed);
        int requests = 0;
        int cancelled = 0;
        for (long now = 0; now < 200; now++) {
            if (requests < 40 && random.nextBoolean()) {
                submit(++requests, random.nextInt(1, 100));
            }
            failing = random.nextInt(10) == 0;
            try {
                if (engine.begin(now) == LlmEngine.IDLE) {
                    continue;
                }
                if (random.nextInt(10) == 0
                        && engine.scheduler().cancel(random.nextInt(requests) + 1)) {
                    cancelled++;
                }
                if (random.nextInt(20) == 0) {
                    engine.recover(now, 2);
                } else {
                    engine.end(now);
                }
            } catch (IllegalStateException e) {
                if (random.nextBoolean()) {
                    engine.recover(now, 2);
                }
            }
        }
        failing = false;
        run(200);

        long lost = diary.stream().filter(event -> event.endsWith("lost")).count();
        assertThat(tokens.size() + lost + cancelled).isEqualTo(requests);
        assertThat(tokens.values()).allMatch(count -> count == 5);
        assertThat(engine.pool().freeBlocks()).isEqualTo(20);
    }

    private void submit(long id, int promptTokens) {
        assertThat(engine.scheduler().submit(0, Request.of(id, promptTokens, 5)))
                .isInstanceOf(Admission.Waiting.class);
    }

    private void step(long nowNanos) {
        engine.begin(nowNanos);
        engine.end(nowNanos);
    }

    private void run(long fromNanos) {
        long now = fromNanos;
        while (engine.begin(now) != LlmEngine.IDLE) {
            engine.end(++now);
        }
    }
}
