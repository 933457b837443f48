package dev.touchstone.llm.fleet.simulation;

/// Hears how far a simulation is and may stop it; called four times in a simulated second, on the
/// simulation's thread.
@FunctionalInterface
public interface FleetProgress {
    /// Hears nothing and never stops.
    FleetProgress NONE = _ -> true;

    /// @param fraction of the load's span that is over, from 0 to 1
    /// @return whether to go on
    boolean reached(double fraction);
}
