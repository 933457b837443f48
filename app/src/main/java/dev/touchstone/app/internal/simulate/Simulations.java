package dev.touchstone.app.internal.simulate;

import dev.touchstone.app.internal.edge.Entropy;
import dev.touchstone.app.internal.edge.Worker;
import dev.touchstone.app.internal.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The simulations of a server: few at once, and the results of the latest. They are in memory
/// alone and gone with the server.
public final class Simulations implements AutoCloseable {
    /// Each keeps a core busy.
    public static final int MAX_AT_ONCE = 2;

    private static final int KEPT = 20;
    private static final int ID_BYTES = 4;

    private final Map<String, Run<?>> runs = new LinkedHashMap<>();
    private final Entropy entropy;

    public Simulations(Entropy entropy) {
        this.entropy = entropy;
    }

    /// Starts to simulate a fleet; empty while as many are running as may.
    ///
    /// @throws Json.Malformed naming the field that cannot be
    public Optional<FleetRun> start(FleetOrder order) {
        return start(id -> new FleetRun(id, order));
    }

    /// Starts to try a design; empty while as many are running as may.
    ///
    /// @throws Json.Malformed naming the field that cannot be
    public Optional<DesignRun> start(DesignOrder order) {
        return start(id -> new DesignRun(id, order, Optional.empty()));
    }

    /// Starts to run a design within an attempt; empty while as many are running as may.
    ///
    /// @throws Json.Malformed naming the field that cannot be
    public Optional<DesignRun> start(DesignOrder order, DesignRun.Keeper keeper) {
        return start(id -> new DesignRun(id, order, Optional.of(keeper)));
    }

    /// The last design that was run within an attempt, if it is still kept here.
    public synchronized Optional<DesignRun> latest(String attempt) {
        return runs.values().stream()
                .filter(DesignRun.class::isInstance)
                .map(DesignRun.class::cast)
                .filter(run -> run.within(attempt))
                .reduce((_, later) -> later);
    }

    private synchronized <T extends Run<?>> Optional<T> start(Function<String, T> make) {
        T run = make.apply(entropy.hex(ID_BYTES));
        if (runs.values().stream().filter(each -> !each.state().over()).count() >= MAX_AT_ONCE) {
            return Optional.empty();
        }
        if (runs.size() >= KEPT) {
            runs.values().stream()
                    .filter(each -> each.state().over())
                    .findFirst()
                    .map(Run::id)
                    .ifPresent(runs::remove);
        }
        runs.put(run.id(), run);
        Worker.start("simulation-" + run.id(), run::work);
        return Optional.of(run);
    }

    /// The simulation of that name and kind, if it is still kept.
    public synchronized <T extends Run<?>> Optional<T> find(String id, Class<T> kind) {
        return Optional.ofNullable(runs.get(id)).filter(kind::isInstance).map(kind::cast);
    }

    /// Stops all.
    @Override
    public synchronized void close() {
        runs.values().forEach(Run::stop);
    }
}
