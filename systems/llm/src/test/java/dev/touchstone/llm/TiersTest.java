package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.llm.Request.Terms;
import dev.touchstone.llm.SchedulerConfig.Eviction;
import dev.touchstone.llm.SchedulerConfig.Tiers;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Sessions that keep up to 300 tokens in host memory for 1,000 ns")
class TiersTest {
    private final TestEngine engine = engine(Eviction.LONGEST_IDLE);

    @Test
    void keep_their_answers_if_they_are_to() {
        ask(1, 71, 100, 0);
        engine.finish();
        assertThat(engine.pool.freeBlocks()).isEqualTo(20 - 7);

        ask(2, 71, 150, 104);
        assertThat(engine.step()).isEqualTo("2:46");
    }

    @Test
    void move_to_host_memory_when_their_time_in_the_pool_is_over() {
        ask(1, 71, 100, 0);
        engine.finish();
        engine.nowNanos += 200;
        engine.step();

        assertThat(engine.pool.freeBlocks()).isEqualTo(20);
        assertThat(engine.scheduler.hostTokens()).isEqualTo(104);
    }

    @Test
    void are_read_back_by_the_step_that_needs_them() {
        moved(71, 100);
        ask(2, 71, 150, 104);
        Step step = engine.scheduler.plan(engine.nowNanos);

        assertThat(step.transferredTokens()).isEqualTo(104);
        assertThat(step.tokens(0)).isEqualTo(46);
        assertThat(engine.sequence(2).cachedTokens()).isEqualTo(104);
        assertThat(engine.blocks(2)).hasSize(10);
        assertThat(engine.scheduler.hostTokens()).isZero();
        assertThat(engine.scheduler.plan(engine.nowNanos).transferredTokens())
                .as("by a step after that")
                .isZero();
    }

    @Test
    void move_when_a_running_sequence_needs_their_blocks() {
        ask(1, 71, 100, 0);
        engine.finish();
        engine.submit(2, 16 * 13, 10);
        engine.steps(2);

        assertThat(engine.scheduler.hostTokens()).isEqualTo(104);
        assertThat(engine.scheduler.idleSessionBlocks()).isZero();
    }

    @Test
    void move_when_a_waiting_request_needs_their_blocks() {
        ask(1, 71, 100, 0);
        engine.finish();
        engine.submit(2, 16 * 14, 10);
        ask(3, 71, 150, 104);

        assertThat(engine.step()).isEqualTo("2:224");
        assertThat(engine.scheduler.hostTokens()).isEqualTo(104);
    }

    @Test
    void do_not_move_for_a_request_that_would_not_fit_even_then() {
        engine.submit(1, 16 * 10, 50);
        ask(2, 71, 100, 0);
        engine.steps(6);
        assertThat(engine.running()).containsExactly(1L);
        engine.submit(3, 16 * 15, 10);
        engine.step();

        assertThat(engine.waiting()).containsExactly(3L);
        assertThat(engine.scheduler.idleSessionBlocks()).isEqualTo(7);
    }

    @Test
    void give_way_in_host_memory_to_those_that_come_later() {
        moved(71, 100);
        moved(72, 100);
        moved(73, 100);
        assertThat(engine.scheduler.hostTokens()).isEqualTo(208);

        ask(11, 71, 150, 104);
        ask(12, 73, 120, 104);
        assertThat(engine.step()).isEqualTo("11:150 12:16");
    }

    @Test
    void are_forgotten_when_their_time_in_host_memory_is_over() {
        moved(71, 100);
        engine.nowNanos += 1_000;
        engine.step();

        assertThat(engine.scheduler.hostTokens()).isZero();
    }

    @Test
    void leave_host_memory_when_they_are_closed_or_it_is_taken_away() {
        moved(71, 100);
        moved(72, 100);
        engine.scheduler.closeSession(71);
        assertThat(engine.scheduler.hostTokens()).isEqualTo(104);

        engine.scheduler.reconfigure(policy().config());
        assertThat(engine.scheduler.hostTokens()).isZero();
    }

    @Test
    void that_are_too_large_for_host_memory_are_computed_again() {
        moved(71, 300);

        assertThat(engine.scheduler.hostTokens()).isZero();
        ask(2, 71, 310, 304);
        assertThat(engine.step()).isEqualTo("2:310");
    }

