package dev.touchstone.arena;

import dev.touchstone.guardrails.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a player knows at a moment. Durations are relative to the page.
///
/// @param left virtual time left to act in
/// @param log what was done so far, oldest first
/// @param changes the change timeline: what others changed before the page and what the player did
/// @param levers the option now in force, by lever id
/// @param signals the ids that may be cited: every panel line, and the findings made so far
/// @param cited the signals cited so far
/// @param harm users hurt so far, since the page
public record Observation(
        Phase phase,
        Duration now,
        Duration left,
        List<LogEntry> log,
        List<Timeline.Change> changes,
        Map<String, String> levers,
        List<Incident.Term> signals,
        Set<String> cited,
        double harm) {

    public Observation {
        log = List.copyOf(log);
        changes = List.copyOf(changes);
        levers = Map.copyOf(levers);
        signals = List.copyOf(signals);
        cited = Set.copyOf(cited);
    }

    /// Where a run stands.
    public enum Phase {
        /// Actions are accepted.
        OPEN,
        /// The player declared; the run can be graded.
        DECLARED,
        /// The clock ran out without a declaration; the run can be graded.
        TIMED_OUT
    }

    /// One action and what came of it.
    public record LogEntry(Action action, Outcome.Done outcome) {}
}
