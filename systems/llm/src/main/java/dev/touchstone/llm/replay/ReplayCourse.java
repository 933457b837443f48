package dev.touchstone.llm.replay;

import dev.touchstone.telemetry.Series;

/// The course of a replay over time: series of the same windows, all replicas together.
///
/// @param running sequences in the batches, mean of a window
/// @param waiting requests in the queues, mean of a window
/// @param kvOccupancy share of all cache blocks in use, from 0 to 1, mean of a window
/// @param outputTokensPerSecond answer tokens
/// @param ttftP95Seconds of the first tokens that came out in a window; NaN where none did
/// @param itlP99Seconds of the later tokens that came out in a window; NaN where none did
public record ReplayCourse(
        Series running,
        Series waiting,
        Series kvOccupancy,
        Series outputTokensPerSecond,
        Series ttftP95Seconds,
        Series itlP99Seconds) {}
