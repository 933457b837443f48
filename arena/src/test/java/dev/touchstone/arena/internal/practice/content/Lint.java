package dev.touchstone.arena.internal.practice.content;

import dev.touchstone.arena.internal.content.Field;
import dev.touchstone.arena.internal.practice.text.Quantities;
import dev.touchstone.arena.internal.practice.text.Span;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What is asked of files that ship, beyond what makes them readable: that every number has its
/// calculation, and that what is graded is covered.
final class Lint {
    /// What a file is.
    enum Kind {
        CHALLENGE,
        CARDS,
        ERRATA,
        FRAMEWORK
    }

    private static final Pattern NUMBER = Pattern.compile("\\d[\\d,_]*(?:\\.\\d+)?");

    /// `7-day`, `13B`, a year: names, not numbers.
    private static final Pattern NAME =
            Pattern.compile("\\d+[-‑]\\p{L}.*|\\d+B|(?:19|20)\\d\\d", Pattern.DOTALL);

    private static final List<String> GIVENS =
            List.of("scenario", "constraints", "tasks", "telemetry", "questions", "budget");

    private static final int MAX_READING_WORDS = 120;

    private final Field root;
    private final List<String> complaints = new ArrayList<>();

    private Lint(Field root) {
        this.root = root;
    }

    /// What is wrong, each with file, line and field; empty when nothing is.
    static List<String> complaints(Kind kind, Field root) {
        var lint = new Lint(root);
        switch (kind) {
            case CHALLENGE -> lint.challenge();
            case CARDS ->
                    root.list("cards", card -> lint.bare(card, "answer", numbers(card.at("ask"))));
            case ERRATA -> root.list("errata", lint::erratum);
            case FRAMEWORK -> root.list("steps", step -> lint.bare(step, "text", Set.of()));
        }
        lint.unused();
        return lint.complaints;
    }

    private void challenge() {
        var givens = new HashSet<String>();
        for (String name : GIVENS) {
            root.maybe(name).ifPresent(field -> givens.addAll(numbers(field)));
        }
        root.map("answer", text -> bare(text, givens));
        root.list("hints", hint -> bare(hint, givens));
        root.list("mistakes", mistake -> bare(mistake, "because", givens));
        root.list("probing", probing -> bare(probing, "answer", givens));
        root.list("evidence", fact -> bare(fact, "what", givens));
        coverage();
        boolean design = root.text("kind").equals("design");
        count("questions", design ? 4 : 3, design ? 4 : 3);
        count("evidence", 14, 27);
        count("mistakes", 4, 8);
        count("probing", 5, 8);
        if (design) {
            count("rubric", root.text("id").equals("FEED") ? 8 : 6, 8);
            wanted("budget");
        } else {
            count("rubric", 5, 6);
            wanted("order");
            wanted("fatal");
            wanted("telemetry");
            root.maybe("telemetry").ifPresent(this::telemetry);
        }
        root.list("reading", this::reading);
    }

    private void coverage() {
        Map<String, Integer> facts = new TreeMap<>();
        Set<String> asks = new HashSet<>();
        root.list(
                "evidence",
                fact -> {
                    facts.merge(fact.text("dimension"), 1, Integer::sum);
                    fact.maybe("asks").ifPresent(kind -> asks.add(kind.text()));
                    return fact;
                });
        List<String> readings = root.list("reading", reading -> reading.text("dimension"));
        root.list(
                "rubric",
                row -> {
                    String dimension = row.text("id");
                    if (facts.getOrDefault(dimension, 0) < 2) {
                        complain(
                                row,
                                "dimension '%s' has fewer than 2 facts in evidence"
                                        .formatted(dimension));
                    }
                    if (!readings.contains(dimension)) {
                        complain(row, "dimension '%s' has no reading".formatted(dimension));
                    }
                    return row;
                });
        for (String kind : List.of("number", "failure", "cost", "pushback")) {
            if (!asks.contains(kind)) {
                complain(root.at("evidence"), "no fact asks for a " + kind);
            }
        }
    }

    private void telemetry(Field telemetry) {
        int charts = telemetry.list("charts", chart -> chart).size();
        if (charts < 3 || charts > 8) {
            complain(telemetry, "%d charts, but 3 to 8 are wanted".formatted(charts));
        }
        telemetry.list(
                "charts",
                chart ->
                        chart.list(
                                "series",
                                series -> {
                                    int points = series.list("points", point -> point).size();
                                    if (points < 12 || points > 40) {
                                        complain(
                                                series,
                                                "%d points, but 12 to 40 are wanted"
                                                        .formatted(points));
                                    }
                                    return series;
                                }));
    }

