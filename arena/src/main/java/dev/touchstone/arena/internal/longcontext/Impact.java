package dev.touchstone.arena.internal.longcontext;

import dev.touchstone.llm.Sequence;
import dev.touchstone.telemetry.Counter;
import dev.touchstone.telemetry.Distribution;
import dev.touchstone.telemetry.Gauge;
import dev.touchstone.telemetry.Statistic;
import dev.touchstone.telemetry.Telemetry;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

/// What the service does to its users, as telemetry and as harm.
///
/// Harm counts users: 1 for a request that was refused, lost or given up on, and a part for one
/// that was answered badly. It counts from the page on, since nobody can undo what came before.
final class Impact {
    /// A gap between two words that a reader notices as a stall.
    static final long STALL_NANOS = Duration.ofMillis(100).toNanos();

    private static final double STALLED = 0.2;
    private static final double CUT_ANSWER = 0.3;
    private static final double TRUNCATED_DOCUMENT = 0.4;

    private final Telemetry telemetry;
    private final long pageNanos;
    private final long roundTripNanos;

    /// Ids of requests in flight whose answers have stalled.
    private final BitSet stalled = new BitSet();

    private final Gauge outputTokens;
    private final Gauge sequences;
    private final Gauge longSequences;
    private final Gauge occupancy;
    private final Distribution shortGap;
    private final Distribution shortFirst;
    private final Counter refusedShort;
    private final Counter refusedLong;
    private final Counter servedShort;
    private final Counter servedLong;
    private final Counter offeredShort;
    private final Counter offeredLong;
    private final Counter outOfMemory;
    private final Counter preemptions;
    private final Counter prefillTokens;
    private final Counter tokens;

    /// Tokens and equal gaps of short prompts that were heard and not recorded yet: see
    /// [#stepEnded].
    private int newTokens;

    private long newGapNanos;
    private int newGaps;

    private long tokensAtLastSample;
    private double harm;

    Impact(Telemetry telemetry, long pageNanos, long roundTripNanos) {
        this.telemetry = telemetry;
        this.pageNanos = pageNanos;
        this.roundTripNanos = roundTripNanos;
        outputTokens =
                gauge("output_tokens_per_gpu", "tokens/s", "Output tokens per second and GPU");
        sequences = gauge("sequences_per_gpu", "sequences", "Sequences running on a GPU");
        longSequences =
                gauge("long_sequences_per_gpu", "sequences", "Document questions running on a GPU");
        occupancy =
                gauge("kv_occupancy", "1", "Share of the KV cache that is taken, GPUs averaged");
        shortGap = distribution("short_itl_seconds", "Time between two tokens, short prompts");
        shortFirst = distribution("short_ttft_seconds", "Time to the first token, short prompts");
        refusedShort = counter("refused_short", "Short requests refused or lost");
        refusedLong = counter("refused_long", "Document questions refused, lost or given up");
        servedShort = counter("served_short", "Short requests answered");
        servedLong = counter("served_long", "Document questions answered");
        offeredShort = counter("offered_short", "Short requests that arrived");
        offeredLong = counter("offered_long", "Document questions that arrived");
        outOfMemory = counter("oom_kills", "Engines killed for want of memory");
        preemptions = counter("preemptions", "Sequences that lost their blocks");
        prefillTokens = counter("prefill_tokens", "Prompt tokens read");
        tokens = counter("output_tokens", "Output tokens");
    }

    Telemetry telemetry() {
        return telemetry;
    }

    double harm() {
        return harm;
    }

    void offered(long nowNanos, boolean document) {
        (document ? offeredLong : offeredShort).add(nowNanos, 1);
    }

    void turnedAway(long nowNanos, boolean document) {
        (document ? refusedLong : refusedShort).add(nowNanos, 1);
        hurt(nowNanos, 1);
    }

    void killed(long nowNanos) {
        outOfMemory.add(nowNanos, 1);
    }

    void preempted(long nowNanos) {
        preemptions.add(nowNanos, 1);
    }

    void firstToken(long nowNanos, Sequence sequence, long nanos) {
        newTokens++;
        if (sequence.request().session() == 0) {
            shortFirst.record(nowNanos, nanos + roundTripNanos);
        }
    }

    void nextToken(long nowNanos, Sequence sequence, long nanos) {
        newTokens++;
        if (sequence.request().session() == 0) {
            if (nanos != newGapNanos) {
                recordGaps(nowNanos);
                newGapNanos = nanos;
            }
            newGaps++;
            if (nanos >= STALL_NANOS) {
                stalled.set(id(sequence));
            }
        }
    }

    /// Records what the step's tokens had in common: nearly all come after the same gap.
    void stepEnded(long nowNanos) {
        recordGaps(nowNanos);
        if (newTokens > 0) {
            tokens.add(nowNanos, newTokens);
            newTokens = 0;
        }
    }

    private void recordGaps(long nowNanos) {
        if (newGaps > 0) {
            shortGap.record(nowNanos, newGapNanos, newGaps);
            newGaps = 0;
        }
    }

