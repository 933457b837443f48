package dev.touchstone.arena.internal.longcontext;

import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.ModelSpec;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.SchedulerConfig.Batching;
import dev.touchstone.llm.SchedulerConfig.BatchingMode;
import dev.touchstone.llm.SchedulerConfig.Exhaustion;
import dev.touchstone.llm.SchedulerConfig.LongRequests;
import dev.touchstone.llm.SchedulerConfig.Memory;
import dev.touchstone.llm.SchedulerConfig.Prefill;
import dev.touchstone.llm.SchedulerConfig.Reservation;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// Where the levers stand, and what that means to an engine. Each lever's options are words of the
/// incident file; here they become the scheduler's numbers.
record Settings(Map<String, String> options) {
    /// The largest context before documents were allowed; memory was cut to this size.
    static final int OLD_CONTEXT_TOKENS = 2_048;

    /// The largest prompt of a document question.
    static final int NEW_CONTEXT_TOKENS = 32_768;

    private static final int MAX_SEQUENCES = 256;
    private static final int LONG_FROM_TOKENS = 4_096;

    Settings {
        options = Map.copyOf(options);
    }

    Settings with(String lever, String option) {
        Map<String, String> changed = new TreeMap<>(options);
        changed.put(lever, option);
        return new Settings(changed);
    }

    boolean is(String lever, String option) {
        return option.equals(options.get(lever));
    }

    /// Tokens a document question and its answer are cut to, keeping the question's head and tail.
    int contextCapTokens() {
        return switch (option("context-cap")) {
            case "2k" -> OLD_CONTEXT_TOKENS;
            case "8k" -> 8_192;
            case "16k" -> 16_384;
            default -> NEW_CONTEXT_TOKENS;
        };
    }

    /// Share of the answer lengths asked for that is granted.
    double outputShare() {
        return is("max-output", "half") ? 0.5 : 1;
    }

    boolean paged() {
        return is("kv-allocation", "paged");
    }

    boolean poolsByLength() {
        return is("pools", "by-length");
    }

    boolean prefixCache() {
        return is("prefix-cache", "on");
    }

    /// Share of the traffic per GPU that is left once the fleet has grown.
    double trafficShare() {
        return is("gpus", "plus-1") ? 8.0 / 9 : 1;
    }

    ModelSpec model() {
        ModelSpec model = is("distil", "7b") ? ModelSpec.CHAT_7B : ModelSpec.CHAT_13B;
        return is("kv-type", "fp8") ? model.withKvType(ElementType.FP8) : model;
    }

    /// The engine's policy. Memory is reserved in pieces of the old context limit and never given
    /// back early, until paging is switched on.
    ///
    /// @param admitsUnseen whether the paged engine lets prompts in before there is room for them
    SchedulerConfig scheduler(double reservedWatermark, boolean admitsUnseen) {
        int budget = Integer.parseInt(option("prefill-chunk"));
        var memory =
                paged()
                        ? new Memory(
                                admitsUnseen ? Reservation.NONE : Reservation.PROMPT,
                                KvCacheLayout.DEFAULT_BLOCK_TOKENS,
                                0.02,
                                Double.POSITIVE_INFINITY,
                                Exhaustion.PREEMPT,
                                prefixCache(),
                                prefixCache() ? Memory.NEVER : sessionTtl())
                        : new Memory(
                                Reservation.PROMPT,
                                OLD_CONTEXT_TOKENS,
                                reservedWatermark,
                                Double.POSITIVE_INFINITY,
                                Exhaustion.FAIL,
                                false,
                                sessionTtl());
        return new SchedulerConfig(
                new Batching(BatchingMode.CONTINUOUS, budget, MAX_SEQUENCES, 10_000),
                prefill(budget),
                memory,
                longLane());
    }

    /// One prompt at a time as long as a step takes a whole short prompt; with smaller steps a long
    /// prompt leaves a quarter of each to others, or they would wait for all of it.
    private static Prefill prefill(int budget) {
        return budget >= OLD_CONTEXT_TOKENS
                ? new Prefill(true, budget, 1)
                : new Prefill(true, budget * 3 / 4, 2);
    }

    private LongRequests longLane() {
        String lane = option("long-lane");
        return lane.equals("off")
                ? LongRequests.UNLIMITED
                : new LongRequests(LONG_FROM_TOKENS, Integer.parseInt(lane));
    }

    private Duration sessionTtl() {
        String ttl = option("idle-eviction");
        return ttl.equals("off") ? Duration.ofDays(1) : Duration.parse("PT" + ttl);
    }

    private String option(String lever) {
        return options.getOrDefault(lever, "off");
    }
}
