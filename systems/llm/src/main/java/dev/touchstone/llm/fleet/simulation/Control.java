package dev.touchstone.llm.fleet.simulation;

import dev.touchstone.llm.fleet.Autoscaler;
import dev.touchstone.llm.fleet.DegradationLadder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Who looks after a simulated fleet, and what happens to it.
///
/// @param autoscaler none: the number of replicas stays
/// @param ladder none: everyone is served in full, however long it takes
/// @param promise to every user; a fleet whose predicted time to first token has reached that of
///   the promise has as much as it can do
/// @param patience a request that has waited so long for memory is given up
/// @param faults in any order
public record Control(
        Optional<Autoscaler.Config> autoscaler,
        Optional<DegradationLadder.Config> ladder,
        Slo promise,
        Duration patience,
        List<Fault> faults) {
    /// Nobody looks after it, and nothing happens.
    public static final Control NONE =
            new Control(
                    Optional.empty(), Optional.empty(), Slo.COURSE, Duration.ofDays(1), List.of());

    public Control {
        faults = List.copyOf(faults);
        if (!patience.isPositive()) {
            throw new IllegalArgumentException("patience must be positive, got " + patience);
        }
    }

    public Control with(Autoscaler.Config other) {
        return new Control(Optional.of(other), ladder, promise, patience, faults);
    }

    public Control with(DegradationLadder.Config other) {
        return new Control(autoscaler, Optional.of(other), promise, patience, faults);
    }

    public Control with(Slo other) {
        return new Control(autoscaler, ladder, other, patience, faults);
    }

    public Control withPatience(Duration other) {
        return new Control(autoscaler, ladder, promise, other, faults);
    }

    public Control with(Fault... others) {
        return new Control(autoscaler, ladder, promise, patience, List.of(others));
    }

    /// Something that happens to a fleet.
    ///
    /// @param at after the start
    /// @param replica counted in the order in which they were started; of no meaning for metrics
    /// @param factor of [Kind#SLOW]: steps take so many times as long
    public record Fault(Duration at, Kind kind, int replica, double factor) {
        public static Fault of(Duration at, Kind kind, int replica) {
            return new Fault(at, kind, replica, 1);
        }
    }

    /// What can happen.
    public enum Kind {
        /// A replica dies with everything in it.
        CRASH,
        /// A replica becomes slow, or with factor 1 well again.
        SLOW,
        /// A replica is given notice: it finishes what it has and goes.
        NOTICE,
        /// No metrics are read from now on.
        METRICS_STOP,
        /// Metrics are read again.
        METRICS_RESUME
    }
}
