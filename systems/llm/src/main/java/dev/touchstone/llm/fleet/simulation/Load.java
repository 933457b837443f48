package dev.touchstone.llm.fleet.simulation;

import java.time.Duration;

/// Who asks a fleet for what, and when.
public sealed interface Load permits SessionLoad, TraceLoad {
    /// For how long requests come; the fleet then finishes what it has.
    Duration span();
}
