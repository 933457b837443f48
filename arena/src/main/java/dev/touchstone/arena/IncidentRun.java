package dev.touchstone.arena;

import dev.touchstone.telemetry.Series;
import java.time.Duration;
import java.util.Map;

/// One run of an incident: a simulated deployment that a player observes and steers.
///
/// Not safe for use by several threads at once; whoever holds a run serialises access to it.
public interface IncidentRun {
    Incident incident();

    long seed();

    /// Does it, letting virtual time pass as far as it costs, or refuses it and changes nothing.
    Outcome act(Action action);

    Observation observe();

    /// Every panel line's series by signal id, from `from` (relative to the page, negative for the
    /// history) up to now. Series times are seconds since the page.
    Map<String, Series> series(Duration from);

    /// Seed and actions so far, consecutive waits merged.
    RunRecord record();

    /// Grades the run.
    ///
    /// @throws IllegalStateException while the run is open
    Report report();
}
