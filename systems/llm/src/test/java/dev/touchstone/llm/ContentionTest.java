package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.touchstone.llm.Request.Terms;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A scheduler with ten blocks that there are not enough of")
class ContentionTest {
    @Test
    void admits_by_priority_and_then_by_arrival() {
        var engine = new TestEngine(10, new Policy().byPriority().sequences(2));
        engine.submit(request(1, 20, 5));
        engine.submit(request(2, 20, 1));
        engine.submit(request(3, 20, 5));
        assertThat(engine.submit(request(4, 20, 1))).isEqualTo(new Admission.Waiting(1));

        assertThat(engine.step()).isEqualTo("2:20 4:20");
        assertThat(engine.waiting()).containsExactly(1L, 3L);
    }

    @Test
    void sorts_those_that_wait_when_it_is_told_to_look_at_priorities() {
        var engine = new TestEngine(10, new Policy());
        engine.submit(request(1, 20, 5));
        engine.submit(request(2, 20, 1));
        engine.submit(request(3, 20, 3));
        engine.scheduler.reconfigure(new Policy().byPriority().config());

        assertThat(engine.waiting()).containsExactly(2L, 3L, 1L);
    }

    @Test
    void knows_no_priorities_unless_it_is_told_to() {
        var engine = new TestEngine(10, new Policy());
        engine.submit(request(1, 20, 5));
        engine.submit(request(2, 20, 1));

        assertThat(engine.step()).isEqualTo("1:20 2:20");
    }

    @Test
    void puts_a_preempted_sequence_in_its_place_among_those_that_wait() {
        var engine = new TestEngine(10, new Policy().byPriority());
        engine.submit(request(1, 79, 3));
        engine.submit(request(2, 80, 2));
        engine.submit(request(3, 50, 1));
        engine.submit(request(4, 50, 5));
        engine.step();
        assertThat(engine.running()).containsExactly(3L, 2L);
        engine.scheduler.preempt(engine.nowNanos, 2);

        assertThat(engine.waiting()).containsExactly(2L, 1L, 4L);
    }

    @Test
    void takes_back_what_it_had_planned_for_the_one_that_gives_way() {
        var engine = new TestEngine(10, new Policy().byPriority());
        engine.submit(request(1, 60, 9));
        engine.step();
        engine.submit(request(2, 95, 1));
        engine.steps(2);
        Step step = engine.scheduler.plan(engine.nowNanos);
        assertThat(engine.diary()).contains("1 preempted");

        assertThat(step.size()).isEqualTo(1);
        assertThat(step.tokens()).isEqualTo(1);
        assertThat(step.decodes()).isEqualTo(1);
        assertThat(step.contextTokens()).isEqualTo(96);
        assertThat(step.attentionPairs()).isEqualTo(97);
    }

    @Test
    void preempts_who_has_least_to_lose() {
        var engine = new TestEngine(10, new Policy().preemptLeastComputed());
        engine.submit(1, 31, 60);
        engine.step();
        engine.submit(2, 80, 60);
        engine.steps(30);

        assertThat(engine.diary()).contains("1 preempted").doesNotContain("2 preempted");
        engine.finish();
        assertThat(engine.diary()).contains("1 finished with 60", "2 finished with 60");
        assertThat(engine.pool.freeBlocks()).isEqualTo(10);
    }

    @Test
    void lets_sequences_come_back_in_the_order_in_which_they_came() {
        var engine = new TestEngine(10, new Policy());
        engine.submit(1, 20, 60);
        engine.submit(2, 20, 60);
        engine.submit(3, 20, 60);
        engine.step();
        engine.submit(4, 100, 5);
        engine.scheduler.preempt(1, 1);
        engine.scheduler.preempt(1, 3);
        engine.scheduler.preempt(1, 2);

        assertThat(engine.waiting()).containsExactly(1L, 2L, 3L, 4L);
        assertThat(engine.scheduler.preempt(1, 4)).as("waits already").isFalse();
    }

    @Test
    void drops_a_running_request_whose_answer_comes_too_late() {
        var engine = new TestEngine(10, new Policy().chunk(20));
        engine.submit(Request.of(1, 100, 5).with(Terms.USUAL.withDeadlines(3, Terms.NEVER)));
        engine.submit(Request.of(2, 10, 9).with(Terms.USUAL.withDeadlines(3, 6)));
        engine.steps(3);
        assertThat(engine.diary()).contains("2 first token after 1");

        assertThat(engine.step()).isEqualTo("2:1");
        assertThat(engine.diary()).containsExactly("1 expired");
        engine.steps(3);
        assertThat(engine.diary()).containsExactly("2 expired");
        assertThat(engine.pool.freeBlocks()).isEqualTo(10);
    }

    @Test
    void drops_a_preempted_request_whose_time_is_up_though_its_answer_has_begun() {
        var engine = new TestEngine(10, new Policy());
        engine.submit(Request.of(1, 10, 50).with(Terms.USUAL.withDeadlines(3, 5)));
        engine.step();
        engine.submit(2, 150, 5);
        engine.scheduler.preempt(engine.nowNanos, 1);
        engine.scheduler.reconfigure(new Policy().sequences(1).config());
        engine.nowNanos = 5;

        assertThat(engine.step()).isEqualTo("2:150");
        assertThat(engine.diary()).contains("1 expired");
    }

    @Test
    void takes_a_large_prompt_into_an_empty_queue_however_few_tokens_may_wait() {
        var engine = new TestEngine(100, new Policy().waitingTokens(100));

        assertThat(engine.submit(1, 500, 5)).isEqualTo(new Admission.Waiting(0));
        assertThat(engine.submit(2, 1, 5))
                .isEqualTo(
                        new Admission.Refused(
                                Admission.Cause.QUEUE_FULL,
                                "500 prompt tokens are waiting and at most 100 may; try again"
                                        + " later"));
        engine.step();
        assertThat(engine.scheduler.waitingTokens()).isZero();
    }

    @Test
    void refuses_terms_that_make_no_sense() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Terms.USUAL.withDeadlines(0, 5))
                .withMessage("deadlines must lie after the arrival, got 0 and 5 ns");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Terms.USUAL.withComputed(-1))
                .withMessage("computedTokens must be at least 0, got -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Request.of(7, 10, 5).with(Terms.USUAL.withComputed(10)))
                .withMessage(
                        "request 7 has 10 tokens computed but only 10; at least its last must be"
                                + " left");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Policy().waitingTokens(0).config())
                .withMessage("maxWaitingTokens must be at least 1, got 0");
    }

    private static Request request(long id, int promptTokens, int priority) {
        return Request.of(id, promptTokens, 40).with(Terms.USUAL.withPriority(priority));
    }
}
