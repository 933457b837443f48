package dev.touchstone.benchmarks;

import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.Executor;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.ModelSpec;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.SchedulerConfig.Batching;
import dev.touchstone.llm.SchedulerConfig.BatchingMode;
import dev.touchstone.llm.fleet.RouterConfig;
import dev.touchstone.llm.fleet.simulation.Control;
import dev.touchstone.llm.fleet.simulation.FleetProgress;
import dev.touchstone.llm.fleet.simulation.FleetReport;
import dev.touchstone.llm.fleet.simulation.FleetSettings;
import dev.touchstone.llm.fleet.simulation.FleetSimulation;
import dev.touchstone.llm.fleet.simulation.SessionLoad;
import dev.touchstone.llm.hardware.Hardware;
import dev.touchstone.llm.replay.ReplaySettings;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Locale;

/// How many requests of a fleet are simulated in a second: 50,000 users on 22 H100s, as
/// `touchstone simulate llm --sessions 50000 --replicas 22` does it.
///
///     java -XX:+UseSerialGC -cp benchmarks.jar \
///         dev.touchstone.benchmarks.FleetSimulationBenchmark [MINUTES [RUNS [REPLICAS]]]
///
/// Prints each run: by the wall's clock, by the thread's CPU time, and how long an hour takes. The
/// first run also compiles the code.
public final class FleetSimulationBenchmark {
    private FleetSimulationBenchmark() {}

    public static void main(String[] arguments) {
        int minutes = number(arguments, 0, 60);
        int runs = number(arguments, 1, 3);
        int replicas = number(arguments, 2, 22);
        SessionLoad load = SessionLoad.COURSE.with(Duration.ofMinutes(minutes));
        FleetSettings settings = settings(replicas);
        System.out.println(
                "requests  wall s  CPU s  requests/s of wall  of CPU  an hour, s of wall  steps  hash");
        for (int run = 0; run < runs; run++) {
            long startNanos = System.nanoTime();
            long startCpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            FleetReport report = FleetSimulation.run(load, settings, FleetProgress.NONE);
            double cpu =
                    (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - startCpu)
                            / 1e9;
            double wall = (System.nanoTime() - startNanos) / 1e9;
            long requests = report.outcomes().finished();
            System.out.printf(
                    Locale.ROOT,
                    "%8d %7.2f %6.2f %19.0f %7.0f %19.1f %6d  %s%n",
                    requests,
                    wall,
                    cpu,
                    requests / wall,
                    requests / cpu,
                    wall * 60 / minutes,
                    report.load().steps(),
                    report.hash().substring(0, 16));
        }
    }

    /// As the command line has them.
    static FleetSettings settings(int replicas) {
        ModelSpec model = ModelSpec.CHAT_13B;
        Accelerator accelerator = Accelerator.H100;
        SchedulerConfig scheduler =
                SchedulerConfig.DEFAULT.with(
                        new Batching(BatchingMode.CONTINUOUS, 512, 256, Integer.MAX_VALUE));
        Executor executor = Hardware.executor(model, accelerator);
        return new FleetSettings(
                replicas,
                KvCacheLayout.remaining(model, accelerator, ReplaySettings.DEFAULT_SCRATCH_BYTES),
                ReplaySettings.withPrefixCache(scheduler, true),
                () -> executor,
                RouterConfig.DEFAULT,
                Control.NONE,
                2.5,
                1,
                true);
    }

    private static int number(String[] arguments, int index, int otherwise) {
        return arguments.length > index ? Integer.parseInt(arguments[index]) : otherwise;
    }
}