    void answered(long nowNanos, Sequence sequence, boolean cutShort, double documentShare) {
        boolean document = sequence.request().session() != 0;
        (document ? servedLong : servedShort).add(nowNanos, 1);
        if (stalled.get(id(sequence))) {
            stalled.clear(id(sequence));
            hurt(nowNanos, STALLED);
        }
        if (cutShort) {
            hurt(nowNanos, CUT_ANSWER);
        }
        if (document && documentShare < 1) {
            hurt(nowNanos, TRUNCATED_DOCUMENT * (1 - documentShare));
        }
    }

    void lost(long nowNanos, Sequence sequence) {
        stalled.clear(id(sequence));
        turnedAway(nowNanos, sequence.request().session() != 0);
    }

    void prefilled(long nowNanos, int count) {
        if (count > 0) {
            prefillTokens.add(nowNanos, count);
        }
    }

    /// Reads the state of all replicas, once a second.
    void sample(long nowNanos, List<Replica> replicas, double seconds) {
        double running = 0;
        double documents = 0;
        double taken = 0;
        for (Replica replica : replicas) {
            var scheduler = replica.engine().scheduler();
            running += scheduler.running();
            for (int i = 0; i < scheduler.running(); i++) {
                documents += scheduler.running(i).request().session() == 0 ? 0 : 1;
            }
            taken += replica.engine().pool().occupancy();
        }
        int gpus = replicas.size();
        sequences.set(nowNanos, running / gpus);
        longSequences.set(nowNanos, documents / gpus);
        occupancy.set(nowNanos, taken / gpus);
        outputTokens.set(nowNanos, (tokens.total() - tokensAtLastSample) / seconds / gpus);
        tokensAtLastSample = tokens.total();
    }

    long kills() {
        return outOfMemory.total();
    }

    /// Figures over a stretch of time, by id.
    Map<String, Double> figures(long fromNanos, long toNanos, int gpus) {
        double seconds = (toNanos - fromNanos) / 1e9;
        double tokenRate = tokens.total(fromNanos, toNanos) / seconds / gpus;
        double running = mean(sequences, fromNanos, toNanos);
        double offeredShorts = offeredShort.total(fromNanos, toNanos);
        double offeredLongs = offeredLong.total(fromNanos, toNanos);
        Map<String, Double> figures = new TreeMap<>();
        figures.put("tokensPerGpu", tokenRate);
        figures.put("sequencesPerGpu", running);
        figures.put("kvOccupancy", mean(occupancy, fromNanos, toNanos));
        figures.put("kvOccupancyPeak", peak(occupancy, fromNanos, toNanos));
        figures.put("meanTpotMs", tokenRate == 0 ? 0 : 1e3 * running / tokenRate);
        figures.put("shortItlP99Ms", 1e3 * shortGap.quantile(0.99, fromNanos, toNanos));
        figures.put("shortItlP50Ms", 1e3 * shortGap.quantile(0.5, fromNanos, toNanos));
        figures.put("shortTtftP50Ms", 1e3 * shortFirst.quantile(0.5, fromNanos, toNanos));
        figures.put("shortTtftP95Ms", 1e3 * shortFirst.quantile(0.95, fromNanos, toNanos));
        figures.put("longShareOfTraffic", offeredLongs / Math.max(1, offeredShorts + offeredLongs));
        figures.put(
                "refusedShortShare",
                refusedShort.total(fromNanos, toNanos) / Math.max(1, offeredShorts));
        figures.put(
                "servedLongShare",
                servedLong.total(fromNanos, toNanos) / Math.max(1, offeredLongs));
        figures.put(
                "oomKillsPerGpuHour",
                outOfMemory.total(fromNanos, toNanos) * 3_600 / seconds / gpus);
        return figures;
    }

    private static double mean(Gauge gauge, long fromNanos, long toNanos) {
        return DoubleStream.of(gauge.series(Statistic.MEAN, fromNanos, toNanos).values())
                .filter(value -> !Double.isNaN(value))
                .average()
                .orElse(0);
    }

    private static double peak(Gauge gauge, long fromNanos, long toNanos) {
        return DoubleStream.of(gauge.series(Statistic.MAX, fromNanos, toNanos).values())
                .filter(value -> !Double.isNaN(value))
                .max()
                .orElse(0);
    }

    /// Traffic counts requests from 1.
    private static int id(Sequence sequence) {
        return Math.toIntExact(sequence.request().id());
    }

    private void hurt(long nowNanos, double users) {
        if (nowNanos >= pageNanos) {
            harm += users;
        }
    }

    private Gauge gauge(String name, String unit, String help) {
        return telemetry.gauge("touchstone:" + name, unit, help);
    }

    private Counter counter(String name, String help) {
        return telemetry.counter("touchstone:" + name + "_total", "1", help);
    }

    private Distribution distribution(String name, String help) {
        return telemetry.distribution("touchstone:" + name, "s", help, 1_000_000_000L);
    }
}
