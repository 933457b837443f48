package dev.touchstone.telemetry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The instruments of one system, and the windows into which they all cut time.
///
/// ```java
/// var telemetry = new Telemetry(Duration.ofSeconds(1), 720);
/// Gauge running = telemetry.gauge("vllm:num_requests_running", "requests", "Batch size.");
/// Distribution ttft =
///         telemetry.distribution(
///                 "vllm:time_to_first_token_seconds", "seconds", "Wait.", 1_000_000_000);
/// …
/// running.set(nowNanos, batch.size());
/// ttft.record(nowNanos, nowNanos - arrivedNanos);
/// …
/// Series chart = ttft.series(Statistic.P99, nowNanos - hourNanos, nowNanos);
/// boolean slow = ttft.quantile(0.99, deployNanos, nowNanos) > 0.5;
/// ```
///
/// The first window starts at the first time that is seen; call [#advance] first where that should
/// be another. When windows grow too many, each two adjacent ones become one and windows are twice
/// as long from then on: the whole history stays visible, the older the run the coarser.
///
/// Instruments are made once and kept by those who record: looking one up costs far more than a
/// recording, which allocates nothing but at the end of a window. Not safe for several threads.
public final class Telemetry {
    private static final int MAX_INSTRUMENTS = 10_000;

    private final int maxWindows;
    private final Map<String, List<Windowed<?>>> families = new TreeMap<>();
    private final Buckets scratch = new Buckets();
    private int instruments;

    private long windowNanos;
    private long originNanos;
    private int closedWindows;
    private long latestNanos = Long.MIN_VALUE;
    private long endNanos = Long.MIN_VALUE;

    /// @param window length of a window, until pairs are merged for the first time
    /// @param maxWindows most windows to keep; even, so that all have a partner to merge with
    public Telemetry(Duration window, int maxWindows) {
        if (window.toNanos() < 1) {
            throw new IllegalArgumentException(
                    "a window must last at least 1 ns, got %s; 1 s suits most charts"
                            .formatted(window));
        }
        if (maxWindows < 2 || maxWindows % 2 != 0) {
            throw new IllegalArgumentException(
                    "maxWindows must be even and at least 2, got %d; 720 suits most charts"
                            .formatted(maxWindows));
        }
        this.windowNanos = window.toNanos();
        this.maxWindows = maxWindows;
    }

    /// The counter of this name and labels, made where there is none yet.
    ///
    /// @param name ends in `_total`, so that it reads the same in charts and in Prometheus
    /// @param labels name, value, name, value, …
    public Counter counter(String name, String unit, String help, String... labels) {
        if (!name.endsWith("_total")) {
            throw new IllegalArgumentException(
                    "counter %s must be named %s_total, as Prometheus asks".formatted(name, name));
        }
        return obtain(Counter.class, new Counter(this, Metric.of(name, unit, help, labels)));
    }

    /// The gauge of this name and labels, made where there is none yet.
    ///
    /// @param labels name, value, name, value, …
    public Gauge gauge(String name, String unit, String help, String... labels) {
        return obtain(Gauge.class, new Gauge(this, Metric.of(name, unit, help, labels)));
    }

    /// The distribution of this name and labels, made where there is none yet.
    ///
    /// @param valuesPerUnit recorded values in one `unit`: 1,000,000,000 to record nanoseconds and
    ///   read seconds, 1 to record and read tokens
    /// @param labels name, value, name, value, …
    public Distribution distribution(
            String name, String unit, String help, long valuesPerUnit, String... labels) {
        if (valuesPerUnit < 1) {
            throw new IllegalArgumentException(
                    "valuesPerUnit of %s must be at least 1, got %d; 1 reads values as recorded"
                            .formatted(name, valuesPerUnit));
        }
        var metric = Metric.of(name, unit, help, labels);
        return obtain(Distribution.class, new Distribution(this, metric, valuesPerUnit));
    }

    /// The instrument with this [Metric#id], such as `vllm:num_requests_running{replica="3"}`.
    public Optional<Instrument> find(String id) {
        return instruments().filter(instrument -> instrument.metric().id().equals(id)).findFirst();
    }

