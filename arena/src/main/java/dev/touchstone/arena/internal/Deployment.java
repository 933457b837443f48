package dev.touchstone.arena.internal;

import dev.touchstone.arena.Outcome;
import dev.touchstone.telemetry.Telemetry;
import java.util.Map;
import java.util.Optional;

/// The simulated deployment behind a run. Times are nanoseconds since the run's start, which is the
/// start of the history.
///
/// A deployment is a function of its scene and of what is pulled and probed when. Advancing in one
/// step or in many comes to the same; reading changes nothing.
public interface Deployment {
    /// Lets virtual time pass. Never called with a time before the last one.
    void advanceTo(long nanos);

    /// What the panels, the grader and `/metrics` read. Its instruments exist from the beginning.
    Telemetry telemetry();

    /// Why the lever cannot be set to that option now; empty where it can.
    Optional<String> objection(String lever, String option);

    /// Sets a lever, with effect now, and says in one sentence for the log what that did.
    String pull(String lever, String option);

    /// What a probe shows now. The finding's signal is the probe's id.
    Outcome.Finding probe(String probe);

    /// Users hurt since the page; never falls.
    double harm();

    /// Figures by id over the recent past, for facts, rules and evidence; the ids never change.
    Map<String, Double> figures();
}
