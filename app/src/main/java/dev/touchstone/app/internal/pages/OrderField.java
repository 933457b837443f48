package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.simulate.Choice;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A field of a form with which something is simulated.
///
/// @param choices to select from; none for a field that is typed into
/// @param hint what may stand there
/// @param refusal why it cannot be as it is; else empty
public record OrderField(
        String id, String label, String value, List<String> choices, String hint, String refusal) {

    static OrderField typed(String id, String label, Optional<?> value, String hint) {
        return new OrderField(
                id, label, value.map(String::valueOf).orElse(""), List.of(), hint, "");
    }

    static OrderField chosen(
            String id, String label, Optional<String> value, Choice<?> choice, String hint) {
        return new OrderField(id, label, value.orElse(""), choice.words(), hint, "");
    }

    /// The fields as somebody filled them in, one of them refused.
    ///
    /// @param at the field that cannot be; none has that id when nothing in particular is wrong
    static List<OrderField> refused(
            List<OrderField> fields, Map<String, String> given, String at, String why) {
        return fields.stream()
                .map(each ->
                        new OrderField(
                                each.id(),
                                each.label(),
                                given.getOrDefault(each.id(), ""),
                                each.choices(),
                                each.hint(),
                                each.id().equals(at) ? why : ""))
                .toList();
    }

    /// What a problem says, without the name of the field that it stands beside.
    static String reason(Problem problem) {
        String prefix = problem.field().orElse("") + ": ";
        String detail = problem.detail();
        return detail.startsWith(prefix) ? detail.substring(prefix.length()) : detail;
    }

    static Optional<String> word(String field, Map<String, String> given) {
        return Optional.of(given.getOrDefault(field, "").strip()).filter(text -> !text.isEmpty());
    }

    /// A whole number, thousands separated or not.
    ///
    /// @throws Json.Malformed when something else stands there
    static Optional<Integer> number(String field, Map<String, String> given) {
        return word(field, given).map(text -> whole(field, text));
    }

    /// A number with or without a fraction.
    ///
    /// @throws Json.Malformed when something else stands there
    static Optional<Double> share(String field, Map<String, String> given) {
        return word(field, given).map(text -> fraction(field, text));
    }

    private static Double fraction(String field, String text) {
        try {
            return Double.valueOf(text);
        } catch (NumberFormatException _) {
            throw new Json.Malformed(field, "'%s' is no number".formatted(text));
        }
    }

    private static Integer whole(String field, String text) {
        try {
            return Integer.valueOf(text.replace(",", ""));
        } catch (NumberFormatException _) {
            throw new Json.Malformed(field, "'%s' is no whole number".formatted(text));
        }
    }
}
