package dev.touchstone.llm.replay;

/// Hears how far a replay is and may stop it. Called every thousand steps or so, on the replay's
/// thread.
@FunctionalInterface
public interface ReplayProgress {
    /// Hears nothing and never stops.
    ReplayProgress NONE = _ -> true;

    /// @param fraction of the trace's requests that are finished or refused, from 0 to 1
    /// @return whether to go on
    boolean reached(double fraction);
}
