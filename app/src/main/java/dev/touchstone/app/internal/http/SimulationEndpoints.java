package dev.touchstone.app.internal.http;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.simulate.FleetJson;
import dev.touchstone.app.internal.simulate.FleetOrder;
import dev.touchstone.app.internal.simulate.FleetRun;
import dev.touchstone.app.internal.simulate.FleetStudy;
import dev.touchstone.app.internal.simulate.Run;
import dev.touchstone.app.internal.simulate.Simulations;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Fleet simulations as JSON: start one, look how far it is, stop it.
public final class SimulationEndpoints {
    private final Simulations simulations;

    public SimulationEndpoints(Simulations simulations) {
        this.simulations = simulations;
    }

    public List<Route> routes() {
        return List.of(
                Route.post("/api/simulations", this::start),
                Route.get("/api/simulations/{simulation}", this::look),
                Route.post("/api/simulations/{simulation}/stop", this::stop));
    }

    /// How a simulation stands.
    ///
    /// @param order what was asked for, with what was left out
    /// @param progress of what it is doing, 0 to 1
    /// @param result as `touchstone simulate llm --json` writes it, once it is over
    record Document(
            String id,
            FleetOrder order,
            boolean over,
            String doing,
            double progress,
            Optional<String> failure,
            Optional<Map<String, @Nullable Object>> result) {}

    /// Starts a simulation.
    ///
    /// @throws Problem 400 with the field that cannot be, or 503 when too many are running
    public static FleetRun start(Simulations simulations, FleetOrder order) {
        try {
            return simulations.start(order).orElseThrow(SimulationEndpoints::busy);
        } catch (Json.Malformed e) {
            throw Problem.malformed(e);
        }
    }

    /// The simulation that a path names.
    ///
    /// @throws Problem 404
    public static FleetRun simulation(Simulations simulations, Exchange exchange) {
        String id = exchange.path("simulation");
        return simulations
                .find(id, FleetRun.class)
                .orElseThrow(() -> Problem.unknown("simulation", id));
    }

    static Problem busy() {
        return new Problem(
                503,
                "too-many-simulations",
                "Too many simulations at once",
                "%d simulations are running, as many as may; wait for one or stop one"
                        .formatted(Simulations.MAX_AT_ONCE));
    }

    private void start(Exchange exchange) {
        FleetRun run = start(simulations, exchange.json(FleetOrder.class));
        exchange.header("Location", "/api/simulations/" + run.id());
        exchange.sendJson(201, document(run));
    }

    private void look(Exchange exchange) {
        exchange.sendJson(200, document(simulation(simulations, exchange)));
    }

    private void stop(Exchange exchange) {
        FleetRun run = simulation(simulations, exchange);
        run.stop();
        exchange.sendJson(202, document(run));
    }

    private static Document document(FleetRun run) {
        Run.State<FleetStudy> state = run.state();
        return new Document(
                run.id(),
                run.order(),
                state.over(),
                state.doing(),
                state.progress(),
                Optional.of(state.failure()).filter(text -> !text.isEmpty()),
                state.result().map(FleetJson::document));
    }
}
