package dev.touchstone.app.internal.simulate;

import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.Executor;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.ModelSpec;
import dev.touchstone.llm.RooflineExecutor;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.SchedulerConfig.Batching;
import dev.touchstone.llm.SchedulerConfig.BatchingMode;
import dev.touchstone.llm.SchedulerConfig.Exhaustion;
import dev.touchstone.llm.SchedulerConfig.Memory;
import dev.touchstone.llm.SchedulerConfig.Prefill;
import dev.touchstone.llm.SchedulerConfig.Reservation;
import dev.touchstone.llm.hardware.Hardware;
import dev.touchstone.llm.replay.ReplaySettings;
import java.util.Optional;
import java.util.function.Supplier;

/// What a trace is simulated on.
///
/// @param utilisation share of the accelerator's peak arithmetic that is reached, for the roofline
///   model of a step; without it steps are priced kernel by kernel, as measured
/// @param reserveBytes memory of each accelerator that neither weights nor cache may use
/// @param batching how sequences share a step
/// @param chunkedPrefill whether a prompt may be read over several steps
/// @param reservedCache memory is reserved for the longest answer, in pieces of
///   [#RESERVED_PIECE_TOKENS], as it was before paging
/// @param prefixCache whether prompts share what the trace says they have in common
public record SimulationSettings(
        ModelSpec model,
        Accelerator accelerator,
        int replicas,
        Optional<Double> utilisation,
        long reserveBytes,
        Batching batching,
        boolean chunkedPrefill,
        boolean reservedCache,
        boolean prefixCache) {
    /// The context limit of the models for which memory used to be reserved in one piece.
    public static final int RESERVED_PIECE_TOKENS = 2_048;

    /// The cache that one accelerator has room for.
    ///
    /// @throws IllegalArgumentException when it has room for none
    public KvCacheLayout layout() {
        return KvCacheLayout.remaining(model, accelerator, reserveBytes);
    }

    /// Whether new sequences may join at any step.
    public boolean continuousBatching() {
        return batching.mode() == BatchingMode.CONTINUOUS;
    }

    /// The same with another batching.
    public SimulationSettings with(Batching other) {
        return new SimulationSettings(
                model,
                accelerator,
                replicas,
                utilisation,
                reserveBytes,
                other,
                chunkedPrefill,
                reservedCache,
                prefixCache);
    }

    /// The same with other replicas.
    public SimulationSettings with(int otherReplicas) {
        return new SimulationSettings(
                model,
                accelerator,
                otherReplicas,
                utilisation,
                reserveBytes,
                batching,
                chunkedPrefill,
                reservedCache,
                prefixCache);
    }

    /// The same with another model.
    public SimulationSettings with(ModelSpec other) {
        return new SimulationSettings(
                other,
                accelerator,
                replicas,
                utilisation,
                reserveBytes,
                batching,
                chunkedPrefill,
                reservedCache,
                prefixCache);
    }

    /// The same for the replay.
    public ReplaySettings toReplay() {
        var memory =
                new Memory(
                        reservedCache ? Reservation.MAXIMUM : Reservation.NONE,
                        reservedCache ? RESERVED_PIECE_TOKENS : KvCacheLayout.DEFAULT_BLOCK_TOKENS,
                        0,
                        Double.POSITIVE_INFINITY,
                        Exhaustion.PREEMPT,
                        prefixCache,
                        Memory.NEVER);
        var scheduler =
                SchedulerConfig.DEFAULT
                        .with(batching)
                        .with(new Prefill(chunkedPrefill, Integer.MAX_VALUE, Integer.MAX_VALUE))
                        .with(memory);
        return new ReplaySettings(replicas, layout(), scheduler, executors());
    }

    private Supplier<Executor> executors() {
        if (utilisation.isPresent()) {
            return () -> new RooflineExecutor(model, accelerator, utilisation.get());
        }
        Executor shared = Hardware.executor(model, accelerator);
        return () -> shared;
    }
}
