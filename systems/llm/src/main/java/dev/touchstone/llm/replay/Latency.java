package dev.touchstone.llm.replay;

import dev.touchstone.telemetry.Distribution;

/// How long something took, over a whole replay. NaN where it never happened. Mean and maximum are
/// exact, quantiles too high by less than 1 % of themselves and never too low.
///
/// @param count how often it happened
public record Latency(
        long count,
        double meanSeconds,
        double p50Seconds,
        double p90Seconds,
        double p95Seconds,
        double p99Seconds,
        double maxSeconds) {

    /// All that a distribution of nanoseconds has recorded so far.
    public static Latency of(Distribution distribution) {
        return new Latency(
                distribution.count(),
                distribution.mean(Long.MIN_VALUE, Long.MAX_VALUE),
                quantile(distribution, 0.50),
                quantile(distribution, 0.90),
                quantile(distribution, 0.95),
                quantile(distribution, 0.99),
                distribution.max(Long.MIN_VALUE, Long.MAX_VALUE));
    }

    private static double quantile(Distribution distribution, double q) {
        return distribution.quantile(q, Long.MIN_VALUE, Long.MAX_VALUE);
    }
}
