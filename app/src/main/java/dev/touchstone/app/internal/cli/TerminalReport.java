package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.pages.Format;
import dev.touchstone.app.internal.sizing.Lines;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.Report;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A report for people who read it in a terminal of 80 columns.
final class TerminalReport {
    private static final int WIDTH = 80;
    private static final int BAR = 20;
    private static final int GAP = 2;

    private final Incident incident;
    private final Report report;
    private final StringBuilder text = new StringBuilder();

    TerminalReport(Incident incident, Report report) {
        this.incident = incident;
        this.report = report;
    }

    String text() {
        line("%s  %s", incident.id(), incident.title());
        line("seed %d: %s", report.seed(), report.variant());
        line("");
        line("%d of 100", report.score());
        report.fatal().forEach(this::fatal);
        line("");
        line("Users hurt");
        report.runs().forEach(run -> line("  %-10s %12s", run.name(), Format.count(run.harm())));
        report.dimensions().forEach(this::dimension);
        facts();
        line("");
        report.debrief().forEach(paragraph -> wrapped("", paragraph));
        line("event log %s", report.hash());
        return text.toString();
    }

    private void fatal(Report.Fatal fatal) {
        line("");
        line("capped at %d: %s, %s", fatal.cap(), fatal.title(), clock(fatal.at()));
        wrapped("  ", fatal.why());
    }

    private void dimension(Report.Dimension dimension) {
        line("");
        line(
                "%-28s %5s %-7s %s",
                dimension.title(),
                Format.points(dimension.points()),
                dimension.max() > 0 ? "of " + Format.points(dimension.max()) : "",
                bar(dimension));
        for (Report.Verdict verdict : dimension.verdicts()) {
            String when = verdict.at().map(at -> clock(at) + "  ").orElse("");
            wrapped(worth(verdict), when + verdict.text());
        }
    }

    /// Nothing where a verdict only tells something.
    private static String worth(Report.Verdict verdict) {
        boolean tells = verdict.points() == 0 && verdict.max() == 0;
        return "%5s%-6s"
                .formatted(
                        tells ? "" : Format.points(verdict.points()),
                        verdict.max() > 0 ? "/" + Format.points(verdict.max()) : "");
    }

    private static String bar(Report.Dimension dimension) {
        if (dimension.max() <= 0) {
            return "";
        }
        double share = Math.clamp(dimension.points() / dimension.max(), 0, 1);
        int full = (int) Math.round(share * BAR);
        return "█".repeat(full) + "░".repeat(BAR - full);
    }

    private void facts() {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("", "before", "at the page", "at the end"));
        report.facts()
                .forEach(fact ->
                        rows.add(
                                List.of(fact.label(), fact.before(), fact.atPage(), fact.atEnd())));
        int figure =
                GAP
                        + rows.stream()
                                .flatMap(row -> row.stream().skip(1))
                                .mapToInt(String::length)
                                .max()
                                .orElseThrow();
        int label = WIDTH - 3 * figure;
        String format = "%%-%ds%%%ds%%%ds%%%ds".formatted(label, figure, figure, figure);
        line("");
        for (List<String> row : rows) {
            List<String> lines = Lines.wrapped(label, "", "", row.getFirst()).lines().toList();
            line(format, lines.getFirst(), row.get(1), row.get(2), row.get(3));
            lines.stream().skip(1).forEach(rest -> line("%s", rest));
        }
    }

    private String clock(Duration at) {
        return Format.clock(incident.page().plus(at));
    }

    /// Puts a paragraph's lines below one another after `first`.
    private void wrapped(String first, String paragraph) {
        text.append(Lines.wrapped(WIDTH, first, " ".repeat(first.length()), paragraph));
        if (first.isEmpty()) {
            line("");
        }
    }

    private void line(String format, Object... values) {
        text.append(format.formatted(values).stripTrailing()).append('\n');
    }
}
