package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.touchstone.llm.SchedulerConfig.Reservation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A scheduler, as it hands out 16-token blocks")
class MemoryTest {
    @ParameterizedTest(name = "{0}: {1} blocks of a prompt of 40 tokens after a first chunk of 16")
    @CsvSource({"NONE, 1", "PROMPT, 3", "MAXIMUM, 5"})
    void reserves_what_it_is_told_to(Reservation reservation, int blocks) {
        var engine = new TestEngine(100, new Policy().chunk(16).reserve(reservation));
        engine.submit(1, 40, 30);
        engine.step();

        assertThat(engine.blocks(1)).hasSize(blocks);
    }

    @Test
    void grows_block_by_block() {
        var engine = new TestEngine(100, new Policy());
        engine.submit(1, 16, 20);
        engine.step();
        assertThat(engine.blocks(1)).hasSize(1);
        engine.step();
        assertThat(engine.blocks(1)).hasSize(2);
        engine.steps(15);
        assertThat(engine.blocks(1)).hasSize(2);
    }

    @Test
    void hands_out_contiguous_memory_in_whole_pieces() {
        var engine = new TestEngine(100, new Policy().granule(64));
        engine.submit(1, 10, 30);
        engine.step();

        assertThat(engine.blocks(1)).hasSize(4);
    }

    /// A piece of four blocks is copied into one of eight: that takes eight free blocks beside it.
    @ParameterizedTest(name = "with {0} blocks in all: {1}")
    @CsvSource({"12, 1:1", "11, out of memory"})
    void copies_a_contiguous_piece_that_is_outgrown(int blocks, String plan) {
        var engine =
                new TestEngine(
                        blocks,
                        new Policy().reserve(Reservation.PROMPT).granule(64).failWhenFull());
        engine.submit(1, 60, 20);
        engine.steps(5);
        assertThat(engine.blocks(1)).hasSize(4);

        assertThat(engine.step()).isEqualTo(plan);
    }

    @Test
    void starts_over_in_a_larger_piece_where_there_is_no_room_to_copy() {
        var engine = new TestEngine(11, new Policy().reserve(Reservation.PROMPT).granule(64));
        engine.submit(1, 60, 20);
        engine.steps(5);

        assertThat(engine.step()).isEqualTo("1:65");
        engine.finish();
        assertThat(engine.diary()).contains("1 preempted", "1 finished with 20");
    }

    @Test
    void ends_a_sequence_that_fills_more_than_half_of_contiguous_memory() {
        var engine = new TestEngine(12, new Policy().chunk(20).granule(32));
        engine.submit(1, 150, 10);
        engine.finish();

        assertThat(engine.diary()).contains("1 finished with 10");
    }

    @Test
    void lets_others_go_on_while_it_dies() {
        var engine = new TestEngine(4, new Policy().failWhenFull());
        engine.submit(1, 32, 20);
        engine.submit(2, 30, 20);
        engine.step();

        assertThat(engine.step()).isEqualTo("2:1 out of memory");
    }

    @Test
    void dies_when_it_is_full_and_may_not_take_memory_back() {
        var engine = full(new Policy().failWhenFull());

        assertThat(engine.step()).isEqualTo("out of memory");
        assertThat(engine.running()).containsExactly(1L, 2L);
    }

    /// vLLM's test_scheduler: preemption by recomputation.
    @Test
    void takes_the_youngest_sequences_memory_when_it_is_full() {
        var engine = full(new Policy());

        assertThat(engine.step()).isEqualTo("1:1");
        assertThat(engine.diary()).contains("2 preempted");
        assertThat(engine.running()).containsExactly(1L);
        assertThat(engine.waiting()).containsExactly(2L, 3L);
        Sequence preempted = engine.scheduler.waiting(0);
        assertThat(preempted.computed()).isZero();
        assertThat(preempted.blocks()).isZero();
        assertThat(preempted.generated()).isEqualTo(1);
        assertThat(preempted.preemptions()).isEqualTo(1);
    }

