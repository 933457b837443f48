package dev.touchstone.llm.fleet.simulation;

import dev.touchstone.llm.fleet.Router;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/// Finds the smallest fleet that keeps a promise, by simulating fleets of different sizes: a guess,
/// a step up or down by a quarter until one keeps it and one does not, then halves.
public final class FleetSearch {
    /// A fleet in which more requests wait than run for so long will not recover.
    private static final int HOPELESS_BEATS = 120;

    private static final double STEP = 1.25;

    private final Load load;
    private final FleetSettings settings;
    private final Slo slo;
    private final IntFunction<FleetProgress> progress;
    private final Map<Integer, FleetReport> tried = new TreeMap<>();
    private boolean stopped;

    private FleetSearch(
            Load load, FleetSettings settings, Slo slo, IntFunction<FleetProgress> progress) {
        this.load = load;
        this.settings = settings;
        this.slo = slo;
        this.progress = progress;
    }

    /// What a search came to.
    ///
    /// @param replicas the smallest number that keeps the promise; 0 when none was found
    /// @param tried reports by number of replicas; those of hopeless fleets are incomplete
    /// @param stopped whether `progress` ended the search early
    public record Found(int replicas, Map<Integer, FleetReport> tried, boolean stopped) {}

    /// Searches from the settings' number of replicas on.
    ///
    /// @param progress for a fleet of so many replicas
    public static Found smallest(
            Load load, FleetSettings settings, Slo slo, IntFunction<FleetProgress> progress) {
        return new FleetSearch(load, settings, slo, progress).search();
    }

    private Found search() {
        int good = settings.replicas();
        int bad = 0;
        if (meets(good)) {
            while (good > 1 && bad == 0 && !stopped) {
                int next = Math.min(good - 1, (int) (good / STEP));
                if (meets(Math.max(1, next))) {
                    good = Math.max(1, next);
                } else {
                    bad = Math.max(1, next);
                }
            }
        } else {
            bad = good;
            good = 0;
            while (good == 0 && bad < Router.MAX_REPLICAS && !stopped) {
                int next = Math.min(Router.MAX_REPLICAS, Math.max(bad + 1, (int) (bad * STEP)));
                if (meets(next)) {
                    good = next;
                } else {
                    bad = next;
                }
            }
        }
        while (good - bad > 1 && !stopped) {
            int middle = (good + bad) / 2;
            if (meets(middle)) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        return new Found(good, tried, stopped);
    }

    private boolean meets(int replicas) {
        if (stopped) {
            return false;
        }
        FleetProgress outer = progress.apply(replicas);
        var hopeless = new int[1];
        var overtime = new long[1];
        // Nor will one that is not done when as much time again has passed.
        long mostOvertime = load.span().toNanos() / FleetSimulation.BEAT_NANOS;
        FleetReport report =
                FleetSimulation.run(
                        load,
                        settings.withReplicas(replicas),
                        (fraction, running, waiting) -> {
                            hopeless[0] = waiting > running ? hopeless[0] + 1 : 0;
                            overtime[0] += fraction >= 1 ? 1 : 0;
                            stopped = !outer.reached(fraction, running, waiting);
                            return !stopped
                                    && hopeless[0] < HOPELESS_BEATS
                                    && overtime[0] <= mostOvertime;
                        });
        if (stopped) {
            return false;
        }
        tried.put(replicas, report);
        return slo.isMetBy(report);
    }
}
