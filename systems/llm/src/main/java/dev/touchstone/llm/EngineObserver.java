package dev.touchstone.llm;

/// Hears what an engine does, as it does it; telemetry and simulated users listen here. Called on
/// the engine's thread; must not call back into it.
public interface EngineObserver {
    /// Hears nothing.
    EngineObserver NONE = new EngineObserver() {};

    /// A request waited longer than it was willing to.
    default void gaveUp(long nowNanos, Sequence sequence) {}

    /// A request missed a deadline of its [Request.Terms], waiting or running, and is dropped.
    default void expired(long nowNanos, Sequence sequence) {}

    /// A waiting request was taken into the batch.
    default void admitted(long nowNanos, Sequence sequence) {}

    /// A sequence lost its memory and waits to be computed again.
    default void preempted(long nowNanos, Sequence sequence) {}

    /// A sequence's first answer token is out, `nanos` after its arrival.
    default void firstToken(long nowNanos, Sequence sequence, long nanos) {}

    /// A later answer token is out, `nanos` after the one before it: 0 when both come out of one
    /// step, under speculation.
    default void nextToken(long nowNanos, Sequence sequence, long nanos) {}

    /// A sequence's last token is out.
    default void finished(long nowNanos, Sequence sequence) {}

    /// The engine died with this sequence in it, or gave it up because its steps failed.
    default void lost(long nowNanos, Sequence sequence) {}
}
