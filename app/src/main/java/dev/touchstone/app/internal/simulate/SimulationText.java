package dev.touchstone.app.internal.simulate;

import dev.touchstone.llm.replay.Latency;
import dev.touchstone.llm.replay.ReplayCourse;
import dev.touchstone.llm.replay.ReplayReport;
import dev.touchstone.telemetry.Series;
import java.util.function.DoubleFunction;

/// A simulation for people who read it in a terminal of 100 columns.
public final class SimulationText {
    private static final int SPARKLINE_WIDTH = 60;

    private final Simulation simulation;
    private final ReplayReport report;
    private final Sparkline sparkline;
    private final StringBuilder text = new StringBuilder();

    private SimulationText(Simulation simulation, boolean unicode) {
        this.simulation = simulation;
        this.report = simulation.report();
        this.sparkline = new Sparkline(unicode, SPARKLINE_WIDTH);
    }

    /// @param unicode whether the terminal can show more than ASCII
    public static String of(Simulation simulation, boolean unicode) {
        var text = new SimulationText(simulation, unicode);
        text.head();
        text.outcome();
        text.latencies();
        text.engine();
        text.course();
        String written = text.text.toString();
        return unicode ? written : written.replace('·', '|').replace('×', 'x').replace('–', '-');
    }

    private void head() {
        Summary summary = new Summary(simulation);
        line("%s on %s", simulation.traceName(), summary.hardware());
        line("");
        line("%-11s%s", "Trace", summary.trace());
        line("%-11s%s", "Batching", summary.batching());
        line("%-11s%s", "KV cache", summary.cache());
    }

    private void outcome() {
        Summary summary = new Summary(simulation);
        line("");
        line("%-11s%s", "Requests", summary.requests());
        summary.warnings().forEach(warning -> line("%-11s%s", "", warning));
        line("%-11s%s", "Duration", summary.duration());
        line("%-11s%s", "Throughput", summary.throughput());
        line("%-11s%s", "Tokens", summary.tokens());
    }

    private void latencies() {
        line("");
        line("%-20s%12s%12s%12s%12s%12s%12s", "Latency", "mean", "p50", "p90", "p95", "p99", "max");
        latency("first token, TTFT", report.ttft());
        latency("per token, TPOT", report.tpot());
        latency("between two, ITL", report.itl());
        latency("queueing", report.queueing());
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

    private void engine() {
        Summary summary = new Summary(simulation);
        line("");
        line("%-11s%s", "Engine", summary.engine());
        line("%-11s%s", "Memory", summary.memory());
    }

    private void course() {
        ReplayCourse course = report.course();
        String end = Figures.span(report.duration());
        line("");
        line("%-20s0%" + (SPARKLINE_WIDTH - 1) + "s   highest", "Over time", end);
        chart("running", course.running(), Figures::level);
        chart("waiting", course.waiting(), Figures::level);
        chart("KV cache in use", course.kvOccupancy(), Figures::percent);
        chart("output tokens/s", course.outputTokensPerSecond(), Figures::rate);
        chart("TTFT p95", course.ttftP95Seconds(), Figures::seconds);
        chart("ITL p99", course.itlP99Seconds(), Figures::seconds);
    }

    private void chart(String name, Series series, DoubleFunction<String> figure) {
        double[] values = series.values();
        line(
                "  %-18s%-" + SPARKLINE_WIDTH + "s  %8s",
                name,
                sparkline.draw(values),
                figure.apply(Sparkline.greatest(0, values.length, values)));
    }

    private void line(String format, Object... values) {
        text.append(format.formatted(values).stripTrailing()).append('\n');
    }
}