    @Test
    void computes_a_preempted_sequence_again_and_gives_it_its_remaining_tokens() {
        var engine = full(new Policy());
        engine.step();
        engine.scheduler.cancel(1);

        assertThat(engine.step()).isEqualTo("2:81 3:19");
        engine.finish();
        assertThat(engine.diary()).contains("2 finished with 20", "3 finished with 20");
        assertThat(engine.pool.freeBlocks()).isEqualTo(10);
    }

    @Test
    void admits_no_one_in_a_step_in_which_it_took_memory_back() {
        var engine = full(new Policy());
        engine.submit(4, 1, 1);

        assertThat(engine.step()).isEqualTo("1:1");
        assertThat(engine.step()).isEqualTo("1:1");
        assertThat(engine.waiting()).containsExactly(2L, 3L, 4L);
    }

    @Test
    void leaves_the_watermark_free_for_those_that_run() {
        var engine = new TestEngine(10, new Policy().reserve(Reservation.PROMPT).watermark(0.2));
        engine.submit(1, 16 * 4, 40);
        engine.submit(2, 16 * 4, 40);
        engine.submit(3, 1, 1);
        engine.step();
        assertThat(engine.running()).containsExactly(1L, 2L);

        engine.step();
        assertThat(engine.running()).containsExactly(1L, 2L);
        assertThat(engine.pool.freeBlocks()).isZero();
    }

    @Test
    void keeps_what_all_may_come_to_need_below_the_ceiling() {
        var engine = new TestEngine(10, new Policy().ceiling(0.8));
        engine.submit(1, 16, 64);
        engine.submit(2, 16, 32);
        engine.submit(3, 16, 16);
        engine.step();
        assertThat(engine.running()).containsExactly(1L, 2L);

        engine.scheduler.cancel(2);
        engine.step();
        assertThat(engine.running()).containsExactly(1L, 3L);
    }

    @Test
    void refuses_what_the_ceiling_would_keep_out_for_ever() {
        var engine = new TestEngine(10, new Policy().ceiling(0.5));

        assertThat(engine.submit(1, 16, 64)).isInstanceOf(Admission.Waiting.class);
        assertThat(engine.submit(2, 16, 65))
                .isEqualTo(
                        new Admission.Refused(
                                Admission.Cause.NEVER_FITS,
                                "request 2 needs 6 cache blocks of 16 tokens but only 5 can be"
                                        + " handed out; shorten the prompt or lower max_tokens"));
    }

    @Test
    void keeps_its_ceiling_when_pieces_change_size() {
        var engine = new TestEngine(10, new Policy().ceiling(1).granule(64));
        engine.submit(1, 10, 2);
        engine.step();
        engine.scheduler.reconfigure(new Policy().ceiling(1).config());
        engine.finish();
        engine.submit(2, 100, 40);
        engine.submit(3, 10, 15);
        engine.step();

        assertThat(engine.running()).containsExactly(2L);
    }

    @Test
    void runs_a_request_alone_that_tighter_limits_would_keep_out_for_ever() {
        var engine = new TestEngine(10, new Policy());
        engine.submit(1, 150, 10);
        engine.scheduler.reconfigure(
                new Policy().reserve(Reservation.MAXIMUM).watermark(0.5).ceiling(0.5).config());

        assertThat(engine.step()).isEqualTo("1:150");
    }

    @Test
    void cannot_leave_everything_free_or_fill_nothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Policy().watermark(1).config())
                .withMessage("watermark must be at least 0 and below 1, got 1.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Policy().ceiling(0).config())
                .withMessage("projectedCeiling must be above 0, got 0.0");
    }

    /// Two sequences own all ten blocks and the older one is about to need another. A third waits.
    private static TestEngine full(Policy policy) {
        var engine = new TestEngine(10, policy.budget(100));
        engine.submit(1, 79, 20);
        engine.submit(2, 80, 20);
        assertThat(engine.step()).isEqualTo("1:79 2:21");
        assertThat(engine.step()).isEqualTo("1:1 2:59");
        engine.submit(3, 79, 20);
        assertThat(engine.pool.freeBlocks()).isZero();
        assertThat(engine.running()).containsExactly(1L, 2L);
        return engine;
    }
}
