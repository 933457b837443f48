package dev.touchstone.llm.fleet.simulation;

import dev.touchstone.telemetry.Series;

/// A simulation over time, for charts.
///
/// @param requests that came, in one second
/// @param inTime requests that were finished and got what they were promised, in one second
/// @param turnedAway requests that were shed, told to come back, given to the small model or
///   rejected, in one second
/// @param outputTokens put out in one second
/// @param running in all batches
/// @param waiting in all queues
/// @param kvOccupancy share of all caches in use
/// @param replicas that serve or start
/// @param ttftP95 in seconds
/// @param tpotP95 in seconds
public record FleetCourse(
        Series requests,
        Series inTime,
        Series turnedAway,
        Series outputTokens,
        Series running,
        Series waiting,
        Series kvOccupancy,
        Series replicas,
        Series ttftP95,
        Series tpotP95) {}
