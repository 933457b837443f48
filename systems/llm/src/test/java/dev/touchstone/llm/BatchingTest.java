package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A scheduler, as it fills its steps")
class BatchingTest {
    /// vLLM's test_scheduler: concurrent partial prefills.
    @Test
    void reads_prompts_in_chunks_and_lets_decodes_go_first() {
        var engine = engine(new Policy().budget(1_024).chunk(400));
        submit(engine, 800, 800, 800);

        assertThat(engine.step()).isEqualTo("1:400 2:400 3:224");
        assertThat(engine.step()).isEqualTo("1:400 2:400 3:224");
        assertThat(engine.step()).isEqualTo("1:1 2:1 3:352");
        assertThat(engine.step()).isEqualTo("1:1 2:1 3:1");
    }

    /// vLLM's test_scheduler: the last of the budget goes to the next in line, however short others
    /// are.
    @Test
    void gives_what_is_left_of_the_budget_to_the_next_in_line() {
        var engine = engine(new Policy().budget(1_024).sequences(3));
        submit(engine, 800, 800, 10, 10);

        assertThat(engine.step()).isEqualTo("1:800 2:224");
    }

    @Test
    void lets_no_one_overtake_a_whole_prompt_that_has_to_wait() {
        var engine = engine(new Policy().budget(1_024).sequences(3).wholePrompts());
        submit(engine, 800, 800, 10, 10);

        assertThat(engine.step()).isEqualTo("1:800");
        assertThat(engine.step()).isEqualTo("1:1 2:800 3:10");
        assertThat(engine.step()).isEqualTo("1:1 2:1 3:1");
    }

    @Test
    void reads_a_whole_prompt_beyond_the_budget_in_one_step_with_the_decodes() {
        var engine = engine(new Policy().budget(1_024).wholePrompts());
        submit(engine, 100, 5_000, 10);

        assertThat(engine.step()).isEqualTo("1:100");
        assertThat(engine.step()).isEqualTo("1:1 2:5000");
        assertThat(engine.step()).isEqualTo("1:1 2:1 3:10");
    }

    @Test
    void ends_an_answer_where_the_executor_says_so() {
        var engine = engine(new Policy().budget(16));
        submit(engine, 3, 3);
        Step step = engine.scheduler.plan(0);
        step.stop(1);
        engine.scheduler.complete(1, step);

        assertThat(engine.diary())
                .contains("2 first token after 1", "2 finished with 1")
                .doesNotContain("1 finished with 1");
        assertThat(engine.step()).isEqualTo("1:1");
    }

    @Test
    void keeps_a_token_for_each_sequence_that_decodes() {
        var engine = engine(new Policy().budget(4));
        submit(engine, 1, 1, 1);
        engine.step();
        submit(engine, 4, 1_000);

        assertThat(engine.step()).isEqualTo("1:1 2:1 3:1 4:1");
        assertThat(engine.step()).isEqualTo("1:1 2:1 3:1 4:1");
    }

    @Test
    void keeps_a_token_for_each_later_sequence_while_an_earlier_one_is_in_prefill() {
        var engine = engine(new Policy().budget(100));
        engine.submit(1, 1_000, 5);
        engine.step();
        engine.scheduler.reconfigure(new Policy().budget(100).chunk(90).config());
        engine.submit(2, 5, 5);
        engine.submit(3, 5, 5);
        assertThat(engine.step()).isEqualTo("1:90 2:5 3:5");

        engine.scheduler.reconfigure(new Policy().budget(100).config());
        assertThat(engine.step()).isEqualTo("1:98 2:1 3:1");
    }

    @Test
    void runs_no_more_sequences_than_it_may() {
        var engine = engine(new Policy().sequences(2));
        submit(engine, 10, 10, 10);

        assertThat(engine.step()).isEqualTo("1:10 2:10");
        assertThat(engine.waiting()).containsExactly(3L);
        engine.scheduler.cancel(1);
        assertThat(engine.step()).isEqualTo("2:1 3:10");
    }

