package dev.touchstone.benchmarks;

import dev.touchstone.arena.Action;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.IncidentCatalog;
import dev.touchstone.arena.IncidentRun;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// WR4 from the start of its history to the end of its clock, 65 virtual minutes on two GPUs, with
/// nobody acting and ungraded. As a program of its own it does so once, JVM start and all.
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 3, jvmArgsAppend = "-XX:+UseSerialGC")
@Warmup(iterations = 5)
@Measurement(iterations = 7)
@State(Scope.Thread)
public class IncidentBenchmark {
    private final IncidentCatalog catalog = IncidentCatalog.builtIn();
    private final Incident incident = catalog.find("WR4").orElseThrow();

    public static void main(String[] args) {
        System.out.printf("%.0f users were hurt%n", new IncidentBenchmark().simulate());
    }

    @Benchmark
    public double simulate() {
        IncidentRun run = catalog.start(incident, 0);
        run.act(new Action.Wait(incident.clock()));
        return run.observe().harm();
    }
}
