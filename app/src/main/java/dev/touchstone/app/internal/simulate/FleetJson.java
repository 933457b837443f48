package dev.touchstone.app.internal.simulate;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.simulate.Care.Scaling;
import dev.touchstone.app.internal.simulate.FleetStudy.Point;
import dev.touchstone.capacity.Derivation;
import dev.touchstone.llm.fleet.simulation.FleetCourse;
import dev.touchstone.llm.fleet.simulation.FleetReport;
import dev.touchstone.llm.fleet.simulation.SessionLoad;
import dev.touchstone.llm.fleet.simulation.TraceLoad;
import dev.touchstone.llm.replay.Latency;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A study as a JSON document: what programs read and what the charts are drawn from.
public final class FleetJson {
    private static final MathContext DIGITS = new MathContext(6);

    private FleetJson() {}

    /// The document as text.
    public static String text(FleetStudy study) {
        return Json.text(document(study)) + "\n";
    }

    /// The document: the load, and a point for each simulated fleet.
    public static Map<String, @Nullable Object> document(FleetStudy study) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("name", study.name());
        document.put("stoppedEarly", study.stoppedEarly());
        document.put("load", load(study));
        document.put(
                "slo",
                ordered(
                        "ttftP95Seconds", number(study.slo().ttftP95Seconds()),
                        "tpotP95Seconds", number(study.slo().tpotP95Seconds())));
        study.derivation().ifPresent(derivation -> document.put("derived", derived(derivation)));
        study.regions()
                .ifPresent(regions -> document.put("regions", Places.document(study, regions)));
        document.put("points", study.points().stream().map(each -> point(study, each)).toList());
        return document;
    }

    private static Map<String, @Nullable Object> load(FleetStudy study) {
        return switch (study.load()) {
            case SessionLoad users ->
                    ordered(
                            "sessions", users.sessions(),
                            "requestsPerHour", users.requestsPerHour(),
                            "peak", users.peak(),
                            "peakRequestsPerSecond", number(users.peakRequestsPerSecond()),
                            "seconds", users.duration().toSeconds(),
                            "meanPromptTokens", users.conversation().meanPromptTokens(),
                            "meanAnswerTokens", users.conversation().answerTokens());
            case TraceLoad trace ->
                    ordered(
                            "requests", trace.trace().size(),
                            "seconds", trace.span().toSeconds(),
                            "speed", trace.speed());
        };
    }

    static Map<String, @Nullable Object> derived(Derivation derivation) {
        return ordered(
                "fleetOverlapped", derivation.text("fleet_overlapped"),
                "fleetSerial", derivation.text("fleet_serial"),
                "fleet", derivation.text("fleet"),
                "cost", derivation.text("cost"));
    }

    private static Map<String, @Nullable Object> point(FleetStudy study, Point point) {
        FleetReport report = point.report();
        SimulationSettings settings = point.fleet().settings();
        Map<String, @Nullable Object> written = new LinkedHashMap<>();
        written.put("label", point.fleet().label());
        written.put("replicas", point.replicas());
        written.put("tried", tried(point));
        written.put(
                "settings",
                ordered(
                        "model", settings.model().name(),
                        "accelerator", settings.accelerator().name(),
                        "tokenBudget", settings.batching().tokenBudget(),
                        "maxSequences", settings.batching().maxSequences(),
                        "kvType", settings.model().kvType().name().toLowerCase(Locale.ROOT),
                        "router", point.fleet().policy().name().toLowerCase(Locale.ROOT),
                        "scaleTo", point.fleet().care().scaling().map(Scaling::most).orElse(null),
                        "ladder", point.fleet().care().ladder().map(Care::loads).orElse("off")));
        written.put("sloMet", study.slo().isMetBy(report));
        written.putAll(report(report));
        return written;
    }

    /// What a simulation came to.
    static Map<String, @Nullable Object> report(FleetReport report) {
        return ordered(
                "complete", report.complete(),
                "requests", requests(report),
                "tokens",
                        ordered(
                                "prompt", report.tokens().prompt(),
                                "cached", report.tokens().cached(),
                                "computed", report.tokens().computed(),
                                "output", report.tokens().output()),
                "latencySeconds", latencies(report),
                "fleet", fleet(report),
                "cost", cost(report),
                "hash", report.hash(),
                "series", series(report.course()));
    }

    private static Map<String, @Nullable Object> tried(Point point) {
        Map<String, @Nullable Object> tried = new LinkedHashMap<>();
        point.tried().forEach((replicas, met) -> tried.put(String.valueOf(replicas), met));
        return tried;
    }

    private static Map<String, @Nullable Object> requests(FleetReport report) {
        FleetReport.Outcomes outcomes = report.outcomes();
        return ordered(
                "total", outcomes.requests(),
                "finished", outcomes.finished(),
                "rejected", outcomes.rejected(),
                "neverFits", outcomes.neverFits(),
                "failed", outcomes.failed(),
                "shed", outcomes.shed(),
                "fallback", outcomes.fallback(),
                "gaveUp", outcomes.timedOut(),
                "unfinished", outcomes.unfinished(),
                "retries", outcomes.retries(),
                "deferred", outcomes.deferred(),
                "preemptions", outcomes.preemptions());
    }

    private static Map<String, @Nullable Object> latencies(FleetReport report) {
        return ordered(
                "ttft", latency(report.ttft()),
                "tpot", latency(report.tpot()),
                "itl", latency(report.itl()),
                "queueing", latency(report.queueing()),
                "total", latency(report.latency()));
    }

    private static Map<String, @Nullable Object> latency(Latency latency) {
        return ordered(
                "count", latency.count(),
                "mean", number(latency.meanSeconds()),
                "p50", number(latency.p50Seconds()),
                "p90", number(latency.p90Seconds()),
                "p95", number(latency.p95Seconds()),
                "p99", number(latency.p99Seconds()),
                "max", number(latency.maxSeconds()));
    }

    private static Map<String, @Nullable Object> fleet(FleetReport report) {
        FleetReport.Fleet fleet = report.load();
        return ordered(
                "durationSeconds", number(report.duration().toNanos() / 1e9),
                "meanReplicas", number(fleet.meanReplicas()),
                "mostReplicas", fleet.mostReplicas(),
                "busyShare", number(fleet.busy()),
                "kvMeanShare", number(fleet.kvMean()),
                "kvPeakShare", number(fleet.kvPeak()),
                "imbalance", number(fleet.imbalance()),
                "steps", fleet.steps());
    }

    private static Map<String, @Nullable Object> cost(FleetReport report) {
        FleetReport.Cost cost = report.cost();
        return ordered(
                "gpuHours", number(cost.replicaHours()),
                "dollars", number(cost.dollars()),
                "dollarsPerMillionTokens", number(cost.perMillionTokens()),
                "dollarsPerMillionOutputTokens", number(cost.perMillionOutputTokens()));
    }

    private static Map<String, @Nullable Object> series(FleetCourse course) {
        return ordered(
                "timesSeconds", course.running().timesSeconds(),
                "requestsPerSecond", course.requests().values(),
                "running", course.running().values(),
                "waiting", course.waiting().values(),
                "kvShare", course.kvOccupancy().values(),
                "outputTokensPerSecond", course.outputTokens().values(),
                "replicas", course.replicas().values(),
                "ttftP95Seconds", course.ttftP95().values(),
                "tpotP95Seconds", course.tpotP95().values());
    }

    static Map<String, @Nullable Object> ordered(@Nullable Object... entries) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put(String.valueOf(entries[i]), entries[i + 1]);
        }
        return map;
    }

    /// JSON knows no NaN: what was never measured is `null`.
    static @Nullable Double number(double value) {
        return Double.isFinite(value)
                ? (Double) BigDecimal.valueOf(value).round(DIGITS).doubleValue()
                : null;
    }
}
