package dev.touchstone.arena.internal.practice.grading;

import dev.touchstone.arena.internal.practice.Expectation;
import dev.touchstone.arena.internal.practice.text.Amount;
import dev.touchstone.arena.internal.practice.text.Quantities;
import dev.touchstone.arena.internal.practice.text.Span;
import dev.touchstone.arena.internal.practice.text.Terms;
import dev.touchstone.arena.practice.Check;
import dev.touchstone.arena.practice.Check.Verdict;
import dev.touchstone.capacity.Quantity;
import dev.touchstone.capacity.Unit;
import java.time.Duration;
import java.time.LocalTime;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Judges an answer where the right one is known.
public final class Checks {
    private static final Pattern TIME =
            Pattern.compile("(?<!\\d)([01]?\\d|2[0-3]):([0-5]\\d)(?!\\d)");
    private static final Duration DAY = Duration.ofDays(1);

    private Checks() {}

    /// Judges what was typed.
    ///
    /// @param section for the check; empty for a card
    public static Check check(
            String section, String typed, Optional<Integer> certainty, Expectation expectation) {
        Finding finding =
                typed.isBlank()
                        ? new Finding(Verdict.UNANSWERED, "nothing was answered")
                        : switch (expectation) {
                            case Expectation.Computed(Amount amount) -> number(typed, amount);
                            case Expectation.TimeOfDay(LocalTime at, Duration within) ->
                                    time(typed, at, within);
                            case Expectation.Words(Terms terms) -> words(typed, terms);
                        };
        return new Check(
                section,
                finding.verdict,
                typed,
                right(expectation),
                finding.reason,
                certainty,
                points(finding.verdict, certainty));
    }

    private record Finding(Verdict verdict, String reason) {}

    private static Finding number(String typed, Amount amount) {
        if (amount.isAnswer(typed)) {
            return right(typed, amount);
        }
        Optional<Quantity> read = amount.read(typed);
        if (read.isEmpty()) {
            // The last number of a calculation is its result.
            for (Span span : Quantities.in(typed).reversed()) {
                String last = span.of(typed);
                read = amount.read(last);
                if (amount.isAnswer(last)) {
                    return right(last, amount);
                }
                if (read.isPresent()) {
                    break;
                }
            }
        }
        return read.map(quantity -> new Finding(Verdict.WRONG, off(quantity, amount)))
                .orElseGet(() ->
                        new Finding(
                                Verdict.UNREADABLE,
                                "no quantity in %s is found; write it like '%s'"
                                        .formatted(
                                                amount.unit().symbol().isEmpty()
                                                        ? "plain numbers"
                                                        : amount.unit().symbol(),
                                                Quantity.of(12, amount.unit())
                                                        .text(amount.unit()))));
    }

    private static Finding right(String typed, Amount amount) {
        return Stream.of(typed, typed + " %")
                .flatMap(text -> amount.read(text).stream())
                .filter(amount::isNear)
                .findFirst()
                .map(quantity -> new Finding(Verdict.RIGHT, amount.nearness(quantity)))
                .orElseThrow();
    }

    private static String off(Quantity quantity, Amount amount) {
        double factor = quantity.base() / amount.value().base();
        if (!Double.isFinite(factor) || factor <= 0) {
            return "another number";
        }
        return factor >= 2 || factor <= 0.5
                ? factor > 1
                        ? "%s times too much".formatted(round(factor))
                        : "%s times too little".formatted(round(1 / factor))
                : "%s too %s"
                        .formatted(percent(Math.abs(factor - 1)), factor > 1 ? "much" : "little");
    }

    private static Finding time(String typed, LocalTime at, Duration within) {
        Matcher time = TIME.matcher(typed);
        if (!time.find()) {
            return new Finding(
                    Verdict.UNREADABLE, "no time of day is found; write it like '13:45'");
        }
        LocalTime given =
                LocalTime.of(Integer.parseInt(time.group(1)), Integer.parseInt(time.group(2)));
        Duration off = Duration.between(at, given).abs();
        Duration around = off.compareTo(DAY.minus(off)) <= 0 ? off : DAY.minus(off);
        return around.compareTo(within) <= 0
                ? new Finding(
                        Verdict.RIGHT,
                        "within %d minutes".formatted(Math.max(1, within.toMinutes())))
                : new Finding(Verdict.WRONG, "%d minutes off".formatted(around.toMinutes()));
    }

    private static Finding words(String typed, Terms terms) {
        return terms.missing(typed)
                .map(group ->
                        new Finding(
                                Verdict.WRONG, "does not say any of: " + String.join(", ", group)))
                .orElseGet(() -> new Finding(Verdict.RIGHT, "says what matters"));
    }

    private static String right(Expectation expectation) {
        return switch (expectation) {
            case Expectation.Computed(Amount amount) -> amount.text();
            case Expectation.TimeOfDay(LocalTime at, Duration _) -> at.toString();
            case Expectation.Words(Terms terms) -> terms.text();
        };
    }

    private static int points(Verdict verdict, Optional<Integer> certainty) {
        return verdict == Verdict.UNANSWERED
                ? 0
                : Check.points(verdict == Verdict.RIGHT, certainty.orElse(1));
    }

    private static String percent(double share) {
        return "%s %%".formatted(round(share * 100));
    }

    private static String round(double value) {
        return Quantity.of(value >= 100 ? Math.rint(value) : Math.rint(value * 10) / 10, Unit.NONE)
                .text(Unit.NONE);
    }
}
