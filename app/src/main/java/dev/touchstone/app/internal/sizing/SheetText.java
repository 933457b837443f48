package dev.touchstone.app.internal.sizing;

import dev.touchstone.capacity.Sheet;
import dev.touchstone.capacity.Sheet.Check;
import dev.touchstone.capacity.Sheet.Given;
import dev.touchstone.capacity.Sheet.Role;
import dev.touchstone.capacity.Sheet.Step;
import java.util.stream.Stream;

/// A derivation for a terminal: names on the left, values beside them, and under each what made it.
/// What matters most comes last, where the eye is when the program has ended.
public final class SheetText {
    private static final int GAP = 2;
    private static final int WIDEST_VALUE = 30;

    private final Sheet sheet;
    private final boolean marksGiven;
    private final int nameWidth;
    private final int valueWidth;
    private final StringBuilder text = new StringBuilder();

    /// @param marksGiven whether to mark what was given; in a drill everything was
    private SheetText(Sheet sheet, boolean marksGiven) {
        this.sheet = sheet;
        this.marksGiven = marksGiven;
        nameWidth =
                Stream.concat(
                                sheet.inputs().stream().map(Given::id),
                                sheet.steps().stream().map(Step::id))
                        .mapToInt(String::length)
                        .max()
                        .orElse(0);
        valueWidth =
                Stream.concat(
                                sheet.inputs().stream().map(Given::text),
                                sheet.steps().stream().map(SheetText::value))
                        .mapToInt(String::length)
                        .filter(length -> length <= WIDEST_VALUE)
                        .max()
                        .orElse(0);
    }

    /// All of a plan.
    public static String plan(Sheet sheet) {
        var text = new SheetText(sheet, true);
        text.line(sheet.title());
        text.text.append(Lines.wrapped(sheet.question()));
        text.derivation();
        text.heading("Sanity checks");
        sheet.checks().forEach(text::check);
        text.heading("Results");
        sheet.headline().forEach(text::result);
        sheet.steps().stream()
                .filter(step -> step.role() == Role.RESULT)
                .map(Step::id)
                .filter(id -> !sheet.headline().contains(id))
                .forEach(text::result);
        long failed = sheet.checks().stream().filter(check -> !check.holds()).count();
        if (failed > 0) {
            text.line("");
            text.line(failed == 1 ? "One sanity check fails." : failed + " sanity checks fail.");
        }
        return text.text.toString();
    }

    /// How one answer comes about.
    public static String derivation(Sheet sheet) {
        var text = new SheetText(sheet, false);
        text.derivation();
        return text.text.toString();
    }

    private void derivation() {
        heading(marksGiven && isAnyGiven() ? "Inputs (* as you say)" : "Inputs");
        sheet.inputs().forEach(this::input);
        boolean slips = sheet.steps().stream().anyMatch(step -> step.role() == Role.SLIP);
        heading(slips ? "Steps (> result, x what a common mistake gives)" : "Steps (> result)");
        sheet.steps().forEach(this::step);
    }

    private boolean isAnyGiven() {
        return sheet.inputs().stream().anyMatch(Given::overridden)
                || sheet.steps().stream().anyMatch(Step::given);
    }

    private void input(Given given) {
        entry(
                marksGiven && given.overridden() ? "*" : "",
                given.id(),
                given.text(),
                given.label() + (given.source().isEmpty() ? "" : " (" + given.source() + ")"));
    }

    private void step(Step step) {
        entry(mark(step), step.id(), value(step), step.label());
        under("= " + step.formula());
        under((step.given() ? "" : "= ") + step.substitution());
        if (!step.note().isEmpty()) {
            under(step.note());
        }
    }

    private static String mark(Step step) {
        if (step.given()) {
            return "*";
        }
        return switch (step.role()) {
            case STEP -> "";
            case RESULT -> ">";
            case SLIP -> "x";
        };
    }

    private static String value(Step step) {
        return step.text() + (step.binary().isEmpty() ? "" : " (" + step.binary() + ")");
    }

    private void check(Check check) {
        String first = check.holds() ? "  holds  " : "  FAILS  ";
        text.append(
                Lines.wrapped(
                        first,
                        " ".repeat(first.length()),
                        check.label() + ": " + check.substitution()));
    }

    private void result(String id) {
        sheet.steps().stream()
                .filter(step -> step.id().equals(id))
                .forEach(step -> entry("", step.id(), value(step), step.label()));
    }

    private void heading(String title) {
        line("");
        line(title);
    }

    private void entry(String mark, String name, String value, String what) {
        String first = "%-2s%-" + (nameWidth + GAP) + "s%-" + valueWidth + "s  ";
        text.append(
                Lines.wrapped(
                        first.formatted(mark, name, value),
                        " ".repeat(2 + nameWidth + GAP + valueWidth + 2),
                        what));
    }

    private void under(String sentence) {
        String indent = " ".repeat(2 + nameWidth + GAP);
        text.append(Lines.wrapped(indent, indent + "  ", sentence));
    }

    private void line(String line) {
        text.append(line.stripTrailing()).append('\n');
    }
}
