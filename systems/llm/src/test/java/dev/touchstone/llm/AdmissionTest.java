package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.llm.Admission.Cause;
import dev.touchstone.llm.Admission.Refused;
import dev.touchstone.llm.Admission.Waiting;
import dev.touchstone.llm.SchedulerConfig.Reservation;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A scheduler with ten blocks, as requests come and go")
class AdmissionTest {
    private final TestEngine engine = engine(new Policy());

    @Test
    void says_how_many_come_first() {
        assertThat(engine.submit(1, 10, 5)).isEqualTo(new Waiting(0));
        assertThat(engine.submit(2, 10, 5)).isEqualTo(new Waiting(1));
    }

    @Test
    void refuses_what_will_never_fit_and_says_what_would() {
        assertThat(engine.submit(7, 150, 11))
                .isEqualTo(
                        new Refused(
                                Cause.NEVER_FITS,
                                "request 7 needs 11 cache blocks of 16 tokens but only 10 can be"
                                        + " handed out; shorten the prompt or lower max_tokens"));
        assertThat(engine.submit(8, 150, 10)).isEqualTo(new Waiting(0));
    }

    @Test
    void counts_the_watermark_and_whole_pieces_into_what_never_fits() {
        assertThat(engine(new Policy().watermark(0.05)).submit(1, 150, 10))
                .isInstanceOf(Refused.class);
        assertThat(engine(new Policy().granule(64)).submit(1, 120, 10)).isInstanceOf(Refused.class);
        assertThat(engine(new Policy().granule(64)).submit(1, 118, 10)).isInstanceOf(Waiting.class);
    }

    @Test
    void lets_no_more_wait_than_may() {
        var engine = engine(new Policy().waiting(2));
        engine.submit(1, 10, 5);
        engine.submit(2, 10, 5);

        assertThat(engine.submit(3, 10, 5))
                .isEqualTo(
                        new Refused(
                                Cause.QUEUE_FULL,
                                "2 requests are waiting, as many as may; try again later"));
        engine.step();
        assertThat(engine.submit(4, 10, 5)).isEqualTo(new Waiting(0));
    }

    @Test
    void refuses_a_request_that_does_not_wait_unless_there_is_room_now() {
        engine.submit(1, 96, 16);
        engine.step();

        assertThat(engine.submit(impatient(2, 65, 0)))
                .isEqualTo(
                        new Refused(
                                Cause.NO_ROOM,
                                "request 2 needs 5 cache blocks now and 4 can be had; try again"
                                        + " later"));
        assertThat(engine.submit(impatient(3, 64, 0))).isEqualTo(new Waiting(0));
    }

    @Test
    void counts_what_those_before_it_will_take_before_it_says_that_there_is_room() {
        engine.submit(1, 96, 16);

        assertThat(engine.submit(impatient(2, 65, 0))).isInstanceOf(Refused.class);
        assertThat(engine.submit(impatient(3, 64, 0))).isEqualTo(new Waiting(1));
        assertThat(engine.submit(impatient(4, 1, 0))).isInstanceOf(Refused.class);
    }

    @Test
    void counts_the_whole_answer_where_that_is_reserved() {
        var engine = engine(new Policy().reserve(Reservation.MAXIMUM));
        engine.submit(1, 96, 16);
        engine.step();

        assertThat(engine.submit(impatient(2, 48, 0))).isInstanceOf(Refused.class);
        assertThat(engine.submit(impatient(3, 43, 0))).isInstanceOf(Waiting.class);
    }

    @Test
    void lets_a_request_go_at_the_moment_its_patience_ends() {
        engine.submit(1, 150, 10);
        engine.step();
        engine.submit(impatient(2, 100, 3));
        engine.step();
        engine.step();
        assertThat(engine.waiting()).containsExactly(2L);

        engine.step();
        assertThat(engine.waiting()).containsExactly(2L);
        engine.step();
        assertThat(engine.waiting()).isEmpty();
        assertThat(engine.diary()).contains("2 gave up");
    }

    @Test
    void knows_each_waiting_requests_own_deadline() {
        engine.submit(1, 150, 10);
        engine.step();
        engine.submit(impatient(2, 100, 7));
        engine.submit(impatient(3, 100, 2));
        engine.submit(4, 100, 5);
        engine.submit(impatient(5, 100, 4));
        engine.nowNanos = 3;
        engine.step();
        assertThat(engine.waiting()).containsExactly(2L, 4L, 5L);

        engine.nowNanos = 5;
        engine.step();
        assertThat(engine.waiting()).containsExactly(2L, 4L);
        engine.nowNanos = 1_000;
        engine.step();
        assertThat(engine.waiting()).doesNotContain(2L);
    }

    @Test
    void does_not_let_go_of_a_request_once_it_runs() {
        engine.submit(impatient(1, 10, 1));
        engine.steps(5);

        assertThat(engine.diary()).contains("1 finished with 5");
    }

