package dev.touchstone.app.internal.simulate;

import dev.touchstone.app.internal.simulate.FleetPage.Fact;
import dev.touchstone.app.internal.simulate.FleetStudy.Point;
import dev.touchstone.app.internal.simulate.SimulationPage.Row;
import dev.touchstone.capacity.Derivation;
import dev.touchstone.llm.fleet.simulation.FleetReport;
import dev.touchstone.llm.fleet.simulation.FleetReport.Outcomes;
import dev.touchstone.llm.fleet.simulation.SessionLoad;
import dev.touchstone.llm.fleet.simulation.Slo;
import dev.touchstone.llm.fleet.simulation.TraceLoad;
import dev.touchstone.llm.replay.Latency;
import dev.touchstone.telemetry.Series;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleFunction;

/// A study for people who read it in a terminal of 100 columns.
public final class FleetText {
    private static final int SPARKLINE_WIDTH = 60;

    private final FleetStudy study;
    private final Sparkline sparkline;
    private final StringBuilder text = new StringBuilder();

    private FleetText(FleetStudy study, boolean unicode) {
        this.study = study;
        this.sparkline = new Sparkline(unicode, SPARKLINE_WIDTH);
    }

    /// @param unicode whether the terminal can show more than ASCII
    public static String of(FleetStudy study, boolean unicode) {
        var text = new FleetText(study, unicode);
        text.head();
        if (study.points().size() > 1) {
            text.sweep();
        } else {
            text.point(study.points().getFirst());
        }
        String written = text.text.toString();
        return unicode ? written : written.replace('·', '|').replace('×', 'x').replace('–', '-');
    }

    private void head() {
        line("%s", study.name());
        if (study.stoppedEarly()) {
            line("stopped early: everything below covers what was done so far");
        }
        line("");
        loadLines(study).forEach(each -> line("%-11s%s", "Load", each));
    }

    /// What is put on the fleet, in words.
    static List<String> loadLines(FleetStudy study) {
        return switch (study.load()) {
            case SessionLoad users ->
                    List.of(
                            "%s sessions · %s requests an hour each · %s × at the peak: %s requests/s"
                                    .formatted(
                                            Figures.count(users.sessions()),
                                            Figures.level(users.requestsPerHour()),
                                            Figures.level(users.peak()),
                                            Figures.rate(users.peakRequestsPerSecond())),
                            "prompts of %s tokens on average, %d of them shared by %s · answers of %s"
                                    .formatted(
                                            Figures.count(
                                                    Math.round(
                                                            users.conversation()
                                                                    .meanPromptTokens())),
                                            users.conversation().systemTokens(),
                                            Figures.percent(users.conversation().sharedShare()),
                                            Figures.count(
                                                    Math.round(
                                                            users.conversation().answerTokens()))));
            case TraceLoad trace ->
                    List.of(
                            "%s in %s"
                                    .formatted(
                                            Figures.plural(trace.trace().size(), "request"),
                                            Figures.span(trace.span())));
        };
    }

