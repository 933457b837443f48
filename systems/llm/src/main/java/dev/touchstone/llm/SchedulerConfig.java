package dev.touchstone.llm;

import java.time.Duration;

/// The policy of a [Scheduler], in four parts. It can be exchanged while the engine runs.
public record SchedulerConfig(
        Batching batching, Prefill prefill, Memory memory, LongRequests longRequests) {

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
        /// The session that has been idle longest gives up its blocks; when there is none, the
        /// youngest sequence does and is computed again later.
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

    public SchedulerConfig with(Batching other) {
        return new SchedulerConfig(other, prefill, memory, longRequests);
    }

    public SchedulerConfig with(Prefill other) {
        return new SchedulerConfig(batching, other, memory, longRequests);
    }

    public SchedulerConfig with(Memory other) {
        return new SchedulerConfig(batching, prefill, other, longRequests);
    }

    public SchedulerConfig with(LongRequests other) {
        return new SchedulerConfig(batching, prefill, memory, other);
    }

    private static void requireAtLeastOne(String field, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(field + " must be at least 1, got " + value);
        }
    }
}
