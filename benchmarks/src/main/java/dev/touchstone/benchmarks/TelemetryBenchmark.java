package dev.touchstone.benchmarks;

import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.telemetry.Distribution;
import dev.touchstone.telemetry.Gauge;
import dev.touchstone.telemetry.Telemetry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// One recording, among a thousand spread over a second, windows of ten seconds: closing and
/// merging windows is paid for, as in a run.
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 3, jvmArgsAppend = "-XX:+UseSerialGC")
@Warmup(iterations = 5, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Thread)
public class TelemetryBenchmark {
    private static final int RECORDINGS = 1_000;
    private static final long GAP_NANOS = 1_000_000;

    private final Telemetry telemetry = new Telemetry(Duration.ofSeconds(10), 720);
    private final Distribution latency =
            telemetry.distribution("latency_seconds", "seconds", "Latency.", 1_000_000_000);
    private final Gauge level = telemetry.gauge("level", "requests", "Level.");
    private final long[] nanos =
            new RandomStreams(1)
                    .stream("latencies").longs(RECORDINGS, 5_000_000, 50_000_000).toArray();
    private long nowNanos;

    @Benchmark
    @OperationsPerInvocation(RECORDINGS)
    public long distribution() {
        for (long value : nanos) {
            nowNanos += GAP_NANOS;
            latency.record(nowNanos, value);
        }
        return latency.count();
    }

    @Benchmark
    @OperationsPerInvocation(RECORDINGS)
    public double gauge() {
        for (int i = 0; i < RECORDINGS; i++) {
            nowNanos += GAP_NANOS;
            level.set(nowNanos, i % 7);
        }
        return level.last();
    }
}
