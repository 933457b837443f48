package dev.touchstone.app.internal.llm;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/// Counts times, or tokens, in vLLM's buckets.
final class Histogram {
    /// Upper ends in seconds, as vLLM has them.
    static final double[] TO_FIRST_TOKEN = {
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
        20.0, 40.0, 80.0, 160.0, 640.0, 2560.0
    };

    static final double[] BETWEEN_TOKENS = {
        0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
        20.0, 40.0, 80.0
    };

    static final double[] OF_REQUESTS = {
        0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 120.0,
        240.0, 480.0, 960.0, 1920.0, 7680.0
    };

    /// Upper ends in tokens.
    private static final double[] OF_TOKENS = {
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000
    };

    private static final double NANOS_PER_SECOND = 1e9;

    private final double[] ends;
    private final double unit;
    private final AtomicLongArray counts;
    private final LongAdder sum = new LongAdder();

    private Histogram(double unit, double... ends) {
        this.unit = unit;
        this.ends = ends;
        this.counts = new AtomicLongArray(ends.length + 1);
    }

    /// Of times in nanoseconds.
    static Histogram seconds(double... ends) {
        return new Histogram(NANOS_PER_SECOND, ends);
    }

    static Histogram tokens() {
        return new Histogram(1, OF_TOKENS);
    }

    /// @param value nanoseconds, or tokens
    void add(long value) {
        int bucket = 0;
        while (bucket < ends.length && value / unit > ends[bucket]) {
            bucket++;
        }
        counts.incrementAndGet(bucket);
        sum.add(value);
    }

    /// Writes it in Prometheus' text format.
    void write(StringBuilder to, String name, String labels) {
        to.append("# TYPE ").append(name).append(" histogram\n");
        long below = 0;
        for (int i = 0; i <= ends.length; i++) {
            below += counts.get(i);
            String end = i == ends.length ? "+Inf" : Double.toString(ends[i]);
            to.append(name).append("_bucket{").append(labels).append(",le=\"").append(end);
            to.append("\"} ").append(below).append('\n');
        }
        to.append(name).append("_count{").append(labels).append("} ").append(below).append('\n');
        to.append(name).append("_sum{").append(labels).append("} ");
        to.append(sum.sum() / unit).append('\n');
    }
}
