package dev.touchstone.app.internal.simulate;

import dev.touchstone.app.internal.edge.Entropy;
import dev.touchstone.app.internal.edge.Worker;
import dev.touchstone.app.internal.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The simulations of a server: few at once, and the results of the latest. They are in memory
/// alone and gone with the server.
public final class Simulations implements AutoCloseable {
    /// Each keeps a core busy.
    public static final int MAX_AT_ONCE = 2;

    private static final int KEPT = 20;
    private static final int ID_BYTES = 4;

    private final Map<String, FleetRun> runs = new LinkedHashMap<>();
    private final Entropy entropy;

    public Simulations(Entropy entropy) {
        this.entropy = entropy;
    }

    /// Starts one; empty while as many are running as may.
    ///
    /// @throws Json.Malformed naming the field that cannot be
    public synchronized Optional<FleetRun> start(FleetOrder order) {
        var run = new FleetRun(entropy.hex(ID_BYTES), order);
        if (runs.values().stream().filter(each -> !each.state().over()).count() >= MAX_AT_ONCE) {
            return Optional.empty();
        }
        if (runs.size() >= KEPT) {
            runs.values().stream()
                    .filter(each -> each.state().over())
                    .findFirst()
                    .map(FleetRun::id)
                    .ifPresent(runs::remove);
        }
        runs.put(run.id(), run);
        Worker.start("simulation-" + run.id(), run::work);
        return Optional.of(run);
    }

    /// The simulation of that name, if it is still kept.
    public synchronized Optional<FleetRun> find(String id) {
        return Optional.ofNullable(runs.get(id));
    }

    /// Stops all.
    @Override
    public synchronized void close() {
        runs.values().forEach(FleetRun::stop);
    }
}
