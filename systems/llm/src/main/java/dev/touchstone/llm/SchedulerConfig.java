package dev.touchstone.llm;

import java.time.Duration;

/// The policy of a [Scheduler], in parts. It can be exchanged while the engine runs.
public record SchedulerConfig(
        Batching batching,
        Prefill prefill,
        Memory memory,
        LongRequests longRequests,
        Contention contention,
        Speculation speculation,
        Tiers tiers) {

    /// Continuous batching over paged memory, as engines of today start: 2,048 tokens a step,
    /// prefill in chunks, preemption by recomputation.
    public static final SchedulerConfig DEFAULT =
            new SchedulerConfig(
                    new Batching(BatchingMode.CONTINUOUS, 2_048, 256, Integer.MAX_VALUE),
                    new Prefill(true, Integer.MAX_VALUE, Integer.MAX_VALUE),
                    new Memory(
                            Reservation.NONE,
                            KvCacheLayout.DEFAULT_BLOCK_TOKENS,
                            0,
                            Double.POSITIVE_INFINITY,
                            Exhaustion.PREEMPT,
                            false,
                            Memory.NEVER),
                    LongRequests.UNLIMITED);

    /// The policy without the parts that are seldom asked for: first come first served, no
    /// speculation, nothing in host memory.
    public SchedulerConfig(
            Batching batching, Prefill prefill, Memory memory, LongRequests longRequests) {
        this(
                batching,
                prefill,
                memory,
                longRequests,
                Contention.DEFAULT,
                Speculation.OFF,
                Tiers.DEVICE_ONLY);
    }

    /// How sequences share a step.
    ///
    /// @param tokenBudget tokens pushed through the model in one step; at least `maxSequences`, so
    ///   that every running sequence can decode
    /// @param maxSequences sequences running at once
    /// @param maxWaiting requests waiting at once; further ones are refused
    public record Batching(BatchingMode mode, int tokenBudget, int maxSequences, int maxWaiting) {
        public Batching {
            requireAtLeastOne("maxSequences", maxSequences);
            requireAtLeastOne("maxWaiting", maxWaiting);
            if (tokenBudget < maxSequences) {
                throw new IllegalArgumentException(
                        "tokenBudget must be at least maxSequences (%d) so that all can decode, got %d"
                                .formatted(maxSequences, tokenBudget));
            }
        }
    }

    /// When new sequences may join.
    public enum BatchingMode {
        /// At any step.
        CONTINUOUS,
        /// Only when the whole previous batch has finished.
        STATIC
    }

    /// How prompts are read.
    ///
    /// @param chunked whether a prompt may be read over several steps; otherwise it is read in one,
    ///   however long, and everyone else waits for that step
    /// @param chunkTokens most tokens of one prompt in one step
    /// @param concurrent most prompts read in one step
    public record Prefill(boolean chunked, int chunkTokens, int concurrent) {
        public Prefill {
            requireAtLeastOne("chunkTokens", chunkTokens);
            requireAtLeastOne("concurrent", concurrent);
        }
    }

    /// How cache memory is handed out.
    ///
    /// @param reservation what a sequence is given when it is admitted
    /// @param granuleTokens memory is handed out in pieces of this many tokens: the block size for
    ///   paged memory; more for contiguous memory in multiples of, say, the context limit, which a
    ///   sequence outgrows only by being copied
    /// @param watermark share of the pool that admission leaves free
    /// @param projectedCeiling share of the pool that all running sequences may fill if each
    ///   reaches its full length; infinite for no such check
    /// @param exhaustion what happens when a running sequence needs memory and there is none
    /// @param prefixCache whether prompts share the blocks of equal prefixes
    /// @param sessionTtl how long an idle session's cache is kept; [#NEVER] keeps none
    public record Memory(
            Reservation reservation,
            int granuleTokens,
            double watermark,
            double projectedCeiling,
            Exhaustion exhaustion,
            boolean prefixCache,
            Duration sessionTtl) {
        /// Sessions keep nothing.
        public static final Duration NEVER = Duration.ZERO;

        public Memory {
            requireAtLeastOne("granuleTokens", granuleTokens);
            if (!(watermark >= 0 && watermark < 1)) {
                throw new IllegalArgumentException(
                        "watermark must be at least 0 and below 1, got " + watermark);
            }
            if (!(projectedCeiling > 0)) {
                throw new IllegalArgumentException(
                        "projectedCeiling must be above 0, got " + projectedCeiling);
            }
        }
    }

    /// What a sequence is given when it is admitted.
    public enum Reservation {
        /// Nothing; blocks follow as tokens are computed.
        NONE,
        /// Room for its prompt.
        PROMPT,
        /// Room for its prompt and the longest answer.
        MAXIMUM
    }

    /// What happens when a running sequence needs memory and there is none.
    public enum Exhaustion {
        /// An idle session gives up its blocks, chosen by [Eviction]; when there is none, a
        /// sequence does, chosen by [Victim], and is computed again later.
        PREEMPT,
        /// The engine dies, as one does that was never taught to give memory back.
        FAIL
    }

    /// A lane for requests that hold much memory for long.
    ///
    /// @param fromTokens prompts of this length or more are long
    /// @param concurrent most long requests and idle long sessions that hold memory at once
    public record LongRequests(int fromTokens, int concurrent) {
        /// No prompt is treated as long.
        public static final LongRequests UNLIMITED =
                new LongRequests(Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    /// Who goes first, and who gives way when there is not enough for all.
    ///
    /// @param order of those that wait
    /// @param victim who gives up memory when a running sequence needs it and no idle session has
    ///   any
    /// @param maxWaitingTokens prompt tokens waiting at once, all requests together; further
    ///   requests are refused, unless no one waits. About the rate of prefill times the longest
    ///   wait that is still of use
    public record Contention(Order order, Victim victim, long maxWaitingTokens) {
        /// First come, first served; the youngest gives way; any number of tokens may wait.
        public static final Contention DEFAULT =
                new Contention(Order.ARRIVAL, Victim.YOUNGEST, Long.MAX_VALUE);

        public Contention {
            if (maxWaitingTokens < 1) {
                throw new IllegalArgumentException(
                        "maxWaitingTokens must be at least 1, got " + maxWaitingTokens);
            }
        }
    }

    /// Who is admitted first.
    public enum Order {
        /// Who came first.
        ARRIVAL,
        /// Who has the lowest [Request.Terms#priority]; among equals, who came first.
        PRIORITY
    }

    /// Which running sequence gives up its memory. Under [Order#PRIORITY] it is one of those with
    /// the highest priority number, however much they have computed.
    public enum Victim {
        /// The one admitted last; under [Order#PRIORITY] the one that came last.
        YOUNGEST,
        /// The one with the fewest tokens computed: the least work is done twice.
        LEAST_COMPUTED
    }

    /// Speculative decoding.
    ///
    /// @param maxDrafts most drafts that a sequence verifies in one step, beside its own token; 0
    ///   switches speculation off. Each takes a token of the budget
    public record Speculation(int maxDrafts) {
        /// One token a step.
        public static final Speculation OFF = new Speculation(0);

        public Speculation {
            if (maxDrafts < 0) {
                throw new IllegalArgumentException(
                        "maxDrafts must be at least 0, got " + maxDrafts);
            }
        }
    }

    /// Where idle sessions keep their keys and values when they may not stay in the pool: because
    /// [Memory#sessionTtl] is over, or because a running sequence needs the room; with host memory
    /// also because a waiting request does.
    ///
    /// The executor brings back what a session has in host memory ([Step#transferredTokens]); one
    /// that cannot, such as a model that runs on the host anyway, needs [#DEVICE_ONLY].
    ///
    /// @param hostTokens tokens that host memory may hold, its bytes by
    ///   [ModelSpec#kvBytesPerToken]; 0 for no such tier: what leaves the pool is computed again
    /// @param hostTtl how long after its last answer a session is kept in host memory
    /// @param eviction whose keys and values go first, from the pool and from host memory
    /// @param value what they are worth, for [Eviction#LEAST_VALUE]
    public record Tiers(long hostTokens, Duration hostTtl, Eviction eviction, IdleValue value) {
        /// The pool alone; who has been idle longest goes first.
        public static final Tiers DEVICE_ONLY =
                new Tiers(0, Duration.ZERO, Eviction.LONGEST_IDLE, IdleValue.DEFAULT);

        public Tiers {
            if (hostTokens < 0 || hostTtl.isNegative()) {
                throw new IllegalArgumentException(
                        "hostTokens and hostTtl must be at least 0, got %d and %s"
                                .formatted(hostTokens, hostTtl));
            }
        }
    }

    /// Which idle session gives way.
    public enum Eviction {
        /// The one that has been idle longest.
        LONGEST_IDLE,
        /// Of the 64 that have been idle longest, the one of least [IdleValue].
        LEAST_VALUE
    }

    public SchedulerConfig with(Batching other) {
        return new SchedulerConfig(
                other, prefill, memory, longRequests, contention, speculation, tiers);
    }

    public SchedulerConfig with(Prefill other) {
        return new SchedulerConfig(
                batching, other, memory, longRequests, contention, speculation, tiers);
    }

    public SchedulerConfig with(Memory other) {
        return new SchedulerConfig(
                batching, prefill, other, longRequests, contention, speculation, tiers);
    }

    public SchedulerConfig with(LongRequests other) {
        return new SchedulerConfig(
                batching, prefill, memory, other, contention, speculation, tiers);
    }

    public SchedulerConfig with(Contention other) {
        return new SchedulerConfig(
                batching, prefill, memory, longRequests, other, speculation, tiers);
    }

    public SchedulerConfig with(Speculation other) {
        return new SchedulerConfig(
                batching, prefill, memory, longRequests, contention, other, tiers);
    }

    public SchedulerConfig with(Tiers other) {
        return new SchedulerConfig(
                batching, prefill, memory, longRequests, contention, speculation, other);
    }

    private static void requireAtLeastOne(String field, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(field + " must be at least 1, got " + value);
        }
    }
}
