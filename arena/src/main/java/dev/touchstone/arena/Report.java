package dev.touchstone.arena;

import dev.touchstone.telemetry.Series;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A graded run. Every point names what earned or lost it; durations are relative to the page.
///
/// @param variant which version of the incident the seed chose, by its title
/// @param score 0 to 100, after fatal actions have capped it
/// @param fatal fatal actions taken; the lowest cap among them holds
/// @param runs the player's run, an expert's and nobody acting, in this order, on the same seed
/// @param debrief what happened and what to take from it, a paragraph each
/// @param facts the figures before, during and at the end of the player's run
/// @param hash the event log's SHA-256: equal for equal seed and actions
public record Report(
        String incident,
        long seed,
        String variant,
        int score,
        List<Dimension> dimensions,
        List<Fatal> fatal,
        List<Run> runs,
        List<String> debrief,
        List<Fact> facts,
        String hash) {

    public Report {
        dimensions = List.copyOf(dimensions);
        fatal = List.copyOf(fatal);
        runs = List.copyOf(runs);
        debrief = List.copyOf(debrief);
        facts = List.copyOf(facts);
    }

    /// One dimension of the grade: harm, order, cause, evidence, communication, waste.
    public record Dimension(
            String id, String title, double points, double max, List<Verdict> verdicts) {
        public Dimension {
            verdicts = List.copyOf(verdicts);
        }
    }

    /// One judged point.
    ///
    /// @param text what was judged and why it came out so
    /// @param at the event that decided it, where there is one
    public record Verdict(double points, double max, String text, Optional<Duration> at) {}

    /// A fatal action and the highest score it leaves possible.
    public record Fatal(String title, String why, Duration at, int cap) {}

    /// One of the runs laid over one another.
    ///
    /// @param harm users hurt between the page and the end of the clock
    /// @param harmOverTime the same, accumulating
    /// @param signals every panel line's series by signal id, whole clock and history
    /// @param marks what was done and when
    public record Run(
            String name,
            double harm,
            Series harmOverTime,
            Map<String, Series> signals,
            List<Mark> marks) {
        public Run {
            signals = Map.copyOf(signals);
            marks = List.copyOf(marks);
        }
    }

    /// A labelled moment of a run.
    public record Mark(Duration at, String label) {}

    /// A figure before the fault, at the page, and at the end of the player's run.
    public record Fact(String label, String before, String atPage, String atEnd) {}
}
