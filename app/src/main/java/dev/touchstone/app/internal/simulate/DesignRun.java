package dev.touchstone.app.internal.simulate;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.arena.design.DesignTrial;
import dev.touchstone.arena.design.FleetDesign;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/// A design for the chat challenge under its load and several times as much, as somebody ordered
/// it.
public final class DesignRun extends Run<DesignStudy> {
    private final DesignOrder order;
    private final FleetDesign design;
    private final Optional<Keeper> keeper;

    /// Keeps what comes of a design that was run within an attempt.
    ///
    /// @param attempt its id
    public record Keeper(String attempt, Consumer<DesignStudy> keep) {}

    /// @param keeper where it is run within an attempt: told of the whole study before the run is
    ///   over; never of one that was stopped
    /// @throws Json.Malformed naming the field that cannot be
    DesignRun(String id, DesignOrder order, Optional<Keeper> keeper) {
        super(id);
        this.order = order.whole();
        this.keeper = keeper;
        design = order.design();
    }

    /// Whether it is run within this attempt.
    boolean within(String attempt) {
        return keeper.filter(each -> each.attempt().equals(attempt)).isPresent();
    }

    public DesignOrder order() {
        return order;
    }

    @Override
    DesignStudy simulate() {
        // Twice the time, for a trial ends by itself before.
        Duration span = DesignTrial.span(1).multipliedBy(2);
        if (keeper.isEmpty()) {
            return DesignStudy.of(design, doing -> progress(doing, span), this::stopped);
        }
        DesignStudy study =
                DesignStudy.tried(design, doing -> progress(doing, span), this::stopped);
        if (!study.stoppedEarly()) {
            keeper.get().keep().accept(study);
        }
        return study;
    }
}
