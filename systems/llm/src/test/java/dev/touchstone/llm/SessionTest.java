package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.llm.SchedulerConfig.Reservation;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A session whose cache is kept for 100 ns")
class SessionTest {
    private static final long SESSION = 77;

    private final TestEngine engine = engine(20, policy());

    private static Policy policy() {
        return new Policy().reserve(Reservation.PROMPT).sessions(Duration.ofNanos(100));
    }

    @Test
    void keeps_the_blocks_of_its_shared_tokens() {
        ask(1, 100, 40);
        engine.finish();

        assertThat(engine.pool.freeBlocks()).isEqualTo(20 - 3);
    }

    @Test
    void hands_them_to_its_next_request() {
        ask(1, 100, 40);
        engine.finish();
        ask(2, 90, 40);

        assertThat(engine.step()).isEqualTo("2:50");
        assertThat(engine.sequence(2).cachedTokens()).isEqualTo(40);
        assertThat(engine.blocks(2)).hasSize(6);
        assertThat(engine.pool.freeBlocks()).isEqualTo(20 - 6);
    }

    @Test
    void grows_with_what_its_requests_share() {
        ask(1, 100, 40);
        engine.finish();
        ask(2, 200, 160);
        engine.finish();

        assertThat(engine.pool.freeBlocks()).isEqualTo(20 - 10);
    }

    @Test
    void computes_anew_what_its_next_request_does_not_share() {
        ask(1, 100, 90);
        engine.finish();
        ask(2, 30, 10);

        assertThat(engine.step()).isEqualTo("2:20");
        engine.finish();
        assertThat(engine.diary()).contains("2 finished with 5");
    }

    @Test
    void serves_one_request_at_a_time_from_its_cache() {
        ask(1, 100, 40);
        engine.finish();
        ask(2, 100, 40);
        ask(3, 100, 40);

        assertThat(engine.step()).isEqualTo("2:60 3:100");
        engine.finish();
        assertThat(engine.pool.freeBlocks()).isEqualTo(20 - 3);
    }

    @Test
    void frees_what_it_kept_when_it_is_closed() {
        ask(1, 100, 40);
        engine.finish();
        engine.scheduler.closeSession(SESSION);

        assertThat(engine.pool.freeBlocks()).isEqualTo(20);
    }

    @Test
    void frees_what_its_request_has_when_that_finishes_after_the_close() {
        ask(1, 100, 40);
        engine.step();
        engine.scheduler.closeSession(SESSION);
        assertThat(engine.pool.freeBlocks()).isEqualTo(20 - 7);

        engine.finish();
        assertThat(engine.pool.freeBlocks()).isEqualTo(20);
    }

    @Test
    void is_another_one_when_it_is_opened_again_while_its_last_request_runs() {
        ask(1, 100, 40);
        engine.step();
        engine.scheduler.closeSession(SESSION);
        ask(2, 50, 20);
        engine.finish();
        assertThat(engine.pool.freeBlocks()).isEqualTo(20 - 2);

        engine.scheduler.closeSession(SESSION);
        assertThat(engine.pool.freeBlocks()).isEqualTo(20);
    }

    @Test
    void keeps_nothing_for_a_request_that_waits_when_it_is_closed() {
        ask(1, 100, 40);
        engine.scheduler.closeSession(SESSION);
        engine.finish();

        assertThat(engine.diary()).contains("1 finished with 5");
        assertThat(engine.pool.freeBlocks()).isEqualTo(20);
    }

    @Test
    void is_evicted_when_it_has_been_idle_for_longer_than_that() {
        ask(1, 100, 40);
        engine.finish();
        long finishedNanos = engine.nowNanos - 1;
        engine.nowNanos = finishedNanos + 100;
        engine.step();
        assertThat(engine.pool.freeBlocks()).isEqualTo(20 - 3);

        engine.nowNanos = finishedNanos + 101;
        engine.step();
        assertThat(engine.pool.freeBlocks()).isEqualTo(20);
    }

    @Test
    void starts_over_after_it_was_evicted() {
        ask(1, 100, 40);
        engine.finish();
        engine.nowNanos += 1_000;
        ask(2, 100, 40);

        assertThat(engine.step()).isEqualTo("2:100");
        engine.finish();
        assertThat(engine.pool.freeBlocks()).isEqualTo(20 - 3);
    }

    @Test
    void gives_way_to_a_running_sequence_that_needs_memory_the_longest_idle_first() {
        ask(1, 71, 20, 16);
        engine.finish();
        ask(2, 72, 20, 16);
        engine.finish();
        engine.submit(3, 16 * 18, 10);
        engine.step();
        assertThat(engine.pool.freeBlocks()).isZero();

        engine.step();
        assertThat(engine.blocks(3)).hasSize(19);
        assertThat(engine.pool.freeBlocks()).isZero();
        engine.scheduler.cancel(3);
        ask(4, 71, 20, 16);
        ask(5, 72, 20, 16);
        assertThat(engine.step()).isEqualTo("4:20 5:4");
    }

    @Test
    void keeps_out_a_request_it_leaves_no_room_for_and_no_one_waits_behind_that() {
        ask(1, 200, 160);
        engine.finish();
        engine.submit(2, 16 * 11, 5);
        engine.submit(3, 16 * 9, 5);

        assertThat(engine.step()).isEqualTo("3:144");
        assertThat(engine.waiting()).containsExactly(2L);
        engine.scheduler.closeSession(SESSION);
        engine.scheduler.cancel(3);
        assertThat(engine.step()).isEqualTo("2:176");
    }

