package dev.touchstone.llm.replay;

import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.Executor;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.ModelSpec;
import dev.touchstone.llm.RooflineExecutor;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.SchedulerConfig.Exhaustion;
import dev.touchstone.llm.SchedulerConfig.Memory;
import java.util.function.Supplier;

/// What a trace is replayed on. With the prefix cache on, prompts share what the trace says they
/// have in common; a trace that says nothing is replayed without.
///
/// @param replicas engines, all alike
/// @param layout of each one's KV cache
/// @param scheduler policy of each; must preempt when memory runs out
/// @param executors makes the executor of one replica
public record ReplaySettings(
        int replicas,
        KvCacheLayout layout,
        SchedulerConfig scheduler,
        Supplier<Executor> executors) {
    /// Replicas in one replay.
    public static final int MAX_REPLICAS = 1_024;

    /// Memory a GPU keeps for activations and the runtime, beside weights and cache.
    public static final long DEFAULT_SCRATCH_BYTES = 4_000_000_000L;

    public ReplaySettings {
        if (replicas < 1 || replicas > MAX_REPLICAS) {
            throw new IllegalArgumentException(
                    "replicas must be from 1 to %d, got %d".formatted(MAX_REPLICAS, replicas));
        }
        if (scheduler.memory().exhaustion() != Exhaustion.PREEMPT) {
            throw new IllegalArgumentException(
                    "exhaustion is %s, but nobody restarts a dead engine in a replay; use PREEMPT"
                            .formatted(scheduler.memory().exhaustion()));
        }
    }

    /// One replica on one modelled accelerator, as engines of today start, with the prefix cache
    /// on.
    public static ReplaySettings modelled(ModelSpec model, Accelerator accelerator) {
        return new ReplaySettings(
                1,
                KvCacheLayout.remaining(model, accelerator, DEFAULT_SCRATCH_BYTES),
                withPrefixCache(SchedulerConfig.DEFAULT, true),
                () ->
                        new RooflineExecutor(
                                model, accelerator, RooflineExecutor.DEFAULT_UTILISATION));
    }

    public ReplaySettings with(int otherReplicas) {
        return new ReplaySettings(otherReplicas, layout, scheduler, executors);
    }

    public ReplaySettings with(KvCacheLayout other) {
        return new ReplaySettings(replicas, other, scheduler, executors);
    }

    public ReplaySettings with(SchedulerConfig other) {
        return new ReplaySettings(replicas, layout, other, executors);
    }

    /// Whether a trace's prompts share blocks under these settings.
    public boolean sharesPrefixes(Trace trace) {
        return scheduler.memory().prefixCache() && trace.hasPrefixIds();
    }

    /// The same policy with the prefix cache on or off.
    public static SchedulerConfig withPrefixCache(SchedulerConfig config, boolean prefixCache) {
        Memory memory = config.memory();
        return config.with(
                new Memory(
                        memory.reservation(),
                        memory.granuleTokens(),
                        memory.watermark(),
                        memory.projectedCeiling(),
                        memory.exhaustion(),
                        prefixCache,
                        memory.sessionTtl()));
    }
}
