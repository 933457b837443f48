package dev.touchstone.app.internal.pages;

import dev.touchstone.capacity.Sheet;
import dev.touchstone.capacity.Sheet.Given;
import dev.touchstone.capacity.Sheet.Role;
import dev.touchstone.capacity.Sheet.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A derivation as rows that open. Each name in a formula leads to where its value comes from.
///
/// @param asks whether a row offers a field for what somebody measured
/// @param open whether rows stand open at first
public record DerivationView(List<Row> rows, boolean asks, boolean open) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

    /// One step, or an input that no other place of the page shows.
    ///
    /// @param kind the step's role, `given` where its formula gave way, or `input`
    /// @param binary the value in GiB and the like; empty where that is not usual
    /// @param was the value that the plan assumes, where it is another; else empty
    public record Row(
            String id,
            String kind,
            String label,
            String text,
            String binary,
            String was,
            List<Part> formula,
            String substitution,
            String note) {}

    /// A stretch of a formula.
    ///
    /// @param target the row it names; empty for signs and numbers
    public record Part(String text, String target) {}

    /// The steps of a plan, whose inputs stand elsewhere on the page.
    ///
    /// @param assumed values of the plan as it is, by id
    static DerivationView ofPlan(Sheet sheet, Map<String, String> assumed) {
        return new DerivationView(
                sheet.steps().stream()
                        .map(step -> row(step, assumed.getOrDefault(step.id(), ""), names(sheet)))
                        .toList(),
                true,
                false);
    }

    /// How the answer to a drill comes about, from its inputs on.
    static DerivationView ofDrill(Sheet sheet) {
        return new DerivationView(
                Stream.concat(
                                sheet.inputs().stream().map(DerivationView::row),
                                sheet.steps().stream().map(step -> row(step, "", names(sheet))))
                        .toList(),
                false,
                true);
    }

    private static Row row(Given given) {
        return new Row(given.id(), "input", given.label(), given.text(), "", "", List.of(), "", "");
    }

    private static Row row(Step step, String assumed, Set<String> names) {
        String kind = step.given() ? "given" : step.role().name().toLowerCase(Locale.ROOT);
        boolean changed = !assumed.isEmpty() && !assumed.equals(step.text());
        return new Row(
                step.id(),
                kind,
                step.label(),
                step.text(),
                step.binary(),
                changed && step.role() != Role.SLIP ? assumed : "",
                parts(step.formula(), names),
                step.substitution(),
                step.note());
    }

    private static Set<String> names(Sheet sheet) {
        return Stream.concat(
                        sheet.inputs().stream().map(Given::id),
                        sheet.steps().stream().map(Step::id))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static List<Part> parts(String formula, Set<String> names) {
        var parts = new ArrayList<Part>();
        Matcher name = NAME.matcher(formula);
        int from = 0;
        while (name.find()) {
            if (names.contains(name.group())) {
                parts.add(new Part(formula.substring(from, name.start()), ""));
                parts.add(new Part(name.group(), name.group()));
                from = name.end();
            }
        }
        parts.add(new Part(formula.substring(from), ""));
        return List.copyOf(parts);
    }
}
