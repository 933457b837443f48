package dev.touchstone.arena.internal.content;

import dev.touchstone.arena.ContentException;
import dev.touchstone.arena.Incident;
import dev.touchstone.guardrails.Timeline;
import dev.touchstone.telemetry.Statistic;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Reads an incident's file: first against the schema, then for what a schema cannot say, such as
/// that every name in a rule exists.
public final class IncidentReader {
    private static final Set<String> RESERVED = Set.of("announce", "declare");

    private final Field root;
    private final Set<String> looks = new HashSet<>();
    private final Set<String> acts = new HashSet<>(RESERVED);

    private IncidentReader(Field root) {
        this.root = root;
    }

    /// Reads a file.
    ///
    /// @param file its name, for messages
    /// @param deployments the names of the deployments there are
    /// @throws ContentException with file, line, field and cure
    public static IncidentPlan read(String file, String text, Collection<String> deployments) {
        Document document = Document.read(file, text);
        ContentSchema.builtIn().check(document);
        Field root = document.root();
        root.oneOf("deployment", "deployment", deployments);
        Incident incident = new IncidentReader(root).incident();
        return new PlanReader(file, root, incident).plan();
    }

    private Incident incident() {
        Instant page = root.instant("page");
        Duration clock = positive("clock");
        return new Incident(
                root.text("id"),
                root.text("title"),
                root.text("summary"),
                root.texts("briefing"),
                root.texts("task"),
                page,
                positive("history"),
                clock,
                cost(root, "announce-cost", clock),
                panels(),
                root.list("changes", field -> change(field, page)),
                root.list("probes", field -> probe(field, clock)),
                root.list("levers", field -> lever(field, clock)),
                terms(root, "components"),
                terms(root, "mechanisms"),
                terms(root, "gates"));
    }

    private List<Incident.Panel> panels() {
        Set<String> seen = new HashSet<>();
        return root.list(
                "panels",
                field ->
                        new Incident.Panel(
                                fresh(field, "id", seen),
                                field.text("title"),
                                field.text("unit"),
                                field.maybe("limit").map(Field::number),
                                field.list("lines", this::line)));
    }

    private Incident.Line line(Field field) {
        return new Incident.Line(
                fresh(field, "signal", looks),
                field.text("label"),
                field.text("metric"),
                statistic(field.text("statistic")),
                field.number("factor", 1));
    }

    /// The schema lists the same names in lower case.
    private static Statistic statistic(String name) {
        return Statistic.valueOf(name.toUpperCase(Locale.ROOT));
    }

    /// A change to the deployment, by when it took effect relative to the page.
    static Timeline.Change change(Field field, Instant page) {
        Duration at = field.duration("at");
        if (at.isPositive()) {
            throw field.at("at")
                    .refuse(
                            "%s is after the page; what happens later is the deployment's to simulate"
                                    .formatted(field.text("at")));
        }
        return new Timeline.Change(
                page.plus(at),
                Timeline.Kind.valueOf(field.text("kind").toUpperCase(Locale.ROOT)),
                field.text("target"),
                field.text("summary"),
                field.maybe("actor").map(Field::text).orElse(""));
    }

    private Incident.Probe probe(Field field, Duration clock) {
        fresh(field, "id", looks);
        return new Incident.Probe(
                fresh(field, "id", acts),
                field.text("title"),
                field.text("text"),
                cost(field, "cost", clock),
                field.text("risk"));
    }

    private Incident.Lever lever(Field field, Duration clock) {
        List<Incident.Term> options = terms(field, "options");
        return new Incident.Lever(
                fresh(field, "id", acts),
                field.text("title"),
                field.text("text"),
                cost(field, "cost", clock),
                field.text("risk"),
                field.flag("reversible", true),
                field.oneOf("initial", "option", options.stream().map(Incident.Term::id).toList()),
                options);
    }

    private static List<Incident.Term> terms(Field field, String name) {
        Set<String> seen = new HashSet<>();
        return field.list(
                name, term -> new Incident.Term(fresh(term, "id", seen), term.text("label")));
    }

    private Duration positive(String name) {
        Duration length = root.duration(name);
        if (!length.isPositive()) {
            throw root.at(name)
                    .refuse("%s is no length of time; use 30m or more".formatted(root.text(name)));
        }
        return length;
    }

    private static Duration cost(Field field, String name, Duration clock) {
        Duration cost = field.duration(name);
        if (cost.isNegative() || cost.compareTo(clock) > 0) {
            throw field.at(name)
                    .refuse(
                            "%s does not fit; a cost lies between 0s and the clock"
                                    .formatted(field.text(name)));
        }
        return cost;
    }

    /// An id that nothing else may have.
    private static String fresh(Field field, String name, Set<String> seen) {
        String id = field.text(name);
        if (!seen.add(id)) {
            throw field.at(name)
                    .refuse("'%s' is taken; give every one an id of its own".formatted(id));
        }
        return id;
    }
}
