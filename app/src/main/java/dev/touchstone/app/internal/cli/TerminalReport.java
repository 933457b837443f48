package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.pages.Format;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.Report;
import java.util.List;

/// A report for people who read it in a terminal of 100 columns.
final class TerminalReport {
    private static final int WIDTH = 100;
    private static final int BAR = 20;

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
                "%-28s %5s of %-4s %s",
                dimension.title(),
                Format.points(dimension.points()),
                Format.points(dimension.max()),
                bar(dimension));
        for (Report.Verdict verdict : dimension.verdicts()) {
            String worth =
                    "%5s/%-4s"
                            .formatted(
                                    Format.points(verdict.points()), Format.points(verdict.max()));
            String when = verdict.at().map(at -> clock(at) + "  ").orElse("");
            wrapped(worth + "  ", when + verdict.text());
        }
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
        line("");
        line("%-40s %18s %18s %18s", "", "before", "at the page", "at the end");
        for (Report.Fact fact : report.facts()) {
            line("%-40s %18s %18s %18s", fact.label(), fact.before(), fact.atPage(), fact.atEnd());
        }
    }

    private String clock(java.time.Duration at) {
        return Format.clock(incident.page().plus(at));
    }

    /// Breaks a paragraph into lines that start below one another after `first`.
    private void wrapped(String first, String paragraph) {
        String indent = " ".repeat(first.length());
        var current = new StringBuilder(first);
        boolean empty = true;
        for (String word : List.of(paragraph.split(" "))) {
            if (!empty && current.length() + 1 + word.length() > WIDTH) {
                line("%s", current);
                current = new StringBuilder(indent);
                empty = true;
            }
            current.append(empty ? "" : " ").append(word);
            empty = false;
        }
        line("%s", current);
        if (first.isEmpty()) {
            line("");
        }
    }

    private void line(String format, Object... values) {
        text.append(format.formatted(values).stripTrailing()).append('\n');
    }
}
