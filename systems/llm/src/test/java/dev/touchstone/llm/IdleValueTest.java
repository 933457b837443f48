package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.llm.Request.Terms;
import dev.touchstone.llm.SchedulerConfig.Eviction;
import dev.touchstone.llm.SchedulerConfig.Tiers;
import dev.touchstone.simulation.EventLoop;
import dev.touchstone.simulation.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The value of an idle session, usually back after 100 ns in one case of two")
class IdleValueTest {
    private final IdleValue value = new IdleValue(Duration.ofNanos(100), 0.5, 1_000);

    @Test
    void is_what_is_usual_for_one_that_never_came_back() {
        assertThat(value.likelihood(0, 0, 0)).isEqualTo(0.5);
        assertThat(value.perToken(0, 0, 0, 0)).isCloseTo(0.5 / (50 + 150), within(1e-12));
    }

    @Test
    void falls_the_longer_it_is_idle() {
        double later = 0.5 * Math.exp(-2);
        assertThat(value.likelihood(0, 0, 200)).isCloseTo(later / (later + 0.5), within(1e-12));
        assertThat(value.likelihood(0, 0, 10_000)).isLessThan(1e-12);
    }

    @Test
    void rises_with_every_return_and_with_their_haste() {
        assertThat(value.likelihood(3, 300, 0)).isCloseTo(4 / 5.0, within(1e-12));
        assertThat(value.perToken(0, 3, 30, 0)).isGreaterThan(value.perToken(0, 3, 300, 0));
    }

    @Test
    void rises_with_the_work_that_a_token_of_a_long_text_is() {
        assertThat(value.perToken(1_000, 0, 0, 0)).isEqualTo(2 * value.perToken(0, 0, 0, 0));
        assertThat(ModelSpec.CHAT_13B.doublingTokens()).isCloseTo(63_477, within(1.0));
    }

    @Test
    void needs_something_to_go_by() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IdleValue(Duration.ZERO, 0.5, 1_000));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IdleValue(Duration.ofNanos(1), 1, 1_000))
                .withMessage("usualReturns must lie between 0 and 1, got 1.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IdleValue(Duration.ofNanos(1), 0.5, 0));
    }

    /// One visitor in four comes back 19 times of 20, the others three times of ten; half of them
    /// think for 18 seconds, half for two minutes.
    @Test
    void saves_a_tenth_of_the_computing_compared_with_keeping_who_was_here_last() {
        long longestIdle = 0;
        long leastValue = 0;
        for (long seed = 0; seed < 3; seed++) {
            longestIdle += computedAgain(seed, Eviction.LONGEST_IDLE);
            leastValue += computedAgain(seed, Eviction.LEAST_VALUE);
        }

        assertThat(leastValue).isPositive();
        assertThat((double) leastValue).isLessThan(0.9 * longestIdle);
    }

    private static long computedAgain(long seed, Eviction eviction) {
        var visitors = new Visitors(seed, eviction);
        visitors.run();
        assertThat(visitors.again).isLessThan(visitors.history);
        return visitors.again;
    }

    /// Conversations with one replica whose pool and host memory hold some of them.
    private static final class Visitors implements EngineObserver {
        private static final int CONVERSATIONS = 1_500;
        private static final double THINK_NANOS = 60e9;

        private final SplittableRandom random;
        private final EventLoop loop = new EventLoop(new VirtualClock(Instant.EPOCH));
        private final LlmEngine engine;
        private final Map<Long, Conversation> conversations = new HashMap<>();
        private long requests;

        /// Tokens of earlier turns that came in again, and those of them computed again.
        private long history;

        private long again;

        private static final class Conversation {
            private final SplittableRandom random;
            private int turns;
            private int tokens;
            private final double meanNanos;

            Conversation(SplittableRandom random) {
                this.random = random;
                meanNanos = THINK_NANOS * (random.nextBoolean() ? 0.3 : 2);
                double returns = random.nextInt(4) == 0 ? 0.95 : 0.3;
                turns = 1;
                while (random.nextDouble() < returns) {
                    turns++;
                }
            }

            long thinkNanos() {
                return (long) (-Math.log(1 - random.nextDouble()) * meanNanos);
            }
        }

        Visitors(long seed, Eviction eviction) {
            random = new SplittableRandom(seed);
            var value = new IdleValue(Duration.ofSeconds(60), 0.7, 63_000);
            var policy =
                    new Policy()
                            .sessions(Duration.ofDays(1))
                            .tiers(new Tiers(200_000, Duration.ofDays(1), eviction, value));
            engine =
                    new LlmEngine(
                            new KvCacheLayout(16, 4_000),
                            policy.config(),
                            new RooflineExecutor(ModelSpec.CHAT_13B, Accelerator.H100, 0.5),
                            this);
        }

        void run() {
            long at = 0;
            for (int i = 1; i <= CONVERSATIONS; i++) {
                at += random.nextLong(2_000_000_000L);
                long key = i;
                conversations.put(key, new Conversation(random.split()));
                loop.at(at, now -> ask(now, key));
            }
            loop.runUntil(Long.MAX_VALUE);
            assertThat(conversations.size()).isZero();
        }

        private void ask(long nowNanos, long key) {
            Conversation conversation = Objects.requireNonNull(conversations.get(key));
            int question = conversation.random.nextInt(50, 400);
            Request request =
                    new Request(
                            ++requests,
                            conversation.tokens + question,
                            100,
                            Request.PATIENT,
                            key,
                            conversation.tokens,
                            PrefixHashes.NONE);
            history += conversation.tokens;
            engine.scheduler().submit(nowNanos, request.with(Terms.USUAL.keepingAnswer()));
            work(nowNanos);
        }

        private void work(long nowNanos) {
            if (engine.stepping()) {
                return;
            }
            long nanos = engine.begin(nowNanos);
            if (nanos != LlmEngine.IDLE) {
                loop.at(
                        nowNanos + nanos,
                        now -> {
                            engine.end(now);
                            work(now);
                        });
            }
        }

        @Override
        public void finished(long nowNanos, Sequence sequence) {
            Request request = sequence.request();
            again += request.sessionTokens() - sequence.cachedTokens();
            long key = request.session();
            Conversation conversation = Objects.requireNonNull(conversations.get(key));
            conversation.tokens = sequence.computed();
            if (--conversation.turns > 0) {
                loop.at(nowNanos + conversation.thinkNanos(), now -> ask(now, key));
            } else {
                conversations.remove(key);
            }
        }
    }
}
