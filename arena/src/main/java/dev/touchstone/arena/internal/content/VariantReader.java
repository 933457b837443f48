package dev.touchstone.arena.internal.content;

import dev.touchstone.arena.Action;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.internal.rules.RuleParser;
import dev.touchstone.arena.internal.rules.Vocabulary;
import dev.touchstone.guardrails.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads the variants of an incident. What a variant leaves out, it takes from the top of the file.
final class VariantReader {
    private static final double DEFAULT_FALSE_COST = 2;

    private final Field root;
    private final Incident incident;
    private final Ids ids;
    private final Vocabulary vocabulary;

    VariantReader(Field root, Incident incident, Vocabulary vocabulary) {
        this.root = root;
        this.incident = incident;
        this.ids = new Ids(incident);
        this.vocabulary = vocabulary;
    }

    Variant variant(Field field) {
        Incident own = adapted(field);
        return new Variant(
                field.text("title"),
                own,
                field.map("parameters", Field::number),
                field.list("causes", this::cause),
                expert(field, own),
                field.texts("debrief"),
                gates(field),
                orders(field),
                evidence(field));
    }

    /// The incident with the variant's own changes and initial options.
    private Incident adapted(Field field) {
        List<Timeline.Change> changes = new ArrayList<>(incident.changes());
        changes.addAll(
                field.list("changes", change -> IncidentReader.change(change, incident.page())));
        changes.sort(Comparator.comparing(Timeline.Change::at));
        Map<String, String> initial = initialOptions(field);
        List<Incident.Lever> levers =
                incident.levers().stream()
                        .map(lever ->
                                starting(lever, initial.getOrDefault(lever.id(), lever.initial())))
                        .toList();
        return new Incident(
                incident.id(),
                incident.title(),
                incident.summary(),
                incident.briefing(),
                incident.task(),
                incident.page(),
                incident.history(),
                incident.clock(),
                incident.announceCost(),
                incident.panels(),
                changes,
                incident.probes(),
                levers,
                incident.components(),
                incident.mechanisms(),
                incident.gates());
    }

    private Map<String, String> initialOptions(Field field) {
        Map<String, String> initial = field.map("levers", Field::text);
        initial.forEach((lever, _) -> {
            Field option = field.at("levers").at(lever);
            if (!ids.levers().contains(lever)) {
                throw option.unknown("lever", lever, ids.levers());
            }
            option.oneOf("option of " + lever, ids.options(lever));
        });
        return initial;
    }

    private static Incident.Lever starting(Incident.Lever lever, String initial) {
        return new Incident.Lever(
                lever.id(),
                lever.title(),
                lever.text(),
                lever.cost(),
                lever.risk(),
                lever.reversible(),
                initial,
                lever.options());
    }

    private Variant.Cause cause(Field field) {
        Duration onset = field.duration("onset");
        if (onset.compareTo(incident.clock()) >= 0
                || onset.compareTo(incident.history().negated()) < 0) {
            throw field.at("onset")
                    .refuse(
                            "%s is outside the history and the clock; players must be able to see it"
                                    .formatted(field.text("onset")));
        }
        return new Variant.Cause(
                field.oneOf("component", "component", ids.components()),
                Set.copyOf(field.list("near", item -> item.oneOf("component", ids.components()))),
                field.oneOf("primary", "mechanism", ids.mechanisms()),
                Set.copyOf(
                        field.list("secondary", item -> item.oneOf("mechanism", ids.mechanisms()))),
                onset);
    }

    private static List<Action> expert(Field field, Incident incident) {
        List<Action> expert = field.list("expert", item -> ActionReader.known(item, incident));
        if (!(expert.getLast() instanceof Action.Declare)) {
            throw field.at("expert").refuse("does not end with a declaration; add 'do: declare'");
        }
        return expert;
    }

    private Set<String> gates(Field field) {
        Optional<Field> own = field.maybe("gates");
        if (own.isPresent()) {
            return Set.copyOf(field.list("gates", item -> item.oneOf("gate", ids.gates())));
        }
        List<Incident.Term> all = incident.gates();
        List<String> right =
                root
                        .list(
                                "gates",
                                gate ->
                                        gate.flag("right", false)
                                                ? Optional.of(gate.text("id"))
                                                : Optional.<String>empty())
                        .stream()
                        .flatMap(Optional::stream)
                        .toList();
        if (right.isEmpty()) {
            throw root.at("gates")
                    .refuse(
                            "none of the %d is right; mark some with right: true"
                                    .formatted(all.size()));
        }
        return Set.copyOf(right);
    }

    private List<Variant.Alternative> orders(Field field) {
        Field holder = field.maybe("orders").isPresent() ? field : root;
        List<Variant.Alternative> orders = holder.list("orders", this::alternative);
        if (orders.isEmpty()) {
            throw field.refuse("no 'orders' here nor at the top of the file; add at least one");
        }
        return orders;
    }

    private Variant.Alternative alternative(Field field) {
        return new Variant.Alternative(field.text("title"), field.list("rules", this::rule));
    }

    private Variant.WeightedRule rule(Field field) {
        Field rule = field.at("rule");
        return new Variant.WeightedRule(
                RuleParser.order(rule.text(), vocabulary, rule::refuse),
                field.text("text"),
                field.number("weight", 1));
    }

    /// Groups are the variant's or, where it has none, those at the top; measures are both, the
    /// variant's own before those at the top.
    private Variant.Evidence evidence(Field field) {
        Optional<Field> top = root.maybe("evidence");
        Optional<Field> own = field.maybe("evidence");
        Map<String, Variant.Measure> measures = new HashMap<>();
        top.ifPresent(evidence -> addMeasures(evidence, measures));
        own.ifPresent(evidence -> addMeasures(evidence, measures));
        Field evidence =
                own.or(() -> top)
                        .orElseThrow(() ->
                                field.refuse(
                                        "no 'evidence' here nor at the top of the file; add it"));
        return new Variant.Evidence(
                evidence.list("groups", group -> group(group, measures)),
                evidence.number("false-cost", DEFAULT_FALSE_COST),
                measures);
    }

    private void addMeasures(Field evidence, Map<String, Variant.Measure> measures) {
        evidence.list("measures", item -> measures.put(signal(item.at("signal")), measure(item)));
    }

    private Variant.Measure measure(Field field) {
        return new Variant.Measure(
                field.maybe("figure").map(Field::text),
                field.number("factor", Variant.Measure.USUAL_FACTOR),
                field.number("floor", 0));
    }

    private Variant.Group group(Field field, Map<String, Variant.Measure> measures) {
        List<String> any =
                field.list(
                        "any",
                        item -> {
                            String signal = signal(item);
                            boolean measured =
                                    ids.lines().contains(signal)
                                            || Optional.ofNullable(measures.get(signal))
                                                    .flatMap(Variant.Measure::figure)
                                                    .isPresent();
                            if (!measured) {
                                throw item.refuse(
                                        ("the finding of probe '%s' cannot be compared with the"
                                                        + " healthy twin; give it a figure under"
                                                        + " evidence.measures")
                                                .formatted(signal));
                            }
                            return signal;
                        });
        return new Variant.Group(field.text("text"), field.number("weight", 1), any);
    }

    private String signal(Field field) {
        return field.oneOf("signal", ids.signals());
    }
}
