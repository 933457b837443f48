package dev.touchstone.app.internal.simulate;

import dev.touchstone.arena.design.DesignTrial;
import dev.touchstone.arena.design.FleetDesign;
import dev.touchstone.llm.fleet.simulation.FleetProgress;
import dev.touchstone.llm.fleet.simulation.FleetReport;
import dev.touchstone.llm.fleet.simulation.FleetSearch;
import dev.touchstone.llm.fleet.simulation.FleetSettings;
import dev.touchstone.llm.fleet.simulation.FleetSimulation;
import dev.touchstone.llm.fleet.simulation.SessionLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// A design tried under [DesignTrial#TIMES] the load, and the smallest fleet that would do.
///
/// @param trials in the order of their loads; fewer when it was stopped
/// @param smallest GPUs that keep the promise under the challenge's load, everything else as
///   designed; 0 when not even [#MOST_GPUS] do, empty when that was not sought to its end
/// @param stoppedEarly whether somebody stopped it
public record DesignStudy(
        FleetDesign design, List<DesignTrial> trials, OptionalInt smallest, boolean stoppedEarly) {
    /// A design that needs more than these for the challenge's load is wrong elsewhere.
    public static final int MOST_GPUS = 64;

    private static final int FIRST_GUESS = 24;

    public DesignStudy {
        trials = List.copyOf(trials);
    }

    /// Tries the design and seeks the smallest fleet.
    ///
    /// @param progress for what is simulated next, by its words
    public static DesignStudy of(
            FleetDesign design, Function<String, FleetProgress> progress, BooleanSupplier stopped) {
        DesignStudy tried = tried(design, progress, stopped);
        int smallest = stopped.getAsBoolean() ? 0 : smallest(design, progress);
        boolean early = stopped.getAsBoolean();
        return new DesignStudy(
                design,
                tried.trials(),
                early ? OptionalInt.empty() : OptionalInt.of(smallest),
                early);
    }

    /// Tries the design, and seeks nothing.
    ///
    /// @param progress for what is simulated next, by its words
    public static DesignStudy tried(
            FleetDesign design, Function<String, FleetProgress> progress, BooleanSupplier stopped) {
        var trials = new ArrayList<DesignTrial>();
        for (int times : DesignTrial.TIMES) {
            if (trials.isEmpty() || !stopped.getAsBoolean()) {
                String load = times == 1 ? "the load" : times + " × the load";
                trials.add(DesignTrial.run(design, times, progress.apply(load)));
            }
        }
        return new DesignStudy(design, trials, OptionalInt.empty(), stopped.getAsBoolean());
    }

    private static int smallest(FleetDesign design, Function<String, FleetProgress> progress) {
        SessionLoad load = DesignTrial.load(1);
        FleetSettings settings = design.settings(DesignTrial.SEED);
        FleetReport most =
                FleetSimulation.run(
                        load,
                        settings.withReplicas(MOST_GPUS),
                        progress.apply(MOST_GPUS + " GPUs"));
        if (!DesignTrial.PROMISE.isMetBy(most)) {
            return 0;
        }
        return FleetSearch.smallest(
                        load,
                        settings.withReplicas(FIRST_GUESS),
                        DesignTrial.PROMISE,
                        gpus -> progress.apply(gpus + " GPUs"))
                .replicas();
    }
}
