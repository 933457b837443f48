package dev.touchstone.arena;

import dev.touchstone.guardrails.Timeline;
import dev.touchstone.telemetry.Statistic;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A production incident as its player sees it: the scene, what can be looked at and what can be
/// done. What is right and what it is worth stays with the grader.
///
/// @param id short and stable, such as `WR4`
/// @param summary one line for a list of incidents
/// @param briefing what the pager and the first colleague say, a paragraph each
/// @param task what is asked of the player, a line each
/// @param page the story's time at which the player is paged: zero of the virtual clock
/// @param history how much telemetry there is from before the page
/// @param clock how long the player has after the page
/// @param announceCost virtual time it takes to write a status line
public record Incident(
        String id,
        String title,
        String summary,
        List<String> briefing,
        List<String> task,
        Instant page,
        Duration history,
        Duration clock,
        Duration announceCost,
        List<Panel> panels,
        List<Timeline.Change> changes,
        List<Probe> probes,
        List<Lever> levers,
        List<Term> components,
        List<Term> mechanisms,
        List<Term> gates) {

    public Incident {
        briefing = List.copyOf(briefing);
        task = List.copyOf(task);
        panels = List.copyOf(panels);
        changes = List.copyOf(changes);
        probes = List.copyOf(probes);
        levers = List.copyOf(levers);
        components = List.copyOf(components);
        mechanisms = List.copyOf(mechanisms);
        gates = List.copyOf(gates);
    }

    /// One chart.
    ///
    /// @param unit what the values count, such as `tokens/s` or `ms`
    /// @param limit a line to draw across, such as an objective's threshold
    /// @param lines the first line's id is the panel's main signal
    public record Panel(
            String id, String title, String unit, Optional<Double> limit, List<Line> lines) {
        public Panel {
            lines = List.copyOf(lines);
        }
    }

    /// One line of a chart: a statistic of a metric, times a factor.
    ///
    /// @param signal the id under which the line can be cited as evidence
    /// @param metric the metric's name in the deployment's telemetry
    public record Line(
            String signal, String label, String metric, Statistic statistic, double factor) {}

    /// Something to look at.
    ///
    /// @param cost virtual time it takes
    /// @param risk what it may do to users, in words
    public record Probe(String id, String title, String text, Duration cost, String risk) {}

    /// Something to change.
    ///
    /// @param cost virtual time until it takes effect
    /// @param risk what it may do to users, in words
    /// @param initial the option in force at the page
    public record Lever(
            String id,
            String title,
            String text,
            Duration cost,
            String risk,
            boolean reversible,
            String initial,
            List<Term> options) {
        public Lever {
            options = List.copyOf(options);
        }
    }

    /// A word of a closed vocabulary: its id and how it reads.
    public record Term(String id, String label) {}
}
