package dev.touchstone.llm.cpu;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.Workers;
import dev.touchstone.llm.ElementType;

/// How a model is run on the CPU.
///
/// @param cache how keys and values are kept: FP32, FP16 or FP8
/// @param workers who shares the work
public record CpuSettings(ElementType cache, Workers workers, Kernels kernels) {
    /// Exact keys and values, the caller alone, the fastest kernels there are.
    public static final CpuSettings DEFAULT =
            new CpuSettings(ElementType.FP32, Workers.ALONE, Kernels.best());

    public CpuSettings {
        if (cache != ElementType.FP32 && cache != ElementType.FP16 && cache != ElementType.FP8) {
            throw new IllegalArgumentException(
                    "the CPU keeps keys and values as FP32, FP16 or FP8, not as " + cache);
        }
    }

    public CpuSettings withCache(ElementType type) {
        return new CpuSettings(type, workers, kernels);
    }

    public CpuSettings withWorkers(Workers others) {
        return new CpuSettings(cache, others, kernels);
    }

    public CpuSettings withKernels(Kernels others) {
        return new CpuSettings(cache, workers, others);
    }
}
