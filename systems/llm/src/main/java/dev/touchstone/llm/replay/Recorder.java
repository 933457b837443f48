package dev.touchstone.llm.replay;

import dev.touchstone.llm.EngineObserver;
import dev.touchstone.llm.Sequence;
import dev.touchstone.llm.Step;
import dev.touchstone.telemetry.Counter;
import dev.touchstone.telemetry.Distribution;
import dev.touchstone.telemetry.Gauge;
import dev.touchstone.telemetry.Statistic;
import dev.touchstone.telemetry.Telemetry;
import java.time.Duration;

/// Hears all engines of a replay and keeps what its report needs.
///
/// Nearly all tokens of a step come out after the same gap, so gaps are counted while they are
/// equal and recorded once. Levels are set once a step.
final class Recorder implements EngineObserver {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /// Points of a chart that covers the arrivals; a long tail may double them.
    private static final int WINDOWS = 360;

    /// Lengths a window may have, for charts with round times.
    private static final long[] WINDOW_MILLIS = {
        100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000,
        600_000, 1_800_000, 3_600_000
    };

    private final Telemetry telemetry;
    private final Counter outputTokens;
    private final Distribution ttft;
    private final Distribution tpot;
    private final Distribution itl;
    private final Distribution queueing;
    private final Gauge running;
    private final Gauge waiting;
    private final Gauge kvOccupancy;

    private final long[] firstTokenNanos;
    private final double totalBlocks;

    private long gapNanos;
    private long gaps;
    private int stepOutputTokens;

    private int runningNow;
    private int waitingNow;
    private long blocksNow;
    private long blocksSinceNanos;
    private double blockNanos;

    private int finished;
    private int refusedNeverFits;
    private int refusedQueueFull;
    private long promptTokens;
    private long cachedTokens;
    private long computedTokens;
    private long preemptions;
    private long steps;
    private double busyNanos;
    private double kvPeak;

    /// @param totalBlocks cache blocks of all replicas
    Recorder(Trace trace, double totalBlocks) {
        this.firstTokenNanos = new long[trace.size()];
        this.totalBlocks = totalBlocks;
        telemetry = new Telemetry(window(trace.span()), 2 * WINDOWS);
        telemetry.advance(0);
        outputTokens = telemetry.counter("vllm:generation_tokens_total", "tokens", "Answers.");
        ttft = latency("vllm:time_to_first_token_seconds", "Arrival to first token.");
        tpot = latency("vllm:request_time_per_output_token_seconds", "A request's mean gap.");
        itl = latency("vllm:inter_token_latency_seconds", "Gap between two tokens.");
        queueing = latency("vllm:request_queue_time_seconds", "Arrival to first step.");
        running = telemetry.gauge("vllm:num_requests_running", "requests", "In the batch.");
        waiting = telemetry.gauge("vllm:num_requests_waiting", "requests", "In the queue.");
        kvOccupancy = telemetry.gauge("vllm:kv_cache_usage_perc", "share", "Blocks in use.");
    }

    private Distribution latency(String name, String help) {
        return telemetry.distribution(name, "seconds", help, NANOS_PER_SECOND);
    }

    /// The shortest of the round lengths of which [#WINDOWS] cover the arrivals.
    private static Duration window(Duration span) {
        long neededMillis = span.toMillis() / WINDOWS;
        for (long millis : WINDOW_MILLIS) {
            if (millis >= neededMillis) {
                return Duration.ofMillis(millis);
            }
        }
        return Duration.ofDays(1);
    }

    @Override
    public void admitted(long nowNanos, Sequence sequence) {
        if (sequence.preemptions() == 0) {
            queueing.record(nowNanos, nowNanos - sequence.arrivalNanos());
            cachedTokens += sequence.cachedTokens();
        }
    }

    @Override
    public void preempted(long nowNanos, Sequence sequence) {
        preemptions++;
    }