    private Field reading(Field reading) {
        int words = reading.text("text").strip().split("\\s+").length;
        if (words > MAX_READING_WORDS) {
            complain(
                    reading,
                    "%d words, but at most %d are read".formatted(words, MAX_READING_WORDS));
        }
        return reading;
    }

    private void count(String name, int min, int max) {
        int count = root.list(name, field -> field).size();
        if (count < min || count > max) {
            complain(
                    root.maybe(name).orElse(root),
                    "%d of %s, but %d to %d are wanted".formatted(count, name, min, max));
        }
    }

    private void wanted(String name) {
        if (root.maybe(name).isEmpty()) {
            complain(root, "'%s' is missing; add it".formatted(name));
        }
    }

    /// An erratum needs a figure that is computed and says something else than the claim, or a
    /// comparison that holds; where the error is one of logic, a sentence will do.
    private Field erratum(Field erratum) {
        Set<String> givens = new HashSet<>(numbers(erratum.at("claim")));
        givens.addAll(numbers(erratum.at("ask")));
        bare(erratum, "right", givens);
        erratum.maybe("logic").ifPresent(logic -> bare(logic, givens));
        Map<String, Field> figures = root.map("figures", field -> field);
        Set<String> claimed = numbers(erratum.at("claim"));
        boolean refuted =
                erratum.list("check", Field::text).stream()
                        .filter(figures::containsKey)
                        .map(name -> figures.getOrDefault(name, root))
                        .filter(figure -> figure.maybe("formula").isPresent())
                        .anyMatch(figure ->
                                figure.text("formula").contains("<")
                                        || !claimed.containsAll(numbers(figure.at("shows"))));
        if (!refuted && erratum.maybe("logic").isEmpty()) {
            complain(
                    erratum,
                    "nothing in check refutes the claim: every figure is stated in it, or has no formula");
        }
        return erratum;
    }

    private void unused() {
        Set<String> used = new LinkedHashSet<>();
        collect(root, used);
        root.map("figures", figure -> figure)
                .forEach((name, figure) -> {
                    if (!used.contains(name)) {
                        complain(
                                figure,
                                "figure '%s' is used nowhere; leave it out".formatted(name));
                    }
                });
    }

    private static void collect(Field field, Set<String> used) {
        field.everyText(text -> {
            Matcher place = Figures.PLACE.matcher(text);
            while (place.find()) {
                used.add(place.group(1));
            }
        });
        field.list("errata", erratum -> used.addAll(erratum.texts("check")));
    }

    private Field bare(Field field, String name, Set<String> givens) {
        field.maybe(name).ifPresent(text -> bare(text, givens));
        return field;
    }

    /// Complains of numbers that are neither figures nor given.
    private Field bare(Field field, Set<String> givens) {
        String text = Figures.PLACE.matcher(field.text()).replaceAll(" … ");
        for (Span span : Quantities.in(text)) {
            String written = span.of(text);
            String rest = text.substring(span.from());
            Matcher number = NUMBER.matcher(written);
            if (!number.find() || isName(written, rest) || givens.contains(plain(number.group()))) {
                continue;
            }
            boolean unit = number.end() < written.strip().length() || written.contains("$");
            if (unit || digits(number.group()) >= 2) {
                complain(
                        field,
                        "'%s' has no calculation; make it a {figure}, or give it in the question"
                                .formatted(written));
            }
        }
        return field;
    }

    private static boolean isName(String written, String rest) {
        return NAME.matcher(written).matches()
                || rest.matches("(?s)\\d+[-‑]\\p{L}.*")
                || rest.matches("(?s)\\d+B(?!\\p{L}).*");
    }

    private static int digits(String number) {
        String digits = plain(number).replace(".", "").replaceFirst("^0+", "");
        return plain(number).contains(".")
                ? digits.length()
                : digits.replaceFirst("0+$", "").length();
    }

    /// The number literals of all texts below a field, without separators.
    private static Set<String> numbers(Field field) {
        Set<String> numbers = new HashSet<>();
        field.everyText(text -> {
            Matcher number = NUMBER.matcher(text);
            while (number.find()) {
                numbers.add(plain(number.group()));
            }
        });
        return numbers;
    }

    private static String plain(String number) {
        return number.replaceAll("[,_]", "");
    }

    private void complain(Field field, String message) {
        complaints.add(String.valueOf(field.refuse(message).getMessage()));
    }
}
