package dev.touchstone.app.internal.simulate;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.llm.fleet.simulation.SessionLoad;
import dev.touchstone.llm.fleet.simulation.Slo;
import java.util.List;

/// A fleet under a load, as somebody ordered it.
public final class FleetRun extends Run<FleetStudy> {
    private final FleetOrder order;
    private final SessionLoad load;
    private final FleetStudy.Fleet fleet;

    /// @throws Json.Malformed naming the field that cannot be
    FleetRun(String id, FleetOrder order) {
        super(id);
        this.order = order.whole();
        load = order.load();
        fleet = order.fleet();
        order.places(); // Refused now rather than after the simulation.
    }

    public FleetOrder order() {
        return order;
    }

    @Override
    FleetStudy simulate() {
        FleetStudy.Point point =
                FleetStudy.simulate(
                        fleet,
                        load,
                        Slo.COURSE,
                        order.terms(),
                        doing -> progress(doing, load.duration()));
        return new FleetStudy(
                "Simulated users",
                load,
                Slo.COURSE,
                List.of(point),
                !point.report().complete(),
                order.places(),
                order.terms().dollarsPerHour());
    }
}
