package dev.touchstone.app.internal.cli;

import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.LeakAudit;
import dev.touchstone.features.LeakAudit.Finding;
import dev.touchstone.features.LeakAudit.Leak;
import dev.touchstone.features.LeakScreen;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// What was found in a training set, in words.
final class AuditText {
    private static final int ROWS_SHOWN = 3;

    private AuditText() {}

    /// What a screen saw, column by column.
    static String table(LeakScreen screen) {
        var text =
                new StringBuilder(
                        String.format(
                                Locale.ROOT,
                                "%-32s %9s %7s  signs of a leak%n",
                                "%,d labels, %,d positive"
                                        .formatted(screen.labels(), screen.positives()),
                                "coverage",
                                "AUC"));
        for (LeakScreen.ColumnPart column : screen.columns()) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%-32s %8.1f%% %7s  %s%n",
                            column.name(),
                            100 * column.coverage(),
                            Double.isNaN(column.auc())
                                    ? "–"
                                    : String.format(Locale.ROOT, "%.3f", column.auc()),
                            column.signs().stream()
                                    .map(AuditText::sign)
                                    .collect(Collectors.joining("; "))));
        }
        return text.append(
                        screen.suspects() == 0
                                ? "No column shows a sign of a leak.\n"
                                : "%,d columns show signs; look at when they are written.%n"
                                        .formatted(screen.suspects()))
                .toString();
    }

    /// A sign of a leak in words.
    static String sign(LeakScreen.Sign sign) {
        return switch (sign) {
            case LeakScreen.Sign.TooGood(double auc) ->
                    String.format(Locale.ROOT, "TOO GOOD alone: AUC %.3f", auc);
            case LeakScreen.Sign.OnlyFor(double positives, double others) ->
                    String.format(
                            Locale.ROOT,
                            "PRESENT in %.1f %% of positives, %.1f %% of others",
                            100 * positives,
                            100 * others);
            case LeakScreen.Sign.AfterLabel(long cells, long worst) ->
                    "AFTER THE LABEL in %,d cells, up to %s".formatted(cells, lead(worst));
            case LeakScreen.Sign.SameAsLabel _ -> "IS THE LABEL under another name";
        };
    }

    /// A proof in two lines, and one for each of its first rows.
    static String text(Leak leak) {
        List<FeatureRow> rows = leak.evidence().rows();
        var text =
                new StringBuilder(
                        "line %d, %s of %s: %s leaked%n  label %s, %s, from %s%n"
                                .formatted(
                                        leak.line(),
                                        leak.column(),
                                        entity(leak),
                                        text(leak.value()),
                                        Times.text(leak.labelTime()),
                                        lead(leak.evidence().leadNanos()),
                                        cause(leak.evidence().cause())));
        for (FeatureRow row : rows.subList(0, Math.min(rows.size(), ROWS_SHOWN))) {
            text.append(
                    "  event %s, available %s%n"
                            .formatted(
                                    Times.text(row.eventTime()), Times.text(row.availableTime())));
        }
        if (rows.size() > ROWS_SHOWN) {
            text.append("  and %,d rows more%n".formatted(rows.size() - ROWS_SHOWN));
        }
        return text.toString();
    }

    /// A proof's row as a line of CSV.
    static String csv(Leak leak, FeatureRow row) {
        return "%d,%s,%s,%s,%s,%s,%s,%s,%s%n"
                .formatted(
                        leak.line(),
                        quoted(leak.column()),
                        quoted(entity(leak)),
                        Times.text(leak.labelTime()),
                        quoted(text(leak.value())),
                        name(leak.evidence().cause()),
                        Times.text(row.eventTime()),
                        Times.text(row.availableTime()),
                        quoted(lead(leak.evidence().leadNanos())));
    }

    /// A finding or cause as programs read it: `not-known`.
    static String name(Enum<?> one) {
        return one.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String cause(LeakAudit.Cause cause) {
        return switch (cause) {
            case NOT_KNOWN -> "rows that had happened, but were not known yet";
            case NO_DELAY -> "rows that the view's delay held back";
            case SAME_MOMENT -> "rows of the label's very moment, which < leaves out";
            case LATER_ROW -> "a row that happened after the label";
            case END_OF_HOUR -> "rows up to the end of the label's hour";
            case END_OF_DAY -> "rows up to the end of the label's day (UTC)";
            case END_OF_MONTH -> "rows up to the end of the label's month (UTC)";
            case END_OF_HISTORY -> "rows up to the end of the history";
        };
    }

    /// What an audit found, column by column.
    static String table(LeakAudit audit) {
        var text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "%-28s %10s %9s %9s %9s %11s  %s%n",
                        "%,d labels".formatted(audit.labels()),
                        "as served",
                        "LEAKED",
                        "outdated",
                        "empty",
                        "unexplained",
                        "worst lead"));
        for (LeakAudit.ColumnPart column : audit.columns()) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%-28s %,10d %,9d %,9d %,9d %,11d  %s%n",
                            column.name(),
                            column.count(Finding.AS_SERVED),
                            column.count(Finding.LEAKED),
                            column.count(Finding.OUTDATED),
                            column.count(Finding.EMPTY),
                            column.count(Finding.UNEXPLAINED),
                            column.count(Finding.LEAKED) == 0
                                    ? ""
                                    : lead(column.worstLeadNanos())));
            column.causes().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(cause ->
                            text.append(
                                    String.format(
                                            Locale.ROOT,
                                            "  %,d from %s%n",
                                            cause.getValue(),
                                            cause(cause.getKey()))));
        }
        return text.append(verdict(audit.leaked())).toString();
    }

    private static String verdict(long leaked) {
        if (leaked == 0) {
            return "No cell leaks.";
        }
        return leaked == 1
                ? "1 cell leaks: its value could not be known at its label's moment."
                : "%,d cells leak: their values could not be known at their labels' moments."
                        .formatted(leaked);
    }

    /// The key of the entity that a proof is about.
    static String entity(Leak leak) {
        return leak.evidence().rows().getFirst().entity().parts().stream()
                .map(AuditText::text)
                .reduce((one, other) -> one + " " + other)
                .orElse("");
    }

    /// A value as people read it.
    static String text(Value value) {
        return switch (value) {
            case Value.Missing _ -> "nothing";
            case Value.Real(double real) -> Double.toString(real);
            case Value.Whole(long whole) -> Long.toString(whole);
            case Value.Text(String text) -> text;
            case Value.Truth(boolean truth) -> Boolean.toString(truth);
        };
    }

    /// How long before it could be known, in the unit that fits.
    private static String lead(long nanos) {
        double seconds = nanos / 1e9;
        if (nanos == Times.INFINITY) {
            return "never known";
        }
        if (seconds >= 86_400) {
            return String.format(Locale.ROOT, "%.1f d too early", seconds / 86_400);
        }
        return seconds >= 3600
                ? String.format(Locale.ROOT, "%.1f h too early", seconds / 3600)
                : String.format(Locale.ROOT, "%.3f s too early", seconds);
    }

    private static String quoted(String text) {
        return text.chars().anyMatch(sign -> sign == ',' || sign == '"' || sign == '\n')
                ? '"' + text.replace("\"", "\"\"") + '"'
                : text;
    }
}
