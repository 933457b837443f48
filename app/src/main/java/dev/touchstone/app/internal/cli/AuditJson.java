package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.features.LeakAudit;
import dev.touchstone.features.LeakAudit.Finding;
import dev.touchstone.features.LeakAudit.Leak;
import dev.touchstone.features.LeakScreen;
import dev.touchstone.features.Times;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What was found in a training set, for programs.
final class AuditJson {
    private static final double NANOS_PER_SECOND = 1e9;

    private AuditJson() {}

    /// @param leadSeconds from the label until it could be known; empty if never
    record Proof(
            long line,
            String column,
            String entity,
            String labelTime,
            String value,
            String cause,
            Optional<Double> leadSeconds,
            List<Row> rows) {}

    /// A row that could not be served yet.
    record Row(String eventTime, String availableTime) {}

    /// A column.
    ///
    /// @param cells how many of each finding, also of those that are none
    /// @param causes how many of the leaked ones have each cause
    record Audited(
            String column,
            Map<String, Long> cells,
            Map<String, Long> causes,
            Optional<Double> worstLeadSeconds) {}

    /// An audit.
    record Audit(long labels, long leaked, List<Audited> columns, List<Proof> proofs) {}

    /// @param shown the proofs to be told
    static String of(LeakAudit audit, List<Leak> shown) {
        return Json.text(
                new Audit(
                        audit.labels(),
                        audit.leaked(),
                        audit.columns().stream().map(AuditJson::audited).toList(),
                        shown.stream().map(AuditJson::proof).toList()));
    }

    /// @param auc 0.5 to 1, or empty when the column says nothing
    record Screened(String column, double coverage, Optional<Double> auc, List<String> signs) {}

    /// A screen.
    record Screen(long labels, long positives, long suspects, List<Screened> columns) {}

    static String of(LeakScreen screen) {
        return Json.text(
                new Screen(
                        screen.labels(),
                        screen.positives(),
                        screen.suspects(),
                        screen.columns().stream()
                                .map(column ->
                                        new Screened(
                                                column.name(),
                                                column.coverage(),
                                                Optional.of(column.auc()).filter(Double::isFinite),
                                                column.signs().stream()
                                                        .map(AuditText::sign)
                                                        .toList()))
                                .toList()));
    }

    private static Audited audited(LeakAudit.ColumnPart column) {
        Map<String, Long> cells = new LinkedHashMap<>();
        Stream.of(Finding.values())
                .forEach(finding -> cells.put(AuditText.name(finding), column.count(finding)));
        Map<String, Long> causes = new LinkedHashMap<>();
        column.causes().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(cause -> causes.put(AuditText.name(cause.getKey()), cause.getValue()));
        return new Audited(column.name(), cells, causes, seconds(column.worstLeadNanos()));
    }

    private static Proof proof(Leak leak) {
        return new Proof(
                leak.line(),
                leak.column(),
                AuditText.entity(leak),
                Times.text(leak.labelTime()),
                AuditText.text(leak.value()),
                AuditText.name(leak.evidence().cause()),
                seconds(leak.evidence().leadNanos()),
                leak.evidence().rows().stream()
                        .map(row ->
                                new Row(
                                        Times.text(row.eventTime()),
                                        Times.text(row.availableTime())))
                        .toList());
    }

    private static Optional<Double> seconds(long nanos) {
        return nanos == Times.INFINITY ? Optional.empty() : Optional.of(nanos / NANOS_PER_SECOND);
    }
}
