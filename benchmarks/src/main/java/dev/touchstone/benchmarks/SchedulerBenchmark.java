package dev.touchstone.benchmarks;

import dev.touchstone.llm.Admission;
import dev.touchstone.llm.EngineObserver;
import dev.touchstone.llm.KvBlockPool;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.PrefixHashes;
import dev.touchstone.llm.Request;
import dev.touchstone.llm.Scheduler;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.SchedulerConfig.Batching;
import dev.touchstone.llm.SchedulerConfig.BatchingMode;
import dev.touchstone.llm.SchedulerConfig.Exhaustion;
import dev.touchstone.llm.SchedulerConfig.LongRequests;
import dev.touchstone.llm.SchedulerConfig.Memory;
import dev.touchstone.llm.SchedulerConfig.Prefill;
import dev.touchstone.llm.SchedulerConfig.Reservation;
import dev.touchstone.llm.Sequence;
import dev.touchstone.llm.Step;
import dev.touchstone.simulation.RandomStreams;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// One step of an engine with 1,000 running and 4,000 waiting sequences, whose prompts have 100 to
/// 2,000 tokens and share the first 500.
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 5, jvmArgsAppend = "-XX:+UseSerialGC")
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class SchedulerBenchmark {
    private static final int RUNNING = 1_000;
    private static final int WAITING = 4_000;
    private static final int TOKEN_BUDGET = 4_096;
    private static final int BLOCKS = 200_000;
    private static final int SHORTEST_PROMPT = 100;
    private static final int LONGEST_PROMPT = 2_000;
    private static final int SHARED_TOKENS = 500;
    private static final long STEP_NANOS = 20_000_000;

    /// A plan alone. What is not carried out changes nothing, so each call decides the same step.
    @Benchmark
    public Step plan(Standing engine) {
        return engine.scheduler.plan(engine.nowNanos);
    }

    /// A plan, carried out, and a new request for each one that finishes: admission, memory and the
    /// requests themselves included.
    @Benchmark
    public int step(Flowing engine) {
        return engine.step();
    }

    /// What the plan has to deal with.
    public enum Load {
        /// All running sequences decode; as many run as may.
        DECODE,
        /// One in ten running sequences reads its prompt.
        MIXED,
        /// All decode; the next in the queue may join, its prefix is looked up, and there is no
        /// room for it.
        QUEUED,
        /// All decode; all that wait are long, and the lane for long requests is full.
        LANE
    }

    /// An engine at one moment, with answers that do not end.
    @State(Scope.Thread)
    public static class Standing extends Engine {
        @Param({"DECODE", "MIXED", "QUEUED", "LANE"})
        public Load load = Load.DECODE;

        public Standing() {
            super(1 << 16, 1 << 16);
        }

        @Setup
        public void fill() {
            fill(RUNNING + WAITING);
            while (generated(0) < RUNNING) {
                step();
            }
            switch (load) {
                case DECODE -> {}
                case MIXED -> {
                    int readers = RUNNING / 10;
                    scheduler.reconfigure(
                            config(RUNNING, (TOKEN_BUDGET - RUNNING) / readers, 0.01));
                    for (int i = 0; i < readers; i++) {
                        scheduler.cancel(scheduler.running(9 * i).request().id());
                    }
                    fill(readers);
                    step();
                }
                case QUEUED -> scheduler.reconfigure(config(RUNNING + 1, Integer.MAX_VALUE, 0.99));
                case LANE ->
                        scheduler.reconfigure(
                                config(RUNNING + 1, Integer.MAX_VALUE, 0.01)
                                        .with(new LongRequests(SHORTEST_PROMPT, 1)));
            }
            if (scheduler.running() != RUNNING || scheduler.waiting() != WAITING) {
                throw new IllegalStateException(
                        "%d run and %d wait".formatted(scheduler.running(), scheduler.waiting()));
            }
        }

        /// Running sequences with more than so many answer tokens.
        private int generated(int more) {
            int count = 0;
            for (int i = 0; i < scheduler.running(); i++) {
                count += scheduler.running(i).generated() > more ? 1 : 0;
            }
            return count;
        }
    }

    /// An engine in steady operation: answers have 50 to 800 tokens.
    @State(Scope.Thread)
    public static class Flowing extends Engine {
        public Flowing() {
            super(50, 800);
        }

        @Setup
        public void fill() {
            fill(RUNNING + WAITING);
            for (int i = 0; i < 2_000; i++) {
                step();
            }
        }
    }

    /// A scheduler and what submits to it.
    public static class Engine {
        final Scheduler scheduler =
                new Scheduler(
                        new KvBlockPool(
                                new KvCacheLayout(KvCacheLayout.DEFAULT_BLOCK_TOKENS, BLOCKS)),
                        config(RUNNING, Integer.MAX_VALUE, 0.01),
                        new EngineObserver() {
                            @Override
                            public void finished(long nowNanos, Sequence sequence) {
                                finished++;
                            }
                        });
        private final RandomGenerator random = new RandomStreams(1).stream("requests");
        private final int shortestAnswer;
        private final int longestAnswer;
        private long requests;
        private int finished;
        long nowNanos;

        Engine(int shortestAnswer, int longestAnswer) {
            this.shortestAnswer = shortestAnswer;
            this.longestAnswer = longestAnswer;
        }

        static SchedulerConfig config(int maxSequences, int chunkTokens, double watermark) {
            return new SchedulerConfig(
                    new Batching(
                            BatchingMode.CONTINUOUS, TOKEN_BUDGET, maxSequences, Integer.MAX_VALUE),
                    new Prefill(true, chunkTokens, Integer.MAX_VALUE),
                    new Memory(
                            Reservation.NONE,
                            KvCacheLayout.DEFAULT_BLOCK_TOKENS,
                            watermark,
                            Double.POSITIVE_INFINITY,
                            Exhaustion.PREEMPT,
                            true,
                            Memory.NEVER),
                    LongRequests.UNLIMITED);
        }

        int step() {
            Step step = scheduler.plan(nowNanos);
            nowNanos += STEP_NANOS;
            scheduler.complete(nowNanos, step);
            fill(finished);
            finished = 0;
            return step.tokens();
        }

        /// Submits so many requests more.
        void fill(int count) {
            for (int i = 0; i < count; i++) {
                Request request = request(++requests);
                if (scheduler.submit(nowNanos, request) instanceof Admission.Refused refused) {
                    throw new IllegalStateException(refused.reason());
                }
            }
        }

        private Request request(long id) {
            int sharedBlocks = SHARED_TOKENS / KvCacheLayout.DEFAULT_BLOCK_TOKENS;
            PrefixHashes prefix =
                    index ->
                            index < sharedBlocks
                                    ? RandomStreams.mix(index + 1)
                                    : RandomStreams.mix(id << 20 | index);
            return new Request(
                    id,
                    random.nextInt(SHORTEST_PROMPT, LONGEST_PROMPT + 1),
                    random.nextInt(shortestAnswer, longestAnswer + 1),
                    Request.PATIENT,
                    0,
                    0,
                    prefix);
        }
    }
}