    @Override
    public void firstToken(long nowNanos, Sequence sequence, long nanos) {
        ttft.record(nowNanos, nanos);
        firstTokenNanos[(int) sequence.request().id()] = nowNanos;
        promptTokens += sequence.request().promptTokens();
        stepOutputTokens++;
    }

    @Override
    public void nextToken(long nowNanos, Sequence sequence, long nanos) {
        if (nanos != gapNanos) {
            recordGaps(nowNanos);
            gapNanos = nanos;
        }
        gaps++;
    }

    @Override
    public void finished(long nowNanos, Sequence sequence) {
        finished++;
        int laterTokens = sequence.generated() - 1;
        if (laterTokens > 0) {
            long first = firstTokenNanos[(int) sequence.request().id()];
            tpot.record(nowNanos, (nowNanos - first) / laterTokens);
        }
    }

    void refusedNeverFits() {
        refusedNeverFits++;
    }

    void refusedQueueFull() {
        refusedQueueFull++;
    }

    /// A step begins that will last for `nanos`.
    void stepBegins(Step step, long nanos) {
        steps++;
        busyNanos += nanos;
        computedTokens += step.tokens();
    }

    /// A step is over and its tokens have been heard.
    void stepEnded(long nowNanos) {
        recordGaps(nowNanos);
        if (stepOutputTokens > 0) {
            outputTokens.add(nowNanos, stepOutputTokens);
            stepOutputTokens = 0;
        }
    }

    private void recordGaps(long nowNanos) {
        if (gaps > 0) {
            itl.record(nowNanos, gapNanos, gaps);
            stepOutputTokens += (int) gaps;
            gaps = 0;
        }
    }

    /// One replica's levels have changed by so much, and its cache is now full to this share.
    void levelsChanged(
            long nowNanos, int moreRunning, int moreWaiting, int moreBlocks, double occupancy) {
        blockNanos += (double) blocksNow * (nowNanos - blocksSinceNanos);
        blocksSinceNanos = nowNanos;
        runningNow += moreRunning;
        waitingNow += moreWaiting;
        blocksNow += moreBlocks;
        kvPeak = Math.max(kvPeak, occupancy);
        running.set(nowNanos, runningNow);
        waiting.set(nowNanos, waitingNow);
        kvOccupancy.set(nowNanos, blocksNow / totalBlocks);
    }

    /// Requests of which nothing more will be heard.
    int settled() {
        return finished + refusedNeverFits + refusedQueueFull;
    }

    ReplayReport report(long endNanos, int replicas) {
        telemetry.advance(endNanos);
        int requests = firstTokenNanos.length;
        return new ReplayReport(
                requests,
                finished,
                refusedNeverFits,
                refusedQueueFull,
                requests - settled(),
                Duration.ofNanos(endNanos),
                promptTokens,
                cachedTokens,
                // Each later answer token takes one token through the model, the rest is prefill.
                computedTokens - itl.count(),
                outputTokens.total(),
                Latency.of(ttft),
                Latency.of(tpot),
                Latency.of(itl),
                Latency.of(queueing),
                preemptions,
                steps,
                busyNanos / ((double) replicas * endNanos),
                kvPeak,
                blockNanos / (totalBlocks * endNanos),
                course());
    }

    private ReplayCourse course() {
        return new ReplayCourse(
                running.series(Statistic.MEAN, Long.MIN_VALUE, Long.MAX_VALUE),
                waiting.series(Statistic.MEAN, Long.MIN_VALUE, Long.MAX_VALUE),
                kvOccupancy.series(Statistic.MEAN, Long.MIN_VALUE, Long.MAX_VALUE),
                outputTokens.series(Statistic.RATE, Long.MIN_VALUE, Long.MAX_VALUE),
                ttft.series(Statistic.P95, Long.MIN_VALUE, Long.MAX_VALUE),
                itl.series(Statistic.P99, Long.MIN_VALUE, Long.MAX_VALUE));
    }
}
