package dev.touchstone.benchmarks;

import dev.touchstone.simulation.EventLoop;
import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.simulation.VirtualClock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// One event that fires and schedules the next, among others that are pending.
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 3, jvmArgsAppend = "-XX:+UseSerialGC")
@Warmup(iterations = 5, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Thread)
public class EventLoopBenchmark {
    private static final int EVENTS = 1_000;

    @Param({"100", "10000"})
    public int pending = 100;

    private final EventLoop loop = new EventLoop(new VirtualClock(Instant.EPOCH));
    private final RandomGenerator random = new RandomStreams(1).stream("delays");
    private final EventLoop.Event event = this::fire;
    private int left;

    @Setup
    public void fill() {
        for (int i = 0; i < pending; i++) {
            loop.at(random.nextInt(1_000_000), event);
        }
    }

    private void fire(long nowNanos) {
        left--;
        loop.at(nowNanos + 1 + random.nextInt(1_000_000), event);
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public int event() {
        left += EVENTS;
        long stride = 1 + EVENTS / 20 * 1_000_000L / pending;
        while (left > 0) {
            loop.runUntil(loop.now() + stride);
        }
        return loop.pending();
    }
}
