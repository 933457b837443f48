package dev.touchstone.llm.fleet.simulation;

import dev.touchstone.llm.fleet.simulation.FleetReport.Cost;
import dev.touchstone.llm.fleet.simulation.FleetReport.Fleet;
import dev.touchstone.llm.fleet.simulation.FleetReport.Outcomes;
import dev.touchstone.llm.fleet.simulation.FleetReport.Tokens;
import dev.touchstone.llm.replay.Latency;
import dev.touchstone.simulation.EventLog;
import dev.touchstone.telemetry.Counter;
import dev.touchstone.telemetry.Distribution;
import dev.touchstone.telemetry.Gauge;
import dev.touchstone.telemetry.Series;
import dev.touchstone.telemetry.Statistic;
import dev.touchstone.telemetry.Telemetry;
import java.time.Duration;

/// Keeps what a fleet's report needs. Times of events go into the log exactly; charts know them to
/// a fraction of a second.
final class FleetRecorder {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int WINDOWS = 360;
    private static final double NANOS_PER_HOUR = 3_600e9;

    final EventLog log = new EventLog();
    final int sentKind = log.kind("sent");
    final int firstKind = log.kind("first");
    final int finishedKind = log.kind("finished");
    final int preemptedKind = log.kind("preempted");
    final int lostKind = log.kind("lost");
    final int refusedKind = log.kind("refused");

    private final Telemetry telemetry;
    final Counter requests;
    final Counter inTime;
    final Counter turnedAway;
    final Counter outputTokens;
    final Distribution ttft;
    final Distribution tpot;
    final Distribution itl;
    final Distribution queueing;
    final Distribution latency;
    private final Gauge running;
    private final Gauge waiting;
    private final Gauge kv;
    private final Gauge replicas;

    long finished;
    long shortened;
    long rejected;
    long neverFits;
    long failed;
    long shed;
    long fallback;
    long timedOut;
    long deferred;
    long retries;
    long preemptions;
    long promptTokens;
    long cachedTokens;
    long computedTokens;
    long copiedTokens;
    long steps;
    double busyNanos;

    private double kvShares;
    private long samples;
    private double kvPeak;
    private double replicaSamples;
    private int mostReplicas;

    /// Between users and fleet.
    final long roundTripNanos;

    FleetRecorder(Duration span, Duration roundTrip) {
        roundTripNanos = roundTrip.toNanos();
        long windowNanos = Math.max(NANOS_PER_SECOND, span.toNanos() / WINDOWS);
        telemetry = new Telemetry(Duration.ofNanos(windowNanos), 2 * WINDOWS);
        telemetry.advance(0);
        requests = telemetry.counter("touchstone:requests_total", "requests", "That came.");
        inTime = telemetry.counter("touchstone:requests_in_time_total", "requests", "As promised.");
        turnedAway = telemetry.counter("touchstone:turned_away_total", "requests", "Not served.");
        outputTokens = telemetry.counter("vllm:generation_tokens_total", "tokens", "Answers.");
        ttft = seconds("vllm:time_to_first_token_seconds", "Arrival to first token.");
        tpot = seconds("vllm:request_time_per_output_token_seconds", "A request's mean gap.");
        itl = seconds("vllm:inter_token_latency_seconds", "Gap between two tokens.");
        queueing = seconds("vllm:request_queue_time_seconds", "Arrival to first step.");
        latency = seconds("vllm:e2e_request_latency_seconds", "Arrival to last token.");
        running = telemetry.gauge("vllm:num_requests_running", "requests", "In the batches.");
        waiting = telemetry.gauge("vllm:num_requests_waiting", "requests", "In the queues.");
        kv = telemetry.gauge("vllm:kv_cache_usage_perc", "share", "Blocks in use.");
        replicas = telemetry.gauge("touchstone:replicas", "replicas", "Serving or starting.");
    }

    private Distribution seconds(String name, String help) {
        return telemetry.distribution(name, "seconds", help, NANOS_PER_SECOND);
    }

    /// Levels of the whole fleet at this moment.
    void sample(long nowNanos, int runningNow, int waitingNow, double kvNow, int replicasNow) {
        running.set(nowNanos, runningNow);
        waiting.set(nowNanos, waitingNow);
        kv.set(nowNanos, kvNow);
        replicas.set(nowNanos, replicasNow);
        kvShares += kvNow;
        replicaSamples += replicasNow;
        mostReplicas = Math.max(mostReplicas, replicasNow);
        samples++;
    }

    void kvOf(double oneReplica) {
        kvPeak = Math.max(kvPeak, oneReplica);
    }

    /// Requests of which nothing more will be heard.
    long settled() {
        return finished + rejected + neverFits + failed + shed + fallback + timedOut;
    }

    FleetReport report(
            boolean complete,
            long endNanos,
            double replicaNanos,
            double imbalance,
            double dollarsPerHour) {
        double hours = replicaNanos / NANOS_PER_HOUR;
        double dollars = hours * dollarsPerHour;
        long output = outputTokens.total();
        var outcomes =
                new Outcomes(
                        requests.total(),
                        finished,
                        inTime.total(),
                        shortened,
                        rejected,
                        neverFits,
                        failed,
                        shed,
                        fallback,
                        timedOut,
                        requests.total() - settled(),
                        retries,
                        deferred,
                        preemptions);
        var fleet =
                new Fleet(
                        replicaSamples / Math.max(1, samples),
                        mostReplicas,
                        busyNanos / replicaNanos,
                        kvShares / Math.max(1, samples),
                        kvPeak,
                        imbalance,
                        steps);
        return new FleetReport(
                complete,
                outcomes,
                Duration.ofNanos(endNanos),
                new Tokens(promptTokens, cachedTokens, computedTokens, copiedTokens, output),
                Latency.of(ttft),
                Latency.of(tpot),
                Latency.of(itl),
                Latency.of(queueing),
                Latency.of(latency),
                fleet,
                new Cost(
                        hours,
                        dollars,
                        dollars / (promptTokens + output) * 1e6,
                        dollars / output * 1e6),
                course(),
                log.hash());
    }

    private FleetCourse course() {
        return new FleetCourse(
                rate(requests),
                rate(inTime),
                rate(turnedAway),
                rate(outputTokens),
                mean(running),
                mean(waiting),
                mean(kv),
                mean(replicas),
                ttft.series(Statistic.P95, Long.MIN_VALUE, Long.MAX_VALUE),
                tpot.series(Statistic.P95, Long.MIN_VALUE, Long.MAX_VALUE));
    }

    private static Series rate(Counter counter) {
        return counter.series(Statistic.RATE, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private static Series mean(Gauge gauge) {
        return gauge.series(Statistic.MEAN, Long.MIN_VALUE, Long.MAX_VALUE);
    }
}
