package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.llm.SchedulerConfig.LongRequests;
import dev.touchstone.testkit.Allocation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A scheduler with 1,000 running and 4,000 waiting sequences allocates nothing")
class PlanningAllocationTest {
    private static final int RUNNING = 1_000;
    private static final int WAITING = 4_000;
    private static final int BUDGET = 4_096;

    private final KvBlockPool pool = new KvBlockPool(new KvCacheLayout(16, 20_000));
    private final Scheduler scheduler =
            new Scheduler(pool, policy(RUNNING).config(), EngineObserver.NONE);
    private long nowNanos;

    PlanningAllocationTest() {
        for (int id = 0; id < RUNNING + WAITING; id++) {
            int[] own = Prompts.range(100 * id, 100 * id + 52);
            PrefixHashes hashes = Prompts.hashes(16, Prompts.joined(Prompts.range(-48, 0), own));
            scheduler.submit(nowNanos, TestEngine.request(id, 100, 200, hashes));
        }
        while (scheduler.running() < RUNNING || !scheduler.running(RUNNING - 1).decoding()) {
            step();
        }
    }

    @Test
    void for_a_plan_in_which_all_decode() {
        assertThat(scheduler.plan(nowNanos).decodes()).isEqualTo(RUNNING);

        assertThat(Allocation.bytes(this::plan)).isZero();
    }

    @Test
    void for_a_plan_in_which_some_read_their_prompts() {
        scheduler.reconfigure(policy(RUNNING).chunk(32).config());
        for (int i = 0; i < 100; i++) {
            scheduler.cancel(scheduler.running(9 * i).request().id());
            scheduler.submit(nowNanos, Request.of(10_000 + i, 100, 100));
        }
        step();
        Step step = scheduler.plan(nowNanos);
        assertThat(step.size() - step.decodes()).isGreaterThan(50);

        assertThat(Allocation.bytes(this::plan)).isZero();
    }

    @Test
    void for_a_plan_in_which_the_next_in_the_queue_finds_no_room() {
        scheduler.reconfigure(policy(RUNNING + 1).watermark(0.99).config());
        assertThat(scheduler.plan(nowNanos).decodes()).isEqualTo(RUNNING);

        assertThat(Allocation.bytes(this::plan)).isZero();
        assertThat(scheduler.running()).isEqualTo(RUNNING);
    }

    @Test
    void for_a_plan_in_which_all_that_wait_are_long_and_their_lane_is_full() {
        scheduler.reconfigure(policy(RUNNING + 1).config().with(new LongRequests(100, 1)));
        assertThat(scheduler.plan(nowNanos).decodes()).isEqualTo(RUNNING);

        assertThat(Allocation.bytes(this::plan)).isZero();
        assertThat(scheduler.running()).isEqualTo(RUNNING);
    }

    @Test
    void for_steps_in_which_nobody_comes_or_goes() {
        int free = pool.freeBlocks();

        assertThat(Allocation.bytes(this::fiftySteps)).isZero();
        assertThat(pool.freeBlocks()).as("blocks were taken all the same").isLessThan(free);
    }

    private static Policy policy(int sequences) {
        return new Policy().sequences(sequences).budget(BUDGET).prefixCache();
    }

    private void plan() {
        scheduler.plan(nowNanos);
    }

    private void step() {
        scheduler.complete(++nowNanos, scheduler.plan(nowNanos));
    }

    private void fiftySteps() {
        for (int i = 0; i < 50; i++) {
            step();
        }
    }
}
