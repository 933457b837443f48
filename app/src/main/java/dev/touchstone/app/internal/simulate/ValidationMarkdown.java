package dev.touchstone.app.internal.simulate;

import dev.touchstone.llm.hardware.validation.ValidationReport;
import dev.touchstone.llm.hardware.validation.ValidationReport.Half;
import dev.touchstone.llm.hardware.validation.ValidationReport.Prediction;
import dev.touchstone.llm.hardware.validation.ValidationReport.Row;
import dev.touchstone.llm.hardware.validation.ValidationReport.Section;
import dev.touchstone.llm.hardware.validation.ValidationReport.Summary;
import java.math.BigDecimal;
import java.math.MathContext;

/// A validation report as tables that read well in a terminal and on a page.
public final class ValidationMarkdown {
    private static final String BEGIN = "<!-- touchstone simulate validate -->\n";
    private static final String END = "<!-- end -->\n";
    private static final MathContext DIGITS = new MathContext(4);

    private ValidationMarkdown() {}

    /// All tables.
    public static String of(ValidationReport report) {
        var text = new StringBuilder();
        for (Section section : report.sections()) {
            line(text, "## %s\n", section.title());
            line(text, "%s\n", section.text());
            if (section.listed()) {
                rows(text, section);
            }
            summaries(text, section);
        }
        return text.toString().strip() + "\n";
    }

    /// A document with its tables replaced by these: what stands between the two marks that the
    /// tables are put between. A document without marks is replaced as a whole.
    public static String into(String document, ValidationReport report) {
        int begin = document.indexOf(BEGIN);
        int end = document.indexOf(END);
        String tables = BEGIN + "\n" + of(report) + "\n" + END;
        return begin < 0 || end < begin
                ? tables
                : document.substring(0, begin) + tables + document.substring(end + END.length());
    }

    private static void rows(StringBuilder text, Section section) {
        line(text, "| setup | quantity | measured | tables | error | coefficients | error | |");
        line(text, "|---|---|---|---|---|---|---|---|");
        for (Row row : section.rows()) {
            line(
                    text,
                    "| %s | %s, %s | %s | %s | %s | %s | %s | %s |",
                    row.setup(),
                    row.quantity(),
                    row.unit(),
                    number(row.measured()),
                    prediction(row.tables()),
                    percent(row.tables().error(row.measured())),
                    prediction(row.profile()),
                    percent(row.profile().error(row.measured())),
                    row.half() == Half.FITTED ? "fitted to" : "held out");
        }
        line(text, "");
    }

    private static void summaries(StringBuilder text, Section section) {
        line(text, "| group | rows | median error | half are within | nine in ten are within |");
        line(text, "|---|---|---|---|---|");
        for (Summary summary : section.summaries()) {
            line(
                    text,
                    "| %s | %d | %s | %.1f %% | %.1f %% |",
                    summary.group(),
                    summary.size(),
                    percent(summary.median()),
                    100 * summary.medianSize(),
                    100 * summary.ninetieth());
        }
        line(text, "");
    }

    private static String prediction(Prediction prediction) {
        return prediction.low() == prediction.high()
                ? number(prediction.value())
                : "%s (%s to %s)"
                        .formatted(
                                number(prediction.value()),
                                number(prediction.low()),
                                number(prediction.high()));
    }

    private static String number(double value) {
        BigDecimal rounded = new BigDecimal(value).round(DIGITS);
        return value < 1e-3 ? "%.2e".formatted(value) : rounded.toPlainString();
    }

    private static String percent(double share) {
        return "%+.1f %%".formatted(100 * share);
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(format.formatted(values)).append('\n');
    }
}
