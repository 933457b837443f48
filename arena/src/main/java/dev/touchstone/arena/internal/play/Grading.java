package dev.touchstone.arena.internal.play;

import dev.touchstone.arena.Report;

/// Turns a finished run into its report.
@FunctionalInterface
public interface Grading {
    /// Grades a run.
    Report grade(Played played);
}