    /// All instruments, those of one name together, names in order.
    public Stream<Instrument> instruments() {
        return families.values().stream().flatMap(List::stream);
    }

    /// Length of a window by now.
    public Duration window() {
        return Duration.ofNanos(windowNanos);
    }

    /// Lets time pass up to `nowNanos`. Every recording does so itself; an idle system's owner
    /// calls this before reading.
    public void advance(long nowNanos) {
        if (nowNanos < latestNanos) {
            throw new IllegalArgumentException(
                    "time went back from %d ns to %d ns; one telemetry needs one clock"
                            .formatted(latestNanos, nowNanos));
        }
        if (nowNanos >= endNanos) {
            closeWindows(nowNanos);
        }
        latestNanos = nowNanos;
    }

    /// Closes all windows that end by `nowNanos`. However long nothing happened, these are few:
    /// after each `maxWindows / 2` of them, windows are twice as long.
    private void closeWindows(long nowNanos) {
        if (endNanos == Long.MIN_VALUE) {
            originNanos = nowNanos;
            endNanos = Math.addExact(nowNanos, windowNanos);
        }
        while (nowNanos >= endNanos) {
            for (List<Windowed<?>> family : families.values()) {
                for (Windowed<?> instrument : family) {
                    instrument.close(endNanos);
                }
            }
            closedWindows++;
            if (closedWindows == maxWindows) {
                mergePairs();
            }
            endNanos =
                    Math.addExact(originNanos, Math.multiplyExact(closedWindows + 1L, windowNanos));
        }
    }

    private void mergePairs() {
        families.values().forEach(family -> family.forEach(Windowed::mergePairs));
        closedWindows /= 2;
        windowNanos = Math.multiplyExact(windowNanos, 2L);
    }

    private <T extends Windowed<?>> T obtain(Class<T> kind, T candidate) {
        Metric metric = candidate.metric();
        for (Windowed<?> known : families.getOrDefault(metric.name(), List.of())) {
            if (!known.kind().equals(candidate.kind())) {
                throw new IllegalArgumentException(
                        "%s is already %s, asked for %s; use the same everywhere or another name"
                                .formatted(metric.name(), known.kind(), candidate.kind()));
            }
            if (known.metric().equals(metric)) {
                return kind.cast(known);
            }
        }
        if (instruments == MAX_INSTRUMENTS) {
            throw new IllegalStateException(
                    ("%s would be instrument %d, the limit is %d;"
                                    + " keep ids of users and requests out of labels")
                            .formatted(metric.id(), instruments + 1, MAX_INSTRUMENTS));
        }
        instruments++;
        families.computeIfAbsent(metric.name(), _ -> new ArrayList<>()).add(candidate);
        return candidate;
    }

    /// Index of the first window that ends after `fromNanos`.
    int firstWindow(long fromNanos) {
        if (fromNanos >= endNanos) {
            return windowCount();
        }
        return fromNanos <= originNanos ? 0 : (int) ((fromNanos - originNanos) / windowNanos);
    }

    /// Index of the first window that does not start before `toNanos`.
    int endWindow(long toNanos) {
        if (toNanos >= endNanos) {
            return windowCount();
        }
        return toNanos <= originNanos ? 0 : (int) Math.ceilDiv(toNanos - originNanos, windowNanos);
    }

    /// Closed windows and, once time has begun, the running one.
    private int windowCount() {
        return endNanos == Long.MIN_VALUE ? 0 : closedWindows + 1;
    }

    long startNanos(int window) {
        return originNanos + window * windowNanos;
    }

    /// How much of a window has passed: all of a closed one.
    long elapsedNanos(int window) {
        return Math.min(windowNanos, latestNanos - startNanos(window));
    }

    int closedWindows() {
        return closedWindows;
    }

    long latestNanos() {
        return latestNanos;
    }

    /// For adding up histograms, by whoever clears it first.
    Buckets scratch() {
        return scratch;
    }
}
