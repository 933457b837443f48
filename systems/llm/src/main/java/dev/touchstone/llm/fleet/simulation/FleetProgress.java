package dev.touchstone.llm.fleet.simulation;

/// Hears how a simulation is going and may stop it; called four times in a simulated second, on the
/// simulation's thread.
@FunctionalInterface
public interface FleetProgress {
    /// Hears nothing and never stops.
    FleetProgress NONE = (_, _, _) -> true;

    /// @param fraction of the load's span that is over, from 0 to 1
    /// @param running requests in all batches
    /// @param waiting requests in all queues
    /// @return whether to go on
    boolean reached(double fraction, int running, int waiting);
}