    @Test
    void admits_no_one_until_it_is_below_a_limit_that_was_lowered() {
        var engine = engine(new Policy());
        submit(engine, 10, 10, 10, 10);
        engine.step();
        engine.scheduler.reconfigure(new Policy().budget(50).sequences(2).config());
        engine.submit(5, 10, 5);

        assertThat(engine.step()).isEqualTo("1:1 2:1 3:1 4:1");
        engine.scheduler.cancel(1);
        engine.scheduler.cancel(2);
        assertThat(engine.step()).isEqualTo("3:1 4:1");
        engine.scheduler.cancel(3);
        assertThat(engine.step()).isEqualTo("4:1 5:10");
    }

    @Test
    void lets_the_oldest_decode_when_a_lowered_budget_is_too_small_for_all() {
        var engine = engine(new Policy());
        submit(engine, 10, 10, 10);
        engine.step();
        engine.scheduler.reconfigure(new Policy().budget(2).config());

        assertThat(engine.step()).isEqualTo("1:1 2:1");
    }

    @Test
    void reads_no_more_prompts_at_once_than_it_may() {
        var engine = engine(new Policy().chunk(100).prefills(2));
        submit(engine, 250, 150, 50);

        assertThat(engine.step()).isEqualTo("1:100 2:100");
        assertThat(engine.step()).isEqualTo("1:100 2:50");
        assertThat(engine.step()).isEqualTo("1:50 2:1 3:50");
    }

    @Test
    void starts_a_static_batch_only_when_the_last_one_is_done() {
        var engine = engine(new Policy().staticBatches());
        engine.submit(1, 10, 1);
        engine.submit(2, 10, 3);
        assertThat(engine.step()).isEqualTo("1:10 2:10");

        engine.submit(3, 10, 1);
        assertThat(engine.step()).isEqualTo("2:1");
        assertThat(engine.step()).isEqualTo("2:1");
        assertThat(engine.step()).isEqualTo("3:10");
    }

    @Test
    void takes_the_token_of_a_prompt_of_one_for_a_prefill() {
        var engine = engine(new Policy());
        engine.submit(1, 1, 2);
        Step first = engine.scheduler.plan(0);
        assertThat(first.prefillTokens()).isEqualTo(1);
        assertThat(first.decodes()).isZero();

        engine.scheduler.complete(1, first);
        Step second = engine.scheduler.plan(1);
        assertThat(second.prefillTokens()).isZero();
        assertThat(second.decodes()).isEqualTo(1);
    }

    @Test
    void counts_the_work_of_a_step() {
        var engine = engine(new Policy().budget(100));
        engine.submit(1, 40, 5);
        engine.submit(2, 100, 5);
        engine.step();
        Step step = engine.scheduler.plan(1);

        assertThat(step.tokens()).isEqualTo(1 + 40);
        assertThat(step.contextTokens()).isEqualTo(40 + 60);
        assertThat(step.attentionPairs()).isEqualTo(41 + 40 * 60 + 40 * 41 / 2.0);
    }

    @Test
    void does_nothing_when_there_is_nothing_to_do() {
        var engine = engine(new Policy());

        assertThat(engine.step()).isEmpty();
        engine.submit(1, 10, 1);
        assertThat(engine.step()).isEqualTo("1:10");
        assertThat(engine.step()).isEmpty();
    }

    @Test
    void tells_when_tokens_come_out() {
        var engine = engine(new Policy().chunk(10));
        engine.submit(1, 25, 3);
        engine.finish();

        assertThat(engine.diary())
                .containsExactly("1 admitted", "1 first token after 3", "1 finished with 3");
        assertThat(engine.pool.freeBlocks()).isEqualTo(1_000);
    }

    @Test
    void must_have_a_token_of_budget_for_each_sequence() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Policy().budget(10).sequences(11).config())
                .withMessage(
                        "tokenBudget must be at least maxSequences (11) so that all can decode, got 10");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Policy().chunk(0).config())
                .withMessage("chunkTokens must be at least 1, got 0");
    }

    private static TestEngine engine(Policy policy) {
        return new TestEngine(1_000, policy);
    }

    /// Requests 1, 2, … with answers of ten tokens.
    private static void submit(TestEngine engine, int... promptTokens) {
        int first = engine.scheduler.running() + engine.scheduler.waiting() + 1;
        for (int i = 0; i < promptTokens.length; i++) {
            engine.submit(first + i, promptTokens[i], 10);
        }
    }
}
