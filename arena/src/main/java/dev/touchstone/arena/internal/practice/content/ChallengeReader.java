package dev.touchstone.arena.internal.practice.content;

import dev.touchstone.arena.ContentException;
import dev.touchstone.arena.internal.content.Field;
import dev.touchstone.arena.internal.practice.Challenge;
import dev.touchstone.arena.internal.practice.Criteria;
import dev.touchstone.arena.internal.practice.Criteria.Ran;
import dev.touchstone.arena.internal.practice.Expectation;
import dev.touchstone.arena.internal.practice.text.Terms;
import dev.touchstone.arena.practice.Brief;
import dev.touchstone.arena.practice.Brief.Input;
import dev.touchstone.arena.practice.Brief.Section;
import dev.touchstone.arena.practice.EvidenceGrade.Asks;
import dev.touchstone.arena.practice.Level;
import dev.touchstone.arena.practice.Reading;
import dev.touchstone.arena.practice.Solution;
import dev.touchstone.capacity.Quantity;
import dev.touchstone.capacity.Unit;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Reads a challenge's file, once it has passed the schema.
final class ChallengeReader {
    private static final Duration TIME_TOLERANCE = Duration.ofMinutes(5);

    private final Field root;
    private final Figures figures;
    private final Brief.Kind kind;
    private final List<Brief.Dimension> rubric;

    private ChallengeReader(Field root) {
        this.root = root;
        this.figures = Figures.read(root);
        this.kind = Brief.Kind.valueOf(enumName(root.text("kind")));
        Set<String> seen = new HashSet<>();
        this.rubric =
                root.list(
                        "rubric",
                        row -> new Brief.Dimension(fresh(row, seen), figures.fill(row, "title")));
    }

    /// Reads a challenge.
    ///
    /// @throws ContentException with file, line, field and cure
    static Challenge read(Field root) {
        return new ChallengeReader(root).challenge();
    }

    private Challenge challenge() {
        Map<String, Expectation> expected = new HashMap<>();
        List<Section> questions = questions(expected);
        Optional<Brief.Budget> budget = root.maybe("budget").map(this::budget);
        List<String> hints = figures.fillAll(root, "hints");
        var brief =
                new Brief(
                        root.text("id"),
                        kind,
                        figures.fill(root, "title"),
                        figures.fill(root, "summary"),
                        root.maybe("live").map(Field::text),
                        figures.fill(root, "scenario"),
                        root.list(
                                "constraints",
                                field ->
                                        new Brief.Constraint(
                                                field.text("id"), figures.fill(field, "text"))),
                        figures.fillAll(root, "tasks"),
                        root.maybe("telemetry")
                                .map(field -> new TelemetryReader(figures).read(field))
                                .orElse(Brief.Telemetry.NONE),
                        form(questions, budget),
                        budget,
                        rubric,
                        hints.size());
        return new Challenge(brief, hints, solution(), criteria(expected, budget), readings());
    }

    private List<Section> form(List<Section> questions, Optional<Brief.Budget> budget) {
        List<String> asked = questions.stream().map(Section::id).toList();
        List<Section> form = new ArrayList<>(questions);
        for (Parts.Part part : Parts.of(kind)) {
            if (part.id().equals("budget")) {
                budget.ifPresent(table -> form.addAll(table.rows()));
            } else if (!asked.contains("question/" + part.id())) {
                form.add(new Section("text/" + part.id(), Input.TEXT, part.title(), ""));
            }
        }
        return form;
    }

    private List<Section> questions(Map<String, Expectation> expected) {
        Set<String> seen = new HashSet<>();
        return root.list(
                "questions",
                field -> {
                    String id = "question/" + fresh(field, seen);
                    Expectation expectation = expectation(field);
                    expected.put(id, expectation);
                    String ask = figures.fill(field, "ask");
                    return switch (expectation) {
                        case Expectation.Computed(var amount) ->
                                new Section(id, Input.NUMBER, ask, amount.unit().symbol());
                        case Expectation.TimeOfDay _ -> new Section(id, Input.TIME, ask, "");
                        case Expectation.Words _ -> new Section(id, Input.WORDS, ask, "");
                    };
                });
    }

    private static Expectation expectation(Field field) {
        if (field.maybe("number").isPresent()) {
            return new Expectation.Computed(Calculation.amount(field.at("number")));
        }
        Optional<Field> time = field.maybe("time");
        return time.isPresent()
                ? new Expectation.TimeOfDay(
                        LocalTime.parse(time.get().text("at")),
                        time.get().maybe("within").map(Field::duration).orElse(TIME_TOLERANCE))
                : new Expectation.Words(terms(field).orElseThrow());
    }

