package dev.touchstone.llm.hardware.validation;

import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.SchedulerConfig.Batching;
import dev.touchstone.llm.SchedulerConfig.BatchingMode;
import dev.touchstone.llm.hardware.HostOverhead;
import dev.touchstone.llm.hardware.KernelExecutor;
import dev.touchstone.llm.hardware.ModelArchitecture;
import dev.touchstone.llm.hardware.validation.ServingRun.Server;
import dev.touchstone.llm.replay.ReplaySettings;

/// Servers as they were set up for the measurements.
final class Servers {
    /// What software can use of an H100's memory: 79.6 GiB.
    private static final double H100_BYTES = 85.5e9;

    /// What vLLM and TensorRT-LLM take of a GPU's memory unless told otherwise.
    private static final double SHARE = 0.9;

    /// For activations and the runtime.
    private static final double SCRATCH_BYTES = 3e9;

    /// Tokens in a step on an H100 unless told otherwise.
    static final int DEFAULT_BUDGET = 8_192;

    static final int DEFAULT_SEQUENCES = 1_024;

    private Servers() {}

    /// One on H100s.
    static Server h100(
            ModelArchitecture model, int gpus, Batching batching, KernelExecutor executor) {
        double bytes = gpus * (SHARE * H100_BYTES - SCRATCH_BYTES) - model.spec().weightBytes();
        return of(KvCacheLayout.fitting(model.spec(), (long) bytes), batching, executor);
    }

    static Server of(KvCacheLayout layout, Batching batching, KernelExecutor executor) {
        SchedulerConfig config =
                ReplaySettings.withPrefixCache(SchedulerConfig.DEFAULT.with(batching), true);
        return new Server(layout, config, executor, executor.host().overlapped());
    }

    static Batching batching(int budget, int sequences) {
        return new Batching(BatchingMode.CONTINUOUS, budget, sequences, Integer.MAX_VALUE);
    }

    static HostOverhead host(String engine) {
        return switch (engine) {
            case "vllm" -> HostOverhead.VLLM;
            case "vllm-synchronous" -> HostOverhead.VLLM_SYNCHRONOUS;
            case "trtllm" -> HostOverhead.TENSORRT_LLM;
            case "sglang" -> HostOverhead.SGLANG;
            default ->
                    throw new IllegalArgumentException(
                            "no engine %s; there are vllm, vllm-synchronous, trtllm and sglang"
                                    .formatted(engine));
        };
    }
}
