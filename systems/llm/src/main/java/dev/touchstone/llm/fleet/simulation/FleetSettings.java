package dev.touchstone.llm.fleet.simulation;

import dev.touchstone.llm.Executor;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.SchedulerConfig.Exhaustion;
import dev.touchstone.llm.fleet.Router;
import dev.touchstone.llm.fleet.RouterConfig;
import java.time.Duration;
import java.util.function.Supplier;

/// What a load is put on.
///
/// @param replicas engines at the start, all alike
/// @param layout of each one's KV cache
/// @param scheduler policy of each; must preempt when memory runs out
/// @param executors makes the executor of one replica; it tells a step's time from what the step
///   says of itself, as modelled ones do
/// @param router chooses among them
/// @param topology how they divide the work
/// @param control who looks after them, and what happens to them
/// @param roundTrip from users to the fleet and back; part of every time that users see
/// @param dollarsPerReplicaHour what one costs from the moment it is asked for
/// @param seed of everything that is drawn
/// @param coalesced whether steps that only repeat one another are simulated many at once; the
///   outcome is the same
public record FleetSettings(
        int replicas,
        KvCacheLayout layout,
        SchedulerConfig scheduler,
        Supplier<Executor> executors,
        RouterConfig router,
        Topology topology,
        Control control,
        Duration roundTrip,
        double dollarsPerReplicaHour,
        long seed,
        boolean coalesced) {
    /// How often metrics are read from the replicas.
    public static final Duration SCRAPE_INTERVAL = Duration.ofSeconds(1);

    public FleetSettings {
        if (replicas < 1 || replicas > Router.MAX_REPLICAS) {
            throw new IllegalArgumentException(
                    "replicas must be from 1 to %d, got %d"
                            .formatted(Router.MAX_REPLICAS, replicas));
        }
        if (scheduler.memory().exhaustion() != Exhaustion.PREEMPT) {
            throw new IllegalArgumentException(
                    "exhaustion is %s, but nobody restarts a dead engine; use PREEMPT"
                            .formatted(scheduler.memory().exhaustion()));
        }
        if (roundTrip.isNegative() || roundTrip.toSeconds() > 10) {
            throw new IllegalArgumentException(
                    "roundTrip must be from 0 to 10 s, got " + roundTrip);
        }
        if (!(dollarsPerReplicaHour >= 0)) {
            throw new IllegalArgumentException(
                    "dollarsPerReplicaHour must be at least 0, got " + dollarsPerReplicaHour);
        }
    }

    /// Replicas that all do everything, near their users.
    public FleetSettings(
            int replicas,
            KvCacheLayout layout,
            SchedulerConfig scheduler,
            Supplier<Executor> executors,
            RouterConfig router,
            Control control,
            double dollarsPerReplicaHour,
            long seed,
            boolean coalesced) {
        this(
                replicas,
                layout,
                scheduler,
                executors,
                router,
                Topology.TOGETHER,
                control,
                Duration.ZERO,
                dollarsPerReplicaHour,
                seed,
                coalesced);
    }

    public FleetSettings withReplicas(int other) {
        return new FleetSettings(
                other,
                layout,
                scheduler,
                executors,
                router,
                topology,
                control,
                roundTrip,
                dollarsPerReplicaHour,
                seed,
                coalesced);
    }

    public FleetSettings with(SchedulerConfig other) {
        return new FleetSettings(
                replicas,
                layout,
                other,
                executors,
                router,
                topology,
                control,
                roundTrip,
                dollarsPerReplicaHour,
                seed,
                coalesced);
    }

    public FleetSettings with(RouterConfig other) {
        return new FleetSettings(
                replicas,
                layout,
                scheduler,
                executors,
                other,
                topology,
                control,
                roundTrip,
                dollarsPerReplicaHour,
                seed,
                coalesced);
    }

    public FleetSettings with(Topology other) {
        return new FleetSettings(
                replicas,
                layout,
                scheduler,
                executors,
                router,
                other,
                control,
                roundTrip,
                dollarsPerReplicaHour,
                seed,
                coalesced);
    }

    public FleetSettings with(Control other) {
        return new FleetSettings(
                replicas,
                layout,
                scheduler,
                executors,
                router,
                topology,
                other,
                roundTrip,
                dollarsPerReplicaHour,
                seed,
                coalesced);
    }

    public FleetSettings withRoundTrip(Duration other) {
        return new FleetSettings(
                replicas,
                layout,
                scheduler,
                executors,
                router,
                topology,
                control,
                other,
                dollarsPerReplicaHour,
                seed,
                coalesced);
    }

    public FleetSettings withCoalescing(boolean other) {
        return new FleetSettings(
                replicas,
                layout,
                scheduler,
                executors,
                router,
                topology,
                control,
                roundTrip,
                dollarsPerReplicaHour,
                seed,
                other);
    }
}