    @Test
    void lose_everything_in_a_crash() {
        moved(71, 100);
        engine.scheduler.crash(engine.nowNanos);

        assertThat(engine.scheduler.hostTokens()).isZero();
        ask(2, 71, 150, 104);
        assertThat(engine.step()).isEqualTo("2:150");
    }

    /// Session 71 has come back five times, at once; 72 and 73 never. All were idle alike.
    @Test
    void stay_if_they_are_known_to_come_back_where_value_decides() {
        TestEngine engine = engine(Eviction.LEAST_VALUE);
        for (int turn = 1; turn <= 6; turn++) {
            ask(engine, turn, 71, 100, 0);
            engine.finish();
        }
        move(engine);
        ask(engine, 12, 72, 100, 0);
        engine.finish();
        move(engine);
        ask(engine, 13, 73, 100, 0);
        engine.finish();
        move(engine);

        ask(engine, 21, 71, 150, 104);
        assertThat(engine.step()).isEqualTo("21:46");
    }

    /// E19 of the capacity sheets: 1,900 tokens of 163,840 bytes.
    @Test
    void are_read_back_ten_times_faster_than_computed_again() {
        var executor = new RooflineExecutor(ModelSpec.CHAT_13B, Accelerator.H100, 0.5, 50e9);
        var computed = new TestEngine(200, new Policy());
        computed.submit(1, 1_900, 5);
        double recompute = executor.execute(computed.scheduler.plan(0)) / 1e6;
        var policy = new Policy().sessions(Duration.ofNanos(100)).tiers(tiers(5_000));
        var kept = new TestEngine(200, policy);
        ask(kept, 1, 71, 1_896, 0);
        kept.finish();
        move(kept);
        ask(kept, 2, 71, 1_901, 1_900);
        Step step = kept.scheduler.plan(kept.nowNanos);
        double base = executor.execute(computed.scheduler.plan(0)) / 1e6;

        assertThat(step.transferredTokens()).isEqualTo(1_900);
        double transfer = ModelSpec.CHAT_13B.transferNanos(1_900, 50e9) / 1e6;
        assertThat(transfer).isCloseTo(6.2, within(0.1));
        assertThat(executor.execute(step) / 1e6).isCloseTo(7.9 + transfer, within(0.2));
        assertThat(recompute).isEqualTo(base).isGreaterThan(15 * transfer);
    }

    @Test
    void cannot_take_less_than_nothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tiers(-1))
                .withMessage("hostTokens and hostTtl must be at least 0, got -1 and PT0.000001S");
    }

    private static Policy policy() {
        return new Policy().sessions(Duration.ofNanos(100));
    }

    private static Tiers tiers(long hostTokens) {
        return new Tiers(
                hostTokens, Duration.ofNanos(1_000), Eviction.LONGEST_IDLE, IdleValue.DEFAULT);
    }

    private static TestEngine engine(Eviction eviction) {
        var value = new IdleValue(Duration.ofNanos(1_000), 0.1, 63_000);
        var tiers = new Tiers(300, Duration.ofNanos(1_000), eviction, value);
        return new TestEngine(20, policy().tiers(tiers));
    }

    /// A session has had an answer, and has then been idle for so long that it left the pool.
    private void moved(long session, int promptTokens) {
        ask(session, session, promptTokens, 0);
        engine.finish();
        move(engine);
    }

    private static void move(TestEngine engine) {
        engine.nowNanos += 150;
        engine.step();
    }

    private void ask(long id, long session, int promptTokens, int sharedTokens) {
        ask(engine, id, session, promptTokens, sharedTokens);
    }

    /// A request with an answer of five tokens, the last of which is not computed.
    private static void ask(
            TestEngine engine, long id, long session, int promptTokens, int sharedTokens) {
        var request =
                new Request(
                        id,
                        promptTokens,
                        5,
                        Request.PATIENT,
                        session,
                        sharedTokens,
                        PrefixHashes.NONE);
        assertThat(engine.submit(request.with(Terms.USUAL.keepingAnswer())))
                .isInstanceOf(Admission.Waiting.class);
    }
}