    @Test
    void lets_a_preempted_request_go_whose_patience_ended_while_it_ran() {
        var engine = engine(new Policy().chunk(30));
        engine.submit(1, 79, 60);
        engine.submit(impatient(2, 100, 50));
        engine.steps(2);
        engine.nowNanos = 100;

        assertThat(engine.step()).isEqualTo("1:19");
        assertThat(engine.diary()).contains("2 preempted");
        engine.step();
        assertThat(engine.diary()).contains("2 gave up");
    }

    @Test
    void does_not_let_go_of_a_preempted_request_whose_answer_has_begun() {
        engine.submit(1, 79, 20);
        engine.submit(impatient(2, 79, 1));
        engine.steps(3);
        assertThat(engine.diary()).contains("2 preempted");

        engine.finish();
        assertThat(engine.diary()).contains("2 finished with 5").doesNotContain("2 gave up");
    }

    @Test
    void forgets_a_waiting_request_that_is_cancelled() {
        engine.submit(1, 10, 5);
        engine.submit(2, 10, 5);

        assertThat(engine.scheduler.cancel(1)).isTrue();
        assertThat(engine.step()).isEqualTo("2:10");
    }

    @Test
    void frees_a_running_requests_memory_as_soon_as_it_is_cancelled() {
        engine.submit(1, 100, 5);
        engine.submit(2, 10, 5);
        engine.step();

        assertThat(engine.scheduler.cancel(1)).isTrue();
        assertThat(engine.pool.freeBlocks()).isEqualTo(9);
        assertThat(engine.step()).isEqualTo("2:1");
    }

    @Test
    void takes_no_token_from_a_step_for_a_request_that_was_cancelled_meanwhile() {
        engine.submit(1, 10, 5);
        engine.submit(2, 10, 1);
        Step step = engine.scheduler.plan(0);
        engine.scheduler.cancel(1);
        engine.scheduler.complete(1, step);

        assertThat(engine.diary())
                .containsExactly(
                        "1 admitted", "2 admitted", "2 first token after 1", "2 finished with 1");
        assertThat(engine.pool.freeBlocks()).isEqualTo(10);
    }

    @Test
    void forgets_a_preempted_request_that_is_cancelled() {
        engine.submit(1, 79, 20);
        engine.submit(2, 79, 20);
        engine.steps(3);
        assertThat(engine.diary()).contains("2 preempted");

        assertThat(engine.scheduler.cancel(2)).isTrue();
        engine.finish();
        assertThat(engine.pool.freeBlocks()).isEqualTo(10);
    }

    @Test
    void knows_nothing_of_requests_that_are_done() {
        engine.submit(1, 10, 1);
        engine.step();

        assertThat(engine.scheduler.cancel(1)).isFalse();
        assertThat(engine.scheduler.cancel(2)).isFalse();
    }

    @Test
    void loses_everything_in_a_crash_and_works_again_afterwards() {
        var engine =
                engine(new Policy().sequences(2).prefixCache().sessions(Duration.ofSeconds(1)));
        engine.submit(new Request(1, 40, 1, Request.PATIENT, 77, 30, PrefixHashes.NONE));
        engine.step();
        engine.submit(2, 5, Prompts.range(0, 40));
        engine.submit(3, 10, 5);
        engine.submit(4, 10, 5);
        engine.step();
        Step inFlight = engine.scheduler.plan(engine.nowNanos);
        engine.diary();

        engine.scheduler.crash(engine.nowNanos);
        assertThat(engine.diary()).containsExactlyInAnyOrder("2 lost", "3 lost", "4 lost");
        assertThat(engine.pool.freeBlocks()).isEqualTo(10);
        engine.scheduler.complete(engine.nowNanos, inFlight);
        assertThat(engine.diary()).isEmpty();

        engine.submit(new Request(5, 40, 1, Request.PATIENT, 77, 30, PrefixHashes.NONE));
        engine.submit(6, 5, Prompts.range(0, 40));
        assertThat(engine.step()).isEqualTo("5:40 6:40");
        engine.finish();
        assertThat(engine.diary()).contains("5 finished with 1", "6 finished with 5");
    }

    @Test
    void applies_another_policy_to_what_runs_already() {
        engine.submit(1, 100, 10);
        engine.submit(2, 40, 10);
        engine.scheduler.reconfigure(new Policy().budget(64).config());
        assertThat(engine.step()).isEqualTo("1:64");

        engine.scheduler.reconfigure(new Policy().wholePrompts().config());
        assertThat(engine.step()).isEqualTo("1:36 2:40");
        engine.scheduler.reconfigure(new Policy().staticBatches().config());
        engine.submit(3, 10, 1);
        assertThat(engine.step()).isEqualTo("1:1 2:1");
        engine.finish();
        assertThat(engine.diary()).contains("1 finished with 10", "2 finished with 10");
        assertThat(engine.pool.freeBlocks()).isEqualTo(10);
    }

    private static TestEngine engine(Policy policy) {
        return new TestEngine(10, policy);
    }

    private static Request impatient(long id, int promptTokens, long patienceNanos) {
        return new Request(id, promptTokens, 5, patienceNanos, 0, 0, PrefixHashes.NONE);
    }
}
