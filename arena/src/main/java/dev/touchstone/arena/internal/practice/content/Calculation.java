package dev.touchstone.arena.internal.practice.content;

import dev.touchstone.arena.internal.content.Field;
import dev.touchstone.arena.internal.practice.text.Amount;
import dev.touchstone.capacity.Derivation;
import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.Plans;
import dev.touchstone.capacity.Quantity;
import dev.touchstone.capacity.Refusal;
import dev.touchstone.capacity.Unit;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A formula over a plan of `operations/capacity`, or plain arithmetic.
///
/// @param text the formula with names, and with numbers where it has any names
record Calculation(Quantity value, String text) {
    /// Of plain arithmetic: a plan without a name in it.
    private static final Derivation NO_NAMES =
            Plan.named("arithmetic", "Arithmetic", "What does it come to?").build().derive();

    private static final Pattern NAME =
            Pattern.compile("(?<![\\w\\[.])[a-z][a-z0-9_]*(?![\\w(])(?![^\\[]*\\])");

    private static final double DEFAULT_TOLERANCE = 0.05;

    /// Computes the formula of a figure or a number.
    ///
    /// @param field with `formula`, and `plan` and `with` if it likes
    static Calculation read(Field field) {
        Field formula = field.at("formula");
        Derivation derivation = derivation(field);
        try {
            return new Calculation(
                    derivation.evaluate(formula.text()), text(formula.text(), field, derivation));
        } catch (IllegalArgumentException e) {
            throw formula.refuse(String.valueOf(e.getMessage()));
        }
    }

    /// Reads a number that an answer is held against.
    static Amount amount(Field field) {
        Quantity value = read(field).value;
        Unit unit = unit(field);
        if (!unit.dimension().agreesWith(value.dimension())) {
            throw field.at("formula")
                    .refuse(
                            "it measures %s, but '%s' is asked for; mend one of them"
                                    .formatted(value.dimension(), unit.symbol()));
        }
        return new Amount(
                new Quantity(value.base(), unit.dimension()),
                unit,
                tolerance(field, DEFAULT_TOLERANCE));
    }

    /// The share in a field `within`.
    static double tolerance(Field field, double otherwise) {
        return field.maybe("within")
                .map(within -> Quantity.parse(within.text()).base())
                .orElse(otherwise);
    }

    private static Unit unit(Field field) {
        Optional<Field> unit = field.maybe("unit");
        if (unit.isEmpty()) {
            return Unit.NONE;
        }
        try {
            return Unit.of(unit.get().text());
        } catch (IllegalArgumentException e) {
            throw unit.get().refuse(String.valueOf(e.getMessage()));
        }
    }

    private static Derivation derivation(Field field) {
        Optional<Field> plan = field.maybe("plan");
        if (plan.isEmpty()) {
            return NO_NAMES;
        }
        Map<String, String> with = field.map("with", Field::text);
        try {
            return switch (Plans.named(plan.get().text()).read(with)) {
                case Derivation derivation -> derivation;
                case Refusal(String _, String reason) -> throw field.at("with").refuse(reason);
            };
        } catch (IllegalArgumentException e) {
            throw plan.get().refuse(String.valueOf(e.getMessage()));
        }
    }

    private static String text(String formula, Field field, Derivation derivation) {
        Matcher name = NAME.matcher(formula);
        String numbers =
                name.replaceAll(found -> Matcher.quoteReplacement(derivation.text(found.group())));
        String plain = formula.replace("[", " ").replace("]", "");
        if (numbers.equals(formula)) {
            return plain;
        }
        String with =
                String.join(
                        ", ",
                        field.map("with", Field::text).entrySet().stream()
                                .map(input -> input.getKey() + " = " + input.getValue())
                                .toList());
        return "%s = %s (plan %s%s)"
                .formatted(
                        plain,
                        numbers.replace("[", " ").replace("]", ""),
                        field.text("plan"),
                        with.isEmpty() ? "" : " with " + with);
    }
}
