package dev.touchstone.app.internal.simulate;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.llm.fleet.simulation.FleetProgress;
import dev.touchstone.llm.fleet.simulation.SessionLoad;
import dev.touchstone.llm.fleet.simulation.Slo;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One simulation that the server runs. Works on a thread of its own; anybody may look and stop it.
public final class FleetRun {
    private static final int BEATS_PER_SECOND = 4;

    private final String id;
    private final FleetOrder order;
    private final SessionLoad load;
    private final FleetStudy.Fleet fleet;
    private volatile boolean stopped;
    private volatile State state = new State("starting", 0, Optional.empty(), "");

    /// @throws Json.Malformed naming the field that cannot be
    FleetRun(String id, FleetOrder order) {
        this.id = id;
        this.order = order.whole();
        load = order.load();
        fleet = order.fleet();
    }

    /// How it stands.
    ///
    /// @param doing what is simulated at present
    /// @param progress of that, 0 to 1
    /// @param study what came of it, once it is over
    /// @param failure why nothing came of it; else empty
    public record State(String doing, double progress, Optional<FleetStudy> study, String failure) {
        /// Whether there is nothing more to wait for.
        public boolean over() {
            return study.isPresent() || !failure.isEmpty();
        }
    }

    public String id() {
        return id;
    }

    public FleetOrder order() {
        return order;
    }

    public State state() {
        return state;
    }

    /// Has it end with what it has so far.
    public void stop() {
        stopped = true;
    }

    void work() {
        try {
            FleetStudy.Point point =
                    FleetStudy.simulate(fleet, load, Slo.COURSE, order.terms(), this::progress);
            boolean early = !point.report().complete();
            state =
                    new State(
                            "over",
                            1,
                            Optional.of(
                                    new FleetStudy(
                                            "Simulated users",
                                            load,
                                            Slo.COURSE,
                                            List.of(point),
                                            early)),
                            "");
        } catch (RuntimeException e) {
            state = new State("over", 1, Optional.empty(), reason(e.getMessage(), e));
        } catch (OutOfMemoryError e) {
            state = new State("over", 1, Optional.empty(), "the server's memory did not suffice");
        }
    }

    private static String reason(@Nullable String message, RuntimeException e) {
        return message == null ? e.toString() : message;
    }

    /// A fleet far too small would work off its queue for hours after the last user has asked; it
    /// is stopped when that takes as long as the load did.
    private FleetProgress progress(String doing) {
        long most = load.duration().toSeconds() * BEATS_PER_SECOND;
        var overtime = new long[1];
        return (fraction, _, _) -> {
            state = new State(doing, fraction, Optional.empty(), "");
            overtime[0] += fraction >= 1 ? 1 : 0;
            return !stopped && overtime[0] <= most;
        };
    }
}