    private Brief.Budget budget(Field field) {
        Set<String> seen = new HashSet<>();
        String unit = field.text("unit");
        limit(field); // Refuses a limit that is not in the unit.
        return new Brief.Budget(
                figures.fill(field, "title"),
                unit,
                field.text("limit"),
                field.list(
                        "rows",
                        row ->
                                new Section(
                                        "budget/" + fresh(row, seen),
                                        Input.BUDGET,
                                        figures.fill(row, "label"),
                                        unit)));
    }

    private static Criteria.Limit limit(Field budget) {
        try {
            Unit unit = Unit.of(budget.text("unit"));
            return new Criteria.Limit(Quantity.parse(budget.text("limit"), unit), unit);
        } catch (IllegalArgumentException e) {
            throw budget.at("limit").refuse(String.valueOf(e.getMessage()));
        }
    }

    private Solution solution() {
        return new Solution(
                parts(),
                root.list(
                        "order",
                        field ->
                                new Solution.Deed(
                                        field.text("id"),
                                        figures.fill(field, "text"),
                                        figures.fill(field, "why"))),
                root.list(
                        "fatal",
                        field ->
                                new Solution.Fatal(
                                        figures.fill(field, "text"),
                                        figures.fill(field, "because"))),
                root.list(
                        "mistakes",
                        field ->
                                new Solution.Mistake(
                                        figures.fill(field, "says"),
                                        figures.fill(field, "because"))),
                root.list(
                        "probing",
                        field ->
                                new Solution.Probing(
                                        figures.fill(field, "ask"), figures.fill(field, "answer"))),
                root.list(
                        "rubric",
                        field ->
                                new Solution.Row(
                                        field.text("id"),
                                        figures.fill(field, "title"),
                                        figures.fill(field, "junior"),
                                        figures.fill(field, "senior"),
                                        figures.fill(field, "staff"),
                                        figures.fill(field, "principal"))),
                figures.all());
    }

    private List<Solution.Part> parts() {
        List<Parts.Part> parts = Parts.of(kind);
        List<String> known = parts.stream().map(Parts.Part::id).toList();
        root.map("answer", field -> field)
                .forEach((id, field) -> {
                    if (!known.contains(id)) {
                        throw field.unknown("part of the answer", id, known);
                    }
                });
        return parts.stream()
                .map(part ->
                        new Solution.Part(
                                part.id(),
                                part.title(),
                                figures.fill(root.at("answer"), part.id())))
                .toList();
    }

    private Criteria criteria(Map<String, Expectation> expected, Optional<Brief.Budget> budget) {
        Set<String> seen = new HashSet<>();
        List<String> dimensions = rubric.stream().map(Brief.Dimension::id).toList();
        List<Criteria.Fact> facts =
                root.list(
                        "evidence",
                        field ->
                                new Criteria.Fact(
                                        fresh(field, seen),
                                        field.oneOf("dimension", "dimension", dimensions),
                                        Level.valueOf(enumName(field.text("level"))),
                                        field.maybe("asks")
                                                .map(asks -> Asks.valueOf(enumName(asks.text()))),
                                        figures.fill(field, "what"),
                                        field.maybe("number").map(Calculation::amount),
                                        terms(field),
                                        field.maybe("ran")
                                                .map(ran -> Ran.valueOf(enumName(ran.text())))));
        List<Criteria.Wrong> slips =
                Stream.concat(
                                root.list("fatal", field -> wrong(field, true, "text")).stream(),
                                root
                                        .list("mistakes", field -> wrong(field, false, "says"))
                                        .stream())
                        .flatMap(Optional::stream)
                        .toList();
        return new Criteria(expected, facts, slips, budget.map(_ -> limit(root.at("budget"))));
    }

    private Optional<Criteria.Wrong> wrong(Field field, boolean fatal, String text) {
        return terms(field)
                .map(terms ->
                        new Criteria.Wrong(
                                fatal,
                                figures.fill(field, text),
                                figures.fill(field, "because"),
                                terms));
    }

    private List<Reading> readings() {
        List<String> dimensions = rubric.stream().map(Brief.Dimension::id).toList();
        return root.list(
                "reading",
                field ->
                        new Reading(
                                field.oneOf("dimension", "dimension", dimensions),
                                figures.fill(field, "title"),
                                figures.fill(field, "text")));
    }

    /// The groups of words in a field `terms`.
    static Optional<Terms> terms(Field field) {
        return field.maybe("terms")
                .map(groups -> new Terms(groups.items(group -> group.items(Field::text))));
    }

    /// An id that nothing else in its list may have.
    static String fresh(Field field, Set<String> seen) {
        String id = field.text("id");
        if (!seen.add(id)) {
            throw field.at("id")
                    .refuse("'%s' is taken; give every one an id of its own".formatted(id));
        }
        return id;
    }

    private static String enumName(String word) {
        return word.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
