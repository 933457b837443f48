package dev.touchstone.llm.hardware;

/// The link between the GPUs that hold one model's parts.
///
/// @param latencyMicros until all GPUs have met for a sum
/// @param bytesPerMicro that one GPU sends while it receives as many
record Interconnect(double latencyMicros, double bytesPerMicro) {
    /// A sum over all GPUs of `bytes` that each holds, in a ring: each sends and receives nearly
    /// twice of it.
    double sumMicros(int gpus, double bytes) {
        return gpus == 1 ? 0 : latencyMicros + 2.0 * (gpus - 1) / gpus * bytes / bytesPerMicro;
    }
}
