package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.http.ApiEndpoints;
import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.runs.Lease;
import dev.touchstone.app.internal.runs.LiveRun;
import dev.touchstone.app.internal.runs.RunStore;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.Observation.Phase;
import dev.touchstone.arena.Report;
import dev.touchstone.telemetry.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The graded report: the score and why, and three runs of one seed laid over one another.
public final class ReportPage {
    private final String assets;
    private final Templates templates;
    private final RunStore runs;

    public ReportPage(Kit kit, RunStore runs) {
        this.assets = kit.assets();
        this.templates = kit.templates();
        this.runs = runs;
    }

    public List<Route> routes() {
        return List.of(Route.get("/runs/{run}/report", this::show));
    }

    /// What the template shows.
    public record View(
            String assets,
            String run,
            Incident incident,
            Instant created,
            Report report,
            String data) {
        /// The story's time at a moment of the run.
        public String clock(Duration at) {
            return Format.clock(incident.page().plus(at));
        }

        /// A length out of 1000, for a bar drawn in such units.
        public long bar(double points, double max) {
            return max <= 0 ? 0 : Math.round(1000 * Math.clamp(points / max, 0, 1));
        }

        /// What the score says in a word.
        public String word() {
            int score = report.score();
            return score >= 85
                    ? "excellent"
                    : score >= 70
                            ? "solid"
                            : score >= 50 ? "mixed" : score >= 30 ? "shaky" : "costly";
        }

        /// How a verdict came out; one without points only tells something.
        public String sign(Report.Verdict verdict) {
            if (verdict.points() == 0 && verdict.max() == 0) {
                return "told";
            }
            return verdict.points() >= verdict.max() && verdict.points() >= 0
                    ? "won"
                    : verdict.points() > 0 ? "part" : "lost";
        }
    }

    /// What the charts draw.
    record Data(
            Instant page,
            double history,
            double clock,
            List<String> runs,
            List<List<Mark>> marks,
            List<Chart> charts) {}

    record Mark(double t, String label) {}

    /// One chart with a line a run.
    @SuppressWarnings("ArrayRecordComponent") // only ever written as JSON
    record Chart(
            String title, String unit, Optional<Double> limit, double[] t, List<double[]> values) {}

    private void show(Exchange exchange) {
        try (Lease lease = ApiEndpoints.lease(runs, exchange)) {
            LiveRun run = lease.run();
            if (run.observe().phase() == Phase.OPEN && exchange.fromBrowser()) {
                exchange.goTo("/runs/" + run.id());
                return;
            }
            Report report = ApiEndpoints.report(run);
            exchange.sendHtml(
                    200,
                    templates.render(
                            "report.jte",
                            new View(
                                    assets,
                                    run.id().value(),
                                    run.incident(),
                                    run.created(),
                                    report,
                                    Json.inScript(data(run.incident(), report)))));
        }
    }

    private static Data data(Incident incident, Report report) {
        var charts = new ArrayList<Chart>();
        charts.add(
                chart(
                        "Users hurt",
                        "",
                        Optional.empty(),
                        report.runs().stream().map(Report.Run::harmOverTime)));
        for (Incident.Panel panel : incident.panels()) {
            String signal = panel.lines().getFirst().signal();
            charts.add(
                    chart(
                            panel.title()
                                    + (panel.lines().size() > 1
                                            ? ", " + panel.lines().getFirst().label()
                                            : ""),
                            panel.unit(),
                            panel.limit(),
                            report.runs().stream()
                                    .flatMap(run -> Stream.ofNullable(run.signals().get(signal)))));
        }
        return new Data(
                incident.page(),
                RoomView.seconds(incident.history()),
                RoomView.seconds(incident.clock()),
                report.runs().stream().map(Report.Run::name).toList(),
                report.runs().stream()
                        .map(run ->
                                run.marks().stream()
                                        .map(mark ->
                                                new Mark(RoomView.seconds(mark.at()), mark.label()))
                                        .toList())
                        .toList(),
                charts);
    }

    /// The runs share their windows: same incident, same clock.
    private static Chart chart(
            String title, String unit, Optional<Double> limit, Stream<Series> series) {
        List<Series> lines = series.toList();
        double[] t =
                lines.stream()
                        .map(Series::timesSeconds)
                        .max(Comparator.comparingInt(times -> times.length))
                        .orElse(new double[0]);
        return new Chart(title, unit, limit, t, lines.stream().map(Series::values).toList());
    }
}
