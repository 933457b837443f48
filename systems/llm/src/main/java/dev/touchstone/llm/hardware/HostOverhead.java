package dev.touchstone.llm.hardware;

/// What a serving engine's own code adds to the GPU's time: scheduling, preparing inputs, taking
/// tokens out. Of the engine, not of the GPU.
///
/// @param stepMicros of each step
/// @param sequenceMicros of each sequence in a step
/// @param requestMicros from a request's arrival until it can be scheduled, and from its first
///   token until that is sent
public record HostOverhead(double stepMicros, double sequenceMicros, double requestMicros) {
    /// An engine that costs nothing.
    public static final HostOverhead NONE = new HostOverhead(0, 0, 0);

    public HostOverhead {
        if (!(stepMicros >= 0 && sequenceMicros >= 0 && requestMicros >= 0)) {
            throw new IllegalArgumentException(
                    "overheads must be at least 0 µs, got %s, %s and %s"
                            .formatted(stepMicros, sequenceMicros, requestMicros));
        }
    }
}
