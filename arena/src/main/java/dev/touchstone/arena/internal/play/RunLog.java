package dev.touchstone.arena.internal.play;

import dev.touchstone.arena.Action;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.Observation;
import dev.touchstone.arena.Outcome;
import dev.touchstone.arena.Report;
import dev.touchstone.arena.internal.Moments;
import dev.touchstone.arena.internal.rules.Deed;
import dev.touchstone.arena.internal.rules.Story;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What was done in a run, consecutive waits merged into one.
final class RunLog {
    private final List<Observation.LogEntry> entries = new ArrayList<>();
    private final List<Deed> deeds = new ArrayList<>();

    /// Adds a wait to the one before it, where there is one.
    Outcome.Done waited(Duration from, Duration to) {
        Duration start = from;
        if (!entries.isEmpty() && entries.getLast().action() instanceof Action.Wait) {
            start = entries.removeLast().outcome().startedAt();
        }
        Duration length = to.minus(start);
        var done =
                new Outcome.Done(
                        start, to, "Waited %s.".formatted(Moments.length(length)), List.of());
        entries.add(new Observation.LogEntry(new Action.Wait(length), done));
        return new Outcome.Done(
                from, to, "Waited %s.".formatted(Moments.length(to.minus(from))), List.of());
    }

    void add(Deed deed, Outcome.Done outcome) {
        deeds.add(deed);
        entries.add(new Observation.LogEntry(deed.action(), outcome));
    }

    /// The number that the next deed gets.
    int nextDeed() {
        return deeds.size();
    }

    int size() {
        return entries.size();
    }

    List<Observation.LogEntry> entries() {
        return entries;
    }

    List<Action> actions() {
        return entries.stream().map(Observation.LogEntry::action).toList();
    }

    Story story(Incident incident) {
        return new Story(incident, deeds);
    }

    /// What was done and when, as a chart is labelled with it: levers when they took effect,
    /// everything else when it was begun.
    List<Report.Mark> marks(Incident incident) {
        Story story = story(incident);
        return deeds.stream()
                .filter(Deed::finished)
                .filter(deed ->
                        !(deed.action() instanceof Action.Note
                                || deed.action() instanceof Action.Cite))
                .map(deed ->
                        new Report.Mark(
                                deed.action() instanceof Action.Pull ? deed.done() : deed.begun(),
                                story.describe(deed.action())))
                .toList();
    }
}
