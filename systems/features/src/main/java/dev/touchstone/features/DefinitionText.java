package dev.touchstone.features;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Definitions in the words of the file that they are written in, for messages.
final class DefinitionText {
    private DefinitionText() {}

    /// `account: text, bank: long`
    static String of(List<Column> columns) {
        return columns.stream()
                .map(column -> column.name() + ": " + of(column.type()))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    static String of(ColumnType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    /// `count of amount over 1d`
    static String of(Aggregate aggregate, WindowedSource source) {
        return "%s of %s%s over %s"
                .formatted(
                        aggregate.function().name().toLowerCase(Locale.ROOT),
                        source.columns().get(aggregate.column()).name(),
                        aggregate.function() == Aggregate.Function.QUANTILE
                                ? " at " + aggregate.at()
                                : "",
                        of(aggregate.window()));
    }

    private static String of(Window window) {
        return switch (window) {
            case Window.Span(long length, long hop) ->
                    Times.spanText(length) + (hop == 1 ? "" : " by " + Times.spanText(hop));
            case Window.Latest(int count) -> "the latest %d".formatted(count);
        };
    }

    static String of(AsOfRule rule) {
        return "boundary \"%s\", delay %s, maxAge %s, staleness %s"
                .formatted(
                        rule.boundary() == AsOfRule.Boundary.BEFORE ? "<" : "<=",
                        Times.spanText(rule.delayNanos()),
                        rule.maxAgeNanos() == AsOfRule.UNBOUNDED
                                ? "any"
                                : Times.spanText(rule.maxAgeNanos()),
                        rule.staleness().name().toLowerCase(Locale.ROOT));
    }

    static String of(LatePolicy late) {
        return "%s after %s".formatted(word(late.then()), Times.spanText(late.afterNanos()));
    }

    static String of(Freshness freshness) {
        return "%s, sla %s".formatted(word(freshness.tier()), Times.spanText(freshness.slaNanos()));
    }

    static String of(ParityWatch.Settings parity) {
        return "sample %s, after %s, every %s, reads %d, alarm %s, over %s"
                .formatted(
                        parity.sample(),
                        Times.spanText(parity.maturityNanos()),
                        Times.spanText(parity.everyNanos()),
                        parity.most(),
                        parity.threshold(),
                        Times.spanText(parity.spanNanos()));
    }

    static String of(Retention retention) {
        String age =
                retention.ageNanos() == Times.INFINITY
                        ? "for good"
                        : Times.spanText(retention.ageNanos());
        return retention.bytes() == Retention.ALL.bytes()
                ? age
                : "%s, up to %d MB".formatted(age, retention.bytes() >> 20);
    }

    private static String word(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
