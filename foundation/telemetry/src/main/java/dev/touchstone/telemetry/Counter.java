package dev.touchstone.telemetry;

import java.util.EnumSet;

/// Counts events that only ever add up: requests, tokens, refusals.
public final class Counter extends Windowed<Long> {
    private long running;
    private long total;

    Counter(Telemetry telemetry, Metric metric) {
        super(telemetry, metric, EnumSet.of(Statistic.RATE), 0L);
    }

    /// Counts `n` more.
    public void add(long nowNanos, long n) {
        if (n < 0) {
            throw new IllegalArgumentException(
                    "%s cannot count down, got %d; what goes both ways is a gauge"
                            .formatted(metric().id(), n));
        }
        telemetry.advance(nowNanos);
        running += n;
        total += n;
    }

    /// Count since the beginning.
    public long total() {
        return total;
    }

    /// Count in the windows that overlap `[fromNanos, toNanos)`.
    public long total(long fromNanos, long toNanos) {
        return windows(fromNanos, toNanos).stream().mapToLong(Long::longValue).sum();
    }

    @Override
    Long running(long nowNanos) {
        return running;
    }

    @Override
    void clear() {
        running = 0;
    }

    @Override
    Long merge(Long earlier, Long later) {
        return earlier + later;
    }

    @Override
    double read(Statistic statistic, Long window, double seconds) {
        return seconds == 0 ? Double.NaN : window / seconds;
    }
}
