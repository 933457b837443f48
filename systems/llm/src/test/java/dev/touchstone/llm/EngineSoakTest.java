package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.llm.Request.Terms;
import dev.touchstone.llm.SchedulerConfig.Batching;
import dev.touchstone.llm.SchedulerConfig.BatchingMode;
import dev.touchstone.llm.SchedulerConfig.Eviction;
import dev.touchstone.llm.SchedulerConfig.Memory;
import dev.touchstone.llm.SchedulerConfig.Tiers;
import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.Seeds;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("An engine after an hour of trouble")
class EngineSoakTest {
    private static final long SECOND = 1_000_000_000;
    private static final long HOUR = 3_600 * SECOND;
    private static final long TTL = 120 * SECOND;
    private static final int MOST_RUNNING = 32;
    private static final int SESSIONS = 300;
    private static final KvCacheLayout LAYOUT = new KvCacheLayout(16, 900);
    private static final Tiers TIERS =
            new Tiers(20_000, Duration.ofSeconds(60), Eviction.LEAST_VALUE, IdleValue.DEFAULT);

    @ParameterizedTest(name = "seed {0}")
    @Seeds(3)
    void has_given_everything_back(long seed) {
        var soak = new Soak(seed);

        soak.run(HOUR);

        assertThat(soak.submitted).isGreaterThan(20_000);
        assertThat(soak.preempted).isPositive();
        assertThat(soak.cancelled).isPositive();
        assertThat(soak.lost).isPositive();
        assertThat(soak.ended()).isEqualTo(soak.submitted);
        Scheduler scheduler = soak.engine.scheduler();
        assertThat(scheduler.running()).isZero();
        assertThat(scheduler.waiting()).isZero();
        assertThat(scheduler.waitingTokens()).isZero();
        assertThat(scheduler.openSessions()).isZero();
        assertThat(scheduler.idleSessionBlocks()).isZero();
        assertThat(scheduler.hostTokens()).isZero();
        assertThat(soak.engine.pool().freeBlocks()).isEqualTo(LAYOUT.blockCount());
        assertThat(soak.mostSessions).isLessThanOrEqualTo(SESSIONS);
        // The last step's arrays are reused and may still name who was in it.
        assertThat(soak.remembered()).isLessThanOrEqualTo(2 * MOST_RUNNING);
    }

    /// Requests of conversations and of strangers, cancellations, failing steps, preemptions,
    /// crashes.
    private static final class Soak implements EngineObserver {
        private final SplittableRandom random;
        private final List<WeakReference<Sequence>> over = new ArrayList<>();
        private final LlmEngine engine;
        private long nowNanos;
        private int submitted;
        private int refused;
        private int finished;
        private int preempted;
        private int cancelled;
        private int lost;
        private int late;
        private int mostSessions;

        Soak(long seed) {
            random = new SplittableRandom(seed);
            SchedulerConfig usual = SchedulerConfig.DEFAULT;
            Memory memory = usual.memory();
            var config =
                    usual.with(new Batching(BatchingMode.CONTINUOUS, 512, MOST_RUNNING, 200))
                            .with(
                                    new Memory(
                                            memory.reservation(),
                                            memory.granuleTokens(),
                                            memory.watermark(),
                                            memory.projectedCeiling(),
                                            memory.exhaustion(),
                                            true,
                                            Duration.ofNanos(TTL)))
                            .with(TIERS);
            engine = new LlmEngine(LAYOUT, config, this::execute, this);
        }

        private long execute(Step step) {
            if (random.nextInt(2_000) == 0) {
                throw new IllegalStateException("a step fails");
            }
            return 20_000_000 + 20_000L * step.tokens();
        }

        void run(long nanos) {
            while (nowNanos < nanos) {
                disturb();
                step();
            }
            // Nobody comes any more; what is kept for those who might is forgotten in time.
            long quiet = nowNanos + 2 * TTL;
            while (nowNanos < quiet || engine.scheduler().running() > 0) {
                step();
            }
        }

        private void step() {
            long took = LlmEngine.IDLE;
            try {
                took = engine.begin(nowNanos);
            } catch (IllegalStateException e) {
                engine.recover(nowNanos, 2);
            }
            nowNanos += took == LlmEngine.IDLE ? SECOND / 10 : took;
            if (engine.stepping()) {
                if (random.nextInt(3_000) == 0) {
                    engine.recover(nowNanos, 0);
                } else {
                    engine.end(nowNanos);
                }
            }
            mostSessions = Math.max(mostSessions, engine.scheduler().openSessions());
        }

        private void disturb() {
            while (random.nextInt(100) < 25) {
                submit();
            }
            if (random.nextInt(40) == 0) {
                cancelled += engine.scheduler().cancel(submitted - random.nextInt(40)) ? 1 : 0;
            }
            if (random.nextInt(100) == 0) {
                engine.scheduler().preempt(nowNanos, submitted - random.nextInt(40));
            }
            if (random.nextInt(20_000) == 0) {
                engine.crash(nowNanos);
            }
        }

        private void submit() {
            int prompt = random.nextInt(1, random.nextInt(20) == 0 ? 9_000 : 900);
            boolean talk = random.nextInt(3) == 0;
            long family = random.nextInt(50);
            submitted++;
            var request =
                    new Request(
                            submitted,
                            prompt,
                            random.nextInt(1, 150),
                            random.nextInt(5) == 0 ? 10 * SECOND : Request.PATIENT,
                            talk ? 1 + random.nextInt(SESSIONS) : 0,
                            talk ? random.nextInt(prompt) : 0,
                            block -> RandomStreams.mix(1_000 * family + block) | 1,
                            random.nextInt(10) == 0
                                    ? Terms.USUAL.withDeadlines(20 * SECOND, 30 * SECOND)
                                    : Terms.USUAL);
            if (engine.scheduler().submit(nowNanos, request) instanceof Admission.Refused) {
                refused++;
            }
        }

        int ended() {
            return refused + finished + cancelled + lost + late;
        }

        /// Sequences that are over and still in somebody's hands.
        long remembered() {
            System.gc();
            return over.stream().filter(reference -> reference.get() != null).count();
        }

        @Override
        public void finished(long nowNanos, Sequence sequence) {
            finished++;
            over.add(new WeakReference<>(sequence));
        }

        @Override
        public void preempted(long nowNanos, Sequence sequence) {
            preempted++;
        }

        @Override
        public void gaveUp(long nowNanos, Sequence sequence) {
            late++;
            over.add(new WeakReference<>(sequence));
        }

        @Override
        public void expired(long nowNanos, Sequence sequence) {
            late++;
            over.add(new WeakReference<>(sequence));
        }

        @Override
        public void lost(long nowNanos, Sequence sequence) {
            lost++;
            over.add(new WeakReference<>(sequence));
        }
    }
}
