package dev.touchstone.llm.hardware;

/// What a serving engine's own code does for a step on the CPU: scheduling, preparing inputs,
/// taking tokens out. Of the engine, not of the GPU.
///
/// @param stepMicros for each step
/// @param sequenceMicros for each sequence in a step
/// @param overlapped whether this is done while the GPU computes, so that the longer of the two
///   decides; otherwise one waits for the other
public record HostOverhead(double stepMicros, double sequenceMicros, boolean overlapped) {
    /// An engine that costs nothing.
    public static final HostOverhead NONE = new HostOverhead(0, 0, true);

    /// vLLM up to 0.13, which plans a step when the one before is over.
    public static final HostOverhead VLLM_SYNCHRONOUS = shipped("vllm", false);

    /// vLLM from 0.14 on: the same work beside the GPU's.
    public static final HostOverhead VLLM = shipped("vllm", true);

    /// TensorRT-LLM 1.0.
    public static final HostOverhead TENSORRT_LLM = shipped("trtllm", false);

    /// SGLang 0.5.
    public static final HostOverhead SGLANG = shipped("sglang", false);

    public HostOverhead {
        if (!(stepMicros >= 0 && sequenceMicros >= 0)) {
            throw new IllegalArgumentException(
                    "overheads must be at least 0 µs, got %s and %s"
                            .formatted(stepMicros, sequenceMicros));
        }
    }

    /// Microseconds of a step of `sequences` that takes the GPU `gpuMicros`.
    double with(double gpuMicros, int sequences) {
        double host = stepMicros + sequences * sequenceMicros;
        return overlapped ? Math.max(gpuMicros, host) : gpuMicros + host;
    }

    private static HostOverhead shipped(String engine, boolean overlapped) {
        HardwareProfile engines = HardwareProfile.shipped("engines");
        return new HostOverhead(
                engines.number(engine + ".step-us"),
                engines.number(engine + ".sequence-us"),
                overlapped);
    }
}
