package dev.touchstone.benchmarks;

import dev.touchstone.arena.Action;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.IncidentCatalog;
import dev.touchstone.arena.IncidentRun;
import dev.touchstone.arena.Observation;
import dev.touchstone.simulation.RandomStreams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// Graded episodes of an incident in a minute: what a trainer of agents gets out of one process.
///
/// Every episode plays a random script and is graded. By default each has a seed of its own, so
/// that the expert, nobody and the healthy twin are simulated for it too: four simulations an
/// episode. With a number of seeds, episodes take turns on those and share their references.
///
/// Usage: `java -cp benchmarks.jar dev.touchstone.benchmarks.Episodes [EPISODES [THREADS [SEEDS]]]`
public final class Episodes {
    private static final String INCIDENT = "WR4";
    private static final long EVERY_SEED = Long.MAX_VALUE;

    private final IncidentCatalog catalog = IncidentCatalog.builtIn();
    private final Incident incident = catalog.find(INCIDENT).orElseThrow();
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong scores = new AtomicLong();
    private final long episodes;
    private final long seeds;

    private Episodes(long episodes, long seeds) {
        this.episodes = episodes;
        this.seeds = seeds;
    }

    public static void main(String[] args) throws InterruptedException, ExecutionException {
        new Episodes(number(args, 0, 60), number(args, 2, EVERY_SEED))
                .measure((int) number(args, 1, 2));
    }

    private static long number(String[] args, int index, long otherwise) {
        return index < args.length ? Long.parseLong(args[index]) : otherwise;
    }

    private void measure(int threads) throws InterruptedException, ExecutionException {
        long start = System.nanoTime();
        List<Future<?>> players = new ArrayList<>();
        try (var pool = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                players.add(pool.submit(this::playOn));
            }
            for (Future<?> player : players) {
                player.get();
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        Duration cpu = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
        System.out.printf(
                Locale.ROOT,
                "%d episodes on %d threads in %.1f s (%.1f s of CPU): %.0f a minute, mean score %.1f%n",
                episodes,
                threads,
                seconds,
                cpu.toMillis() / 1e3,
                60 * episodes / seconds,
                (double) scores.get() / episodes);
    }

    private void playOn() {
        for (long i = next.getAndIncrement(); i < episodes; i = next.getAndIncrement()) {
            scores.addAndGet(play(i % seeds, new RandomStreams(i).stream("script")));
        }
    }

    private int play(long seed, RandomGenerator random) {
        IncidentRun run = catalog.start(incident, seed);
        for (int left = random.nextInt(3, 14); left > 0; left--) {
            run.act(action(random));
        }
        run.act(
                new Action.Declare(
                        any(incident.components(), random).id(),
                        List.of(any(incident.mechanisms(), random).id()),
                        Duration.ofMinutes(-random.nextInt(20)),
                        List.of(any(incident.gates(), random).id())));
        if (run.observe().phase() == Observation.Phase.OPEN) {
            run.act(new Action.Wait(incident.clock()));
        }
        return run.report().score();
    }

    private Action action(RandomGenerator random) {
        return switch (random.nextInt(6)) {
            case 0, 1 -> new Action.Probe(any(incident.probes(), random).id());
            case 2, 3 -> {
                Incident.Lever lever = any(incident.levers(), random);
                yield new Action.Pull(lever.id(), any(lever.options(), random).id());
            }
            case 4 -> new Action.Wait(Duration.ofMinutes(random.nextInt(1, 8)));
            default ->
                    new Action.Cite(any(any(incident.panels(), random).lines(), random).signal());
        };
    }

    private static <T> T any(List<T> list, RandomGenerator random) {
        return list.get(random.nextInt(list.size()));
    }
}
