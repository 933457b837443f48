package dev.touchstone.app.internal.simulate;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.replay.Latency;
import dev.touchstone.llm.replay.ReplayCourse;
import dev.touchstone.llm.replay.ReplayReport;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A simulation for programs, in the shape that `docs/simulate.md` describes. Fields are only ever
/// added; a change of what one means changes [#FORMAT].
public final class SimulationJson {
    static final String FORMAT = "touchstone-simulation/1";

    /// More digits than the model is worth, fewer than a double prints.
    private static final MathContext DIGITS = new MathContext(7);

    private SimulationJson() {}

    /// The document, for people to read as well.
    public static String text(Simulation simulation) {
        return Json.pretty(document(simulation)) + "\n";
    }

    static Map<String, @Nullable Object> document(Simulation simulation) {
        ReplayReport report = simulation.report();
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("format", FORMAT);
        document.put("stoppedEarly", simulation.stoppedEarly());
        document.put("trace", trace(simulation));
        document.put("settings", settings(simulation));
        document.put("requests", requests(report));
        document.put("durationSeconds", seconds(report.duration().toNanos()));
        document.put("throughput", throughput(report));
        document.put("tokens", tokens(report));
        document.put("latencySeconds", latencies(report));
        document.put("engine", engine(report));
        document.put("series", series(report.course()));
        return document;
    }

    private static Map<String, @Nullable Object> trace(Simulation simulation) {
        Map<String, @Nullable Object> trace = new LinkedHashMap<>();
        trace.put("file", simulation.traceName());
        trace.put("requests", simulation.trace().size());
        trace.put("spanSeconds", seconds(simulation.trace().span().toNanos()));
        trace.put("promptTokens", simulation.tracePromptTokens());
        trace.put("outputTokens", simulation.traceOutputTokens());
        trace.put("prefixIds", simulation.trace().hasPrefixIds());
        return trace;
    }

    private static Map<String, @Nullable Object> settings(Simulation simulation) {
        SimulationSettings settings = simulation.settings();
        KvCacheLayout layout = settings.layout();
        Map<String, @Nullable Object> written = new LinkedHashMap<>();
        written.put("model", settings.model().name());
        written.put("accelerator", settings.accelerator().name());
        written.put("replicas", settings.replicas());
        written.put("mfu", settings.utilisation().orElse(null));
        written.put("memoryReserveBytes", settings.reserveBytes());
        written.put("tokenBudget", settings.batching().tokenBudget());
        written.put("maxSequences", settings.batching().maxSequences());
        written.put("maxWaiting", maxWaiting(settings));
        written.put("staticBatching", !settings.continuousBatching());
        written.put("chunkedPrefill", settings.chunkedPrefill());
        written.put("kv", settings.reservedCache() ? "reserved" : "paged");
        written.put("kvType", settings.model().kvType().name().toLowerCase(Locale.ROOT));
        written.put("kvBlockTokens", layout.blockTokens());
        written.put("kvBlocks", layout.blockCount());
        written.put("prefixCache", simulation.sharedPrefixes());
        return written;
    }

    private static @Nullable Integer maxWaiting(SimulationSettings settings) {
        int most = settings.batching().maxWaiting();
        return most == Integer.MAX_VALUE ? null : (Integer) most;
    }

    private static Map<String, @Nullable Object> requests(ReplayReport report) {
        Map<String, @Nullable Object> requests = new LinkedHashMap<>();
        requests.put("total", report.requests());
        requests.put("finished", report.finished());
        requests.put("refusedNeverFits", report.refusedNeverFits());
        requests.put("refusedQueueFull", report.refusedQueueFull());
        requests.put("unfinished", report.unfinished());
        return requests;
    }

    private static Map<String, @Nullable Object> throughput(ReplayReport report) {
        Map<String, @Nullable Object> throughput = new LinkedHashMap<>();
        throughput.put("requestsPerSecond", number(report.requestsPerSecond()));
        throughput.put("promptTokensPerSecond", number(report.promptTokensPerSecond()));
        throughput.put("outputTokensPerSecond", number(report.outputTokensPerSecond()));
        return throughput;
    }

    private static Map<String, @Nullable Object> tokens(ReplayReport report) {
        Map<String, @Nullable Object> tokens = new LinkedHashMap<>();
        tokens.put("prompt", report.promptTokens());
        tokens.put("cached", report.cachedTokens());
        tokens.put("prefill", report.prefillTokens());
        tokens.put("output", report.outputTokens());
        return tokens;
    }

    private static Map<String, @Nullable Object> latencies(ReplayReport report) {
        Map<String, @Nullable Object> latencies = new LinkedHashMap<>();
        latencies.put("ttft", latency(report.ttft()));
        latencies.put("tpot", latency(report.tpot()));
        latencies.put("itl", latency(report.itl()));
        latencies.put("queueing", latency(report.queueing()));
        return latencies;
    }

    private static Map<String, @Nullable Object> latency(Latency latency) {
        Map<String, @Nullable Object> written = new LinkedHashMap<>();
        written.put("count", latency.count());
        written.put("mean", number(latency.meanSeconds()));
        written.put("p50", number(latency.p50Seconds()));
        written.put("p90", number(latency.p90Seconds()));
        written.put("p95", number(latency.p95Seconds()));
        written.put("p99", number(latency.p99Seconds()));
        written.put("max", number(latency.maxSeconds()));
        return written;
    }

    private static Map<String, @Nullable Object> engine(ReplayReport report) {
        Map<String, @Nullable Object> engine = new LinkedHashMap<>();
        engine.put("steps", report.steps());
        engine.put("preemptions", report.preemptions());
        engine.put("busyShare", number(report.busy()));
        engine.put("kvPeakShare", number(report.kvPeak()));
        engine.put("kvMeanShare", number(report.kvMean()));
        return engine;
    }

    private static Map<String, @Nullable Object> series(ReplayCourse course) {
        Map<String, @Nullable Object> series = new LinkedHashMap<>();
        series.put("timesSeconds", course.running().timesSeconds());
        series.put("running", course.running().values());
        series.put("waiting", course.waiting().values());
        series.put("kvShare", course.kvOccupancy().values());
        series.put("outputTokensPerSecond", course.outputTokensPerSecond().values());
        series.put("ttftP95Seconds", course.ttftP95Seconds().values());
        series.put("itlP99Seconds", course.itlP99Seconds().values());
        return series;
    }

    private static @Nullable Double seconds(long nanos) {
        return nanos / 1e9;
    }

    /// JSON knows no NaN: what was never measured is `null`.
    private static @Nullable Double number(double value) {
        return Double.isFinite(value)
                ? (Double) BigDecimal.valueOf(value).round(DIGITS).doubleValue()
                : null;
    }
}
