package dev.touchstone.app.internal.simulate;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.arena.design.DesignTrial;
import dev.touchstone.arena.design.FleetDesign;
import java.time.Duration;

/// A design for the chat challenge under its load and several times as much, as somebody ordered
/// it.
public final class DesignRun extends Run<DesignStudy> {
    private final DesignOrder order;
    private final FleetDesign design;

    /// @throws Json.Malformed naming the field that cannot be
    DesignRun(String id, DesignOrder order) {
        super(id);
        this.order = order.whole();
        design = order.design();
    }

    public DesignOrder order() {
        return order;
    }

    @Override
    DesignStudy simulate() {
        // Twice the time, for a trial ends by itself before.
        Duration span = DesignTrial.span(1).multipliedBy(2);
        return DesignStudy.of(design, doing -> progress(doing, span), this::stopped);
    }
}