    @Test
    void does_not_live_longer_because_its_next_request_waits() {
        ask(1, 71, 200, 160);
        engine.finish();
        ask(2, 72, 140, 128);
        engine.finish();
        ask(3, 71, 16 * 13, 160);
        ask(4, 72, 16 * 13, 128);
        assertThat(engine.step()).isEmpty();

        for (int i = 0; i < 200 && engine.running().isEmpty(); i++) {
            engine.step();
        }
        assertThat(engine.running()).containsExactly(4L);
        engine.finish();
        engine.nowNanos += 200;
        engine.finish();
        assertThat(engine.diary()).contains("3 finished with 5", "4 finished with 5");
    }

    @Test
    void stays_open_when_its_request_is_preempted_and_computes_all_of_it_again() {
        engine.submit(1, 16 * 12 - 1, 10);
        engine.step();
        ask(2, 16 * 8 - 1, 64);
        engine.step();
        engine.step();
        engine.step();
        assertThat(engine.diary()).contains("2 preempted");

        engine.finish();
        assertThat(engine.diary()).contains("2 finished with 5");
        assertThat(engine.pool.freeBlocks()).isEqualTo(20 - 4);
    }

    @Test
    void keeps_nothing_of_a_request_that_is_cancelled() {
        ask(1, 100, 40);
        engine.step();
        engine.scheduler.cancel(1);
        assertThat(engine.pool.freeBlocks()).isEqualTo(20);

        ask(2, 100, 40);
        assertThat(engine.step()).isEqualTo("2:100");
    }

    @Test
    void loses_what_it_kept_when_sessions_are_switched_off() {
        ask(1, 71, 100, 40);
        engine.finish();
        ask(2, 72, 100, 40);
        engine.step();
        engine.scheduler.reconfigure(new Policy().reserve(Reservation.PROMPT).config());
        engine.finish();

        assertThat(engine.pool.freeBlocks()).isEqualTo(20);
    }

    @Test
    void keeps_the_whole_of_a_contiguous_piece() {
        var engine = engine(20, policy().granule(128));
        submit(engine, 1, SESSION, 100, 20);
        engine.finish();

        assertThat(engine.pool.freeBlocks()).isEqualTo(20 - 8);
    }

    @Test
    void is_computed_anew_when_its_contiguous_piece_is_outgrown_and_cannot_be_copied() {
        var engine = engine(20, policy().granule(128));
        submit(engine, 1, SESSION, 100, 90);
        engine.finish();
        submit(engine, 2, SESSION, 200, 90);

        assertThat(engine.step()).isEqualTo("2:200");
        assertThat(engine.blocks(2)).hasSize(16);
    }

    @Test
    void kills_an_engine_that_cannot_copy_its_contiguous_piece_and_may_not_give_it_up() {
        var engine = engine(20, policy().granule(128).failWhenFull());
        submit(engine, 1, SESSION, 100, 90);
        engine.finish();
        submit(engine, 2, SESSION, 200, 90);

        assertThat(engine.step()).isEqualTo("out of memory");
    }

    @Test
    void shares_its_blocks_with_no_one() {
        var engine = engine(20, policy().prefixCache());
        PrefixHashes hashes = Prompts.hashes(16, Prompts.range(0, 100));
        engine.submit(new Request(1, 100, 5, Request.PATIENT, SESSION, 90, hashes));
        engine.finish();
        engine.submit(TestEngine.request(2, 100, 5, hashes));

        assertThat(engine.step()).isEqualTo("2:100");
    }

    @Test
    void leaves_a_lane_free_for_long_requests_only_while_it_keeps_no_long_one() {
        var engine = engine(20, policy().lane(64, 1));
        submit(engine, 1, 71, 100, 80);
        engine.finish();
        submit(engine, 2, 72, 100, 80);
        submit(engine, 3, 0, 10, 0);
        assertThat(engine.step()).isEqualTo("3:10");

        submit(engine, 4, 71, 100, 80);
        assertThat(engine.step()).isEqualTo("3:1 4:20");
        assertThat(engine.waiting()).containsExactly(2L);

        engine.scheduler.cancel(4);
        assertThat(engine.step()).isEqualTo("3:1 2:100");
    }

    private static TestEngine engine(int blocks, Policy policy) {
        return new TestEngine(blocks, policy);
    }

    private void ask(long id, int promptTokens, int sharedTokens) {
        ask(id, SESSION, promptTokens, sharedTokens);
    }

    private void ask(long id, long session, int promptTokens, int sharedTokens) {
        submit(engine, id, session, promptTokens, sharedTokens);
    }

    /// A request with an answer of five tokens.
    private static void submit(
            TestEngine engine, long id, long session, int promptTokens, int sharedTokens) {
        assertThat(
                        engine.submit(
                                new Request(
                                        id,
                                        promptTokens,
                                        5,
                                        Request.PATIENT,
                                        session,
                                        sharedTokens,
                                        PrefixHashes.NONE)))
                .isInstanceOf(Admission.Waiting.class);
    }
}
