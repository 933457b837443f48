package dev.touchstone.app.internal.simulate;

import dev.touchstone.llm.fleet.simulation.FleetProgress;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Something that the server simulates. Works on a thread of its own; anybody may look and stop it.
///
/// @param <R> what comes of it
public abstract sealed class Run<R> permits FleetRun, DesignRun {
    private static final int BEATS_PER_SECOND = 4;

    private final String id;
    private volatile boolean stopped;
    private volatile State<R> state = new State<>("starting", 0, Optional.empty(), "");

    Run(String id) {
        this.id = id;
    }

    /// How it stands.
    ///
    /// @param doing what is simulated at present
    /// @param progress of that, 0 to 1
    /// @param result what came of it, once it is over
    /// @param failure why nothing came of it; else empty
    public record State<R>(String doing, double progress, Optional<R> result, String failure) {
        /// Whether there is nothing more to wait for.
        public boolean over() {
            return result.isPresent() || !failure.isEmpty();
        }
    }

    public final String id() {
        return id;
    }

    public final State<R> state() {
        return state;
    }

    /// Has it end with what it has so far.
    public final void stop() {
        stopped = true;
    }

    /// Whether somebody wants it to end.
    final boolean stopped() {
        return stopped;
    }

    /// Simulates, and keeps to what [#progress] says.
    abstract R simulate();

    final void work() {
        try {
            state = new State<>("over", 1, Optional.of(simulate()), "");
        } catch (RuntimeException e) {
            state = new State<>("over", 1, Optional.empty(), reason(e.getMessage(), e));
        } catch (OutOfMemoryError e) {
            state = new State<>("over", 1, Optional.empty(), "the server's memory did not suffice");
        }
    }

    private static String reason(@Nullable String message, RuntimeException e) {
        return message == null ? e.toString() : message;
    }

    /// A fleet far too small would work off its queue for hours after the last user has asked; it
    /// is stopped when that takes as long as the load did.
    final FleetProgress progress(String doing, Duration load) {
        long most = load.toSeconds() * BEATS_PER_SECOND;
        var overtime = new long[1];
        return (fraction, _, _) -> {
            state = new State<>(doing, fraction, Optional.empty(), "");
            overtime[0] += fraction >= 1 ? 1 : 0;
            return !stopped && overtime[0] <= most;
        };
    }
}
