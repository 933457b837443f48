package dev.touchstone.app.internal.runs;

import dev.touchstone.arena.Observation.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;

/// A run as a list shows it, read from its journal without playing it.
///
/// @param at virtual time it has come to, relative to the page
/// @param actions things done in it, waiting aside
/// @param score once it has been graded
public record RunSummary(
        RunId id,
        String incident,
        long seed,
        Instant created,
        Phase phase,
        Duration at,
        int actions,
        OptionalInt score) {}
