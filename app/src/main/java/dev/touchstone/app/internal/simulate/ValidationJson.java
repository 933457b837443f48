package dev.touchstone.app.internal.simulate;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.llm.hardware.validation.ValidationReport;
import dev.touchstone.llm.hardware.validation.ValidationReport.Prediction;
import dev.touchstone.llm.hardware.validation.ValidationReport.Row;
import dev.touchstone.llm.hardware.validation.ValidationReport.Section;
import dev.touchstone.llm.hardware.validation.ValidationReport.Summary;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A validation report for programs, with every row.
public final class ValidationJson {
    private static final String FORMAT = "touchstone-validation/1";

    private ValidationJson() {}

    /// The document.
    public static String text(ValidationReport report) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("format", FORMAT);
        document.put("sections", report.sections().stream().map(ValidationJson::section).toList());
        return Json.pretty(document) + "\n";
    }

    private static Map<String, @Nullable Object> section(Section section) {
        Map<String, @Nullable Object> written = new LinkedHashMap<>();
        written.put("title", section.title());
        written.put("rows", section.rows().stream().map(ValidationJson::row).toList());
        written.put(
                "summaries", section.summaries().stream().map(ValidationJson::summary).toList());
        return written;
    }

    private static Map<String, @Nullable Object> row(Row row) {
        Map<String, @Nullable Object> written = new LinkedHashMap<>();
        written.put("setup", row.setup());
        written.put("quantity", row.quantity());
        written.put("unit", row.unit());
        written.put("half", row.half().name().toLowerCase(Locale.ROOT));
        written.put("measured", row.measured());
        written.put("tables", prediction(row.tables(), row.measured()));
        written.put("coefficients", prediction(row.profile(), row.measured()));
        return written;
    }

    private static Map<String, @Nullable Object> prediction(
            Prediction prediction, double measured) {
        Map<String, @Nullable Object> written = new LinkedHashMap<>();
        written.put("value", prediction.value());
        written.put("low", prediction.low());
        written.put("high", prediction.high());
        written.put("error", prediction.error(measured));
        return written;
    }

    private static Map<String, @Nullable Object> summary(Summary summary) {
        Map<String, @Nullable Object> written = new LinkedHashMap<>();
        written.put("group", summary.group());
        written.put("rows", summary.size());
        written.put("medianError", summary.median());
        written.put("medianAbsoluteError", summary.medianSize());
        written.put("ninetiethAbsoluteError", summary.ninetieth());
        return written;
    }
}
