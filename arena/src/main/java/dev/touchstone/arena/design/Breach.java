package dev.touchstone.arena.design;

import java.time.Duration;
import java.util.Optional;

/// A limit that a fleet went beyond.
///
/// @param at when, after the start; empty for what only the whole run shows
/// @param value its worst over the run, in the limit's unit
/// @param limit beyond which it counts as broken; for [Kind#SHORTENED] below which
public record Breach(Kind kind, Optional<Duration> at, double value, double limit) {
    /// What can break.
    public enum Kind {
        /// Seconds to the first token, at p95.
        TTFT,
        /// Seconds from token to token, at p95.
        TPOT,
        /// Requests that wait, for one that runs.
        QUEUE,
        /// Share of the memory for keys and values in use.
        MEMORY,
        /// Share of the requests that got no answer, or the small model's.
        LOST,
        /// Tokens of an answer, for one that the user would have got.
        SHORTENED,
        /// Dollars for a million tokens.
        COST
    }
}
