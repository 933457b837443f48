package dev.touchstone.app.internal.pages;

import dev.touchstone.arena.Action;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.Incident.Term;
import dev.touchstone.arena.Observation;
import dev.touchstone.arena.Observation.LogEntry;
import dev.touchstone.arena.Observation.Phase;
import dev.touchstone.arena.Outcome.Finding;
import dev.touchstone.guardrails.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// The war room at a moment, as its templates show it.
///
/// @param state what the charts need to know beside the series, as JSON
/// @param boot the incident's charts and their series so far, as JSON
/// @param notice what to say about the action just done; may be empty
/// @param looked probes used so far
public record RoomView(
        String assets,
        String run,
        Incident incident,
        long seed,
        Observation now,
        boolean playing,
        int speed,
        List<LogLine> log,
        Set<String> looked,
        String state,
        String boot,
        Notice notice) {

    /// A number and perhaps its unit: `1,935`, `27 %`, `201 ms`.
    private static final Pattern FIGURE = Pattern.compile("[−-]?\\d[\\d.,]*( [^ ]+)?");

    /// What came of the last action.
    public record Notice(String text, boolean refused) {
        static final Notice NONE = new Notice("", false);
    }

    /// One thing done.
    ///
    /// @param kind the action's name, for its mark
    /// @param took what it cost; empty when nothing
    public record LogLine(
            int number,
            String kind,
            String clock,
            String took,
            String title,
            String text,
            List<Evidence> findings) {}

    /// Something that can be cited.
    public record Evidence(
            String signal, String title, String text, List<List<String>> table, boolean cited) {
        /// Whether a column of the table holds figures, which stand under one another.
        public boolean numeric(int column) {
            return table.stream()
                    .skip(1)
                    .map(row -> row.get(column))
                    .allMatch(cell -> cell.isBlank() || FIGURE.matcher(cell).matches());
        }
    }

    /// A vertical line on the charts.
    ///
    /// @param t seconds since the page
    /// @param kind `page`, `change` or the name of a player's action
    public record Mark(double t, String kind, String label) {}

    /// What changes with the log.
    record State(int revision, Phase phase, Set<String> cited, List<Mark> marks) {}

    public boolean open() {
        return now.phase() == Phase.OPEN;
    }

    /// Nothing was done and no time has passed.
    public boolean fresh() {
        return log.isEmpty() && now.now().isZero();
    }

    public Instant instant() {
        return incident.page().plus(now.now());
    }

    public List<Term> citedTerms() {
        return now.signals().stream().filter(term -> now.cited().contains(term.id())).toList();
    }

    public boolean cited(String signal) {
        return now.cited().contains(signal);
    }

    public String option(Incident.Lever lever) {
        return now.levers().getOrDefault(lever.id(), lever.initial());
    }

    /// What others changed before the page, latest first.
    public List<Timeline.Change> changesBefore() {
        return now.changes().stream()
                .filter(change -> !change.at().isAfter(incident.page()))
                .toList()
                .reversed();
    }

    static List<LogLine> log(Incident incident, Observation now) {
        Map<String, String> labels = new HashMap<>();
        now.signals().forEach(term -> labels.put(term.id(), term.label()));
        var lines = new ArrayList<LogLine>();
        for (LogEntry entry : now.log()) {
            if (!(entry.action() instanceof Action.Wait)) {
                lines.add(line(lines.size() + 1, incident, now, labels, entry));
            }
        }
        return lines.reversed();
    }

    private static LogLine line(
            int number,
            Incident incident,
            Observation now,
            Map<String, String> labels,
            LogEntry entry) {
        Duration ended = entry.outcome().endedAt();
        Duration took = ended.minus(entry.outcome().startedAt());
        return new LogLine(
                number,
                kind(entry.action()),
                Format.clock(incident.page().plus(ended)),
                took.isZero() ? "" : Format.span(took),
                title(incident, labels, entry.action()),
                text(entry),
                entry.outcome().findings().stream()
                        .map(finding -> evidence(finding, now.cited()))
                        .toList());
    }

    private static Evidence evidence(Finding finding, Set<String> cited) {
        return new Evidence(
                finding.signal(),
                finding.title(),
                finding.text(),
                finding.table(),
                cited.contains(finding.signal()));
    }

    static String kind(Action action) {
        return switch (action) {
            case Action.Wait _ -> "wait";
            case Action.Probe _ -> "probe";
            case Action.Pull _ -> "pull";
            case Action.Announce _ -> "announce";
            case Action.Note _ -> "note";
            case Action.Cite _ -> "cite";
            case Action.Declare _ -> "declare";
        };
    }

    private static String title(Incident incident, Map<String, String> labels, Action action) {
        return switch (action) {
            case Action.Wait(Duration duration) -> "Waited " + Format.span(duration);
            case Action.Probe(String id) -> probeTitle(incident, id);
            case Action.Pull(String id, String option) -> pullTitle(incident, id, option);
            case Action.Announce _ -> "Status line";
            case Action.Note _ -> "Note";
            case Action.Cite(String signal) -> "Cited " + labels.getOrDefault(signal, signal);
            case Action.Declare(String component, var _, var _, var _) ->
                    "Declared: " + label(incident.components(), component);
        };
    }

    private static String probeTitle(Incident incident, String id) {
        return incident.probes().stream()
                .filter(probe -> probe.id().equals(id))
                .map(Incident.Probe::title)
                .findFirst()
                .orElse(id);
    }

    private static String pullTitle(Incident incident, String id, String option) {
        return incident.levers().stream()
                .filter(lever -> lever.id().equals(id))
                .map(lever -> lever.title() + " → " + label(lever.options(), option))
                .findFirst()
                .orElse(id + " → " + option);
    }

    private static String label(List<Term> terms, String id) {
        return terms.stream()
                .filter(term -> term.id().equals(id))
                .map(Term::label)
                .findFirst()
                .orElse(id);
    }

    /// What a person said stands for itself; for the rest the outcome speaks.
    private static String text(LogEntry entry) {
        return switch (entry.action()) {
            case Action.Announce(String status) -> status;
            case Action.Note(String text) -> text;
            case Action.Cite _ -> "";
            default -> entry.outcome().text();
        };
    }

    /// The page, the changes of others and what the player did, in the order of time.
    static List<Mark> marks(Incident incident, Observation now) {
        var marks = new ArrayList<Mark>();
        marks.add(new Mark(0, "page", "paged"));
        var own = new HashSet<Instant>();
        for (LogEntry entry : now.log()) {
            Action action = entry.action();
            Duration ended = entry.outcome().endedAt();
            own.add(incident.page().plus(entry.outcome().startedAt()));
            own.add(incident.page().plus(ended));
            if (!(action instanceof Action.Wait || action instanceof Action.Cite)) {
                String title = title(incident, Map.of(), action);
                marks.add(new Mark(seconds(ended), kind(action), title));
            }
        }
        for (Timeline.Change change : now.changes()) {
            // What the player did is in both lists.
            if (!change.at().isAfter(incident.page()) || !own.contains(change.at())) {
                marks.add(
                        new Mark(
                                seconds(Duration.between(incident.page(), change.at())),
                                "change",
                                change.target() + ": " + change.summary()));
            }
        }
        return List.copyOf(marks);
    }

    static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