    /// What was simulated, in words.
    static String hardware(Point point) {
        return "%s × %s with %s · %s KV · %s tokens a step · router %s"
                .formatted(
                        Figures.count(Math.max(1, point.replicas())),
                        point.fleet().settings().accelerator().name().toUpperCase(Locale.ROOT),
                        point.fleet().settings().model().name(),
                        point.fleet().settings().model().kvType().name().toLowerCase(Locale.ROOT),
                        Figures.count(point.fleet().settings().batching().tokenBudget()),
                        point.fleet().policy().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    private void point(Point point) {
        FleetReport report = point.report();
        line("%-11s%s", "Fleet", hardware(point));
        about(point).forEach(fact -> line("%-11s%s", fact.term(), fact.text()));
        if (point.fleet().search()) {
            line("%-11s%s", "Search", search(point));
        }
        line("");
        line("%-11s%s", "Requests", requests(report));
        line("%-11s%s", "Promise", promise(study, point));
        line("%-11s%s", "Cost", cost(report));
        derived().forEach(each -> line("%-11s%s", "Derived", each));
        simulated(study, point).ifPresent(each -> line("%-11s%s", "Simulated", each));
        line("");
        line("%-20s%12s%12s%12s%12s%12s%12s", "Latency", "mean", "p50", "p90", "p95", "p99", "max");
        latency("first token, TTFT", report.ttft());
        latency("per token, TPOT", report.tpot());
        latency("between two, ITL", report.itl());
        latency("queueing", report.queueing());
        latency("whole answer", report.latency());
        line("");
        line("%-11s%s", "Tokens", tokens(report));
        line("%-11s%s", "Memory", memory(report));
        line("%-11s%s", "Balance", balance(report));
        regions();
        course(report);
    }

    /// What the search tried.
    static String search(Point point) {
        var kept = new ArrayList<String>();
        var broken = new ArrayList<String>();
        point.tried().forEach((count, met) -> (met ? kept : broken).add(String.valueOf(count)));
        return "promise kept with %s · broken with %s"
                .formatted(
                        kept.isEmpty() ? "none" : String.join(", ", kept),
                        broken.isEmpty() ? "none" : String.join(", ", broken));
    }

    /// What is unusual about a fleet, in words.
    static List<Fact> about(Point point) {
        var facts = new ArrayList<Fact>();
        String shape =
                point.fleet()
                        .shape()
                        .text(point.fleet().settings().model(), Math.max(1, point.replicas()));
        String care = point.fleet().care().text();
        if (!shape.isEmpty()) {
            facts.add(new Fact("Shape", shape));
        }
        if (!care.isEmpty()) {
            facts.add(new Fact("Care", care));
        }
        return facts;
    }

    private void regions() {
        List<Row> rows = Places.rows(study);
        if (rows.isEmpty()) {
            return;
        }
        line("");
        line("%-24s%-28s%7s%12s%9s%9s", "Regions", "", "in all", "round trip", "abroad", "$/day");
        for (Row row : rows) {
            List<String> figures = row.figures();
            line(
                    "  %-22s%-28s%7s%12s%9s%9s",
                    row.name(),
                    figures.get(0),
                    figures.get(1),
                    figures.get(2),
                    figures.get(3),
                    figures.get(4));
        }
    }

    /// What stands beside what is derived; empty where nothing is, or where it was cut short.
    static Optional<String> simulated(FleetStudy study, Point point) {
        if (study.stoppedEarly() || study.derivation().isEmpty()) {
            return Optional.empty();
        }
        String count =
                point.fleet().care().scaling().isPresent()
                        ? "%s GPUs on average, %d at most"
                                .formatted(
                                        Figures.level(point.report().load().meanReplicas()),
                                        point.report().load().mostReplicas())
                        : Figures.plural(Math.max(1, point.replicas()), "GPU");
        if (!study.slo().isMetBy(point.report())) {
            return Optional.of("promise broken with " + count);
        }
        return Optional.of(
                (point.fleet().search() ? "fewest that keep the promise: " : "promise kept with ")
                        + count);
    }

    static String requests(FleetReport report) {
        Outcomes outcomes = report.outcomes();
        var parts = new ArrayList<String>();
        parts.add("%s came".formatted(Figures.count(outcomes.requests())));
        add(parts, outcomes.finished(), "finished");
        add(parts, outcomes.rejected(), "turned away");
        add(parts, outcomes.neverFits(), "can never fit");
        add(parts, outcomes.failed(), "failed");
        add(parts, outcomes.shed(), "of low priority shed");
        add(parts, outcomes.fallback(), "given to a small model");
        add(parts, outcomes.timedOut(), "gave up");
        add(parts, outcomes.unfinished(), "unfinished");
        add(parts, outcomes.retries(), "sent again");
        add(parts, outcomes.deferred(), "times told when to come back");
        return String.join(" · ", parts);
    }

    private static void add(List<String> parts, long count, String what) {
        if (count > 0) {
            parts.add(Figures.count(count) + " " + what);
        }
    }

    static String promise(FleetStudy study, Point point) {
        return "%s: TTFT p95 %s of %s · TPOT p95 %s of %s"
                .formatted(
                        kept(study, point),
                        Figures.seconds(point.report().ttft().p95Seconds()),
                        Figures.seconds(study.slo().ttftP95Seconds()),
                        Figures.seconds(point.report().tpot().p95Seconds()),
                        Figures.seconds(study.slo().tpotP95Seconds()));
    }

    /// What became of the promise. Of a run that was cut short nobody can say, unless it was still
    /// working off its queue long after the last request.
    static String kept(FleetStudy study, Point point) {
        return kept(study.slo(), study.load().span(), point.report());
    }

    /// @param span of the load
    static String kept(Slo slo, Duration span, FleetReport report) {
        if (slo.isMetBy(report)) {
            return "kept";
        }
        return report.complete() || report.duration().compareTo(span.multipliedBy(2)) >= 0
                ? "broken"
                : "stopped early";
    }

    static String cost(FleetReport report) {
        return String.format(
                Locale.ROOT,
                "$%.4f per 1M tokens · $%.3f per 1M answer tokens · $%,.2f for %.1f GPU hours",
                report.cost().perMillionTokens(),
                report.cost().perMillionOutputTokens(),
                report.cost().dollars(),
                report.cost().replicaHours());
    }

    private List<String> derived() {
        return study.derivation().map(FleetText::derived).orElse(List.of());
    }

    static List<String> derived(Derivation derivation) {
        return List.of(
                "%s if prefill and decode overlap · %s if they take turns · %s with the haircut"
                        .formatted(
                                derivation.text("fleet_overlapped"),
                                derivation.text("fleet_serial"),
                                derivation.text("fleet")));
    }

    static String tokens(FleetReport report) {
        return "%s prompt, %s of them cached · %s output"
                .formatted(
                        Figures.count(report.tokens().prompt()),
                        Figures.percent(report.tokens().hitShare()),
                        Figures.count(report.tokens().output()));
    }

    static String memory(FleetReport report) {
        return "KV cache %s full on average · %s at most · %s"
                .formatted(
                        Figures.percent(report.load().kvMean()),
                        Figures.percent(report.load().kvPeak()),
                        Figures.plural(report.outcomes().preemptions(), "preemption"));
    }

    static String balance(FleetReport report) {
        FleetReport.Fleet load = report.load();
        String replicas =
                load.mostReplicas() - load.meanReplicas() < 0.05
                        ? ""
                        : "%s replicas on average, %d at most · "
                                .formatted(Figures.level(load.meanReplicas()), load.mostReplicas());
        return replicas
                + String.format(
                        Locale.ROOT,
                        "busiest replica %.2f × the mean · computing %.1f %% of the time",
                        load.imbalance(),
                        100 * load.busy());
    }

    private void latency(String name, Latency latency) {
        line(
                "  %-18s%12s%12s%12s%12s%12s%12s",
                name,
                Figures.seconds(latency.meanSeconds()),
                Figures.seconds(latency.p50Seconds()),
                Figures.seconds(latency.p90Seconds()),
                Figures.seconds(latency.p95Seconds()),
                Figures.seconds(latency.p99Seconds()),
                Figures.seconds(latency.maxSeconds()));
    }

    private void course(FleetReport report) {
        String end = Figures.span(report.duration());
        line("");
        line("%-20s0%" + (SPARKLINE_WIDTH - 1) + "s   highest", "Over time", end);
        chart("requests/s", report.course().requests(), Figures::rate);
        chart("running", report.course().running(), Figures::level);
        chart("waiting", report.course().waiting(), Figures::level);
        chart("KV cache in use", report.course().kvOccupancy(), Figures::percent);
        chart("TTFT p95", report.course().ttftP95(), Figures::seconds);
        chart("TPOT p95", report.course().tpotP95(), Figures::seconds);
    }

    private void chart(String name, Series series, DoubleFunction<String> figure) {
        double[] values = series.values();
        line(
                "  %-18s%-" + SPARKLINE_WIDTH + "s  %8s",
                name,
                sparkline.draw(values),
                figure.apply(Sparkline.greatest(0, values.length, values)));
    }

    private void sweep() {
        line("");
        line(
                "%-24s%9s%11s%11s%8s%8s%15s%10s",
                "", "replicas", "TTFT p95", "TPOT p95", "KV", "cached", "promise", "$/1M");
        for (Point point : study.points()) {
            FleetReport report = point.report();
            line(
                    "%-24s%9s%11s%11s%8s%8s%15s%10s",
                    point.fleet().label(),
                    point.replicas() == 0 ? "none" : Figures.count(point.replicas()),
                    Figures.seconds(report.ttft().p95Seconds()),
                    Figures.seconds(report.tpot().p95Seconds()),
                    Figures.percent(report.load().kvMean()),
                    Figures.percent(report.tokens().hitShare()),
                    kept(study, point),
                    String.format(Locale.ROOT, "%.4f", report.cost().perMillionTokens()));
        }
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
