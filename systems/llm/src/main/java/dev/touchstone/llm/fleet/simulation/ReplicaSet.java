package dev.touchstone.llm.fleet.simulation;

import dev.touchstone.llm.fleet.ReplicaView;
import dev.touchstone.llm.fleet.Router;
import dev.touchstone.llm.fleet.RouterConfig;
import dev.touchstone.llm.fleet.RouterConfig.Pool;
import dev.touchstone.llm.fleet.Steward;
import dev.touchstone.llm.fleet.simulation.SimulatedReplica.Role;
import dev.touchstone.llm.fleet.simulation.SimulatedReplica.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// The replicas of a simulated fleet from their start to their end, and the routers that know them:
/// one for all that read prompts, and one for those that only write answers, if there are any.
final class ReplicaSet implements Steward.Fleet {
    private final FleetSettings settings;
    private final FleetRecorder recorder;
    private final SimulatedReplica.Fate fate;
    private final Router readers;
    private final Router writers;
    private final List<SimulatedReplica> replicas = new ArrayList<>();
    private boolean metricsStopped;

    ReplicaSet(FleetSettings settings, FleetRecorder recorder, SimulatedReplica.Fate fate) {
        this.settings = settings;
        this.recorder = recorder;
        this.fate = fate;
        RouterConfig config =
                settings.topology() instanceof Topology.ByLength(double _, int fromTokens)
                        ? settings.router().withLongFrom(fromTokens)
                        : settings.router();
        readers = new Router(config);
        writers = settings.topology() instanceof Topology.Split ? new Router(config) : readers;
        int apart = settings.topology().apart(settings.replicas());
        for (int i = 0; i < settings.replicas(); i++) {
            add(0, 0, apart == 0 ? Role.EVERYTHING : role(i < apart));
        }
    }

    /// Chooses who reads a prompt.
    Router readers() {
        return readers;
    }

    /// Chooses who writes an answer where whoever reads does not.
    Router writers() {
        return writers;
    }

    private Role role(boolean apart) {
        return switch (settings.topology()) {
            case Topology.Together _ -> Role.EVERYTHING;
            case Topology.ByLength _ -> new Role(true, true, apart ? Pool.LONG : Pool.SHORT);
            case Topology.Split _ -> new Role(apart, !apart, Pool.ANY);
        };
    }

    private void add(long nowNanos, long startUpNanos, Role role) {
        var replica =
                new SimulatedReplica(
                        nowNanos,
                        nowNanos + startUpNanos,
                        role,
                        role.reads() ? readers : writers,
                        settings,
                        recorder,
                        fate);
        replicas.add(replica);
        if (startUpNanos == 0) {
            serve(replica);
        }
    }

    private void serve(SimulatedReplica replica) {
        replica.stage = Stage.SERVING;
        replica.slot =
                replica.router.add(
                        "replica-" + replicas.indexOf(replica),
                        replica.role.pool(),
                        settings.layout().capacityTokens());
    }

    /// Who has a slot of a router now.
    SimulatedReplica at(Router router, int slot) {
        for (int i = replicas.size() - 1; i >= 0; i--) {
            SimulatedReplica replica = replicas.get(i);
            if (replica.slot == slot && replica.router == router && replica.isThere()) {
                return replica;
            }
        }
        throw new IllegalStateException("the router chose slot " + slot + ", which is empty");
    }

    private static void drain(SimulatedReplica replica) {
        replica.router.drain(replica.slot);
        replica.stage = Stage.DRAINING;
    }

    private static void gone(long nowNanos, SimulatedReplica replica) {
        replica.router.remove(replica.slot);
        replica.stage = Stage.GONE;
        replica.goneNanos = nowNanos;
    }

    void happen(long nowNanos, Control.Fault fault) {
        advance(nowNanos);
        SimulatedReplica replica = replicas.get(Math.min(fault.replica(), replicas.size() - 1));
        switch (fault.kind()) {
            case CRASH -> {
                if (replica.isThere()) {
                    gone(nowNanos, replica);
                    replica.crash(nowNanos);
                }
            }
            case NOTICE -> {
                if (replica.isThere()) {
                    drain(replica);
                }
            }
            case SLOW -> replica.slowDown(fault.factor());
            case METRICS_STOP -> metricsStopped = true;
            case METRICS_RESUME -> metricsStopped = false;
        }
    }

    /// Lets replicas begin and end, and asks for as many as there should be.
    void manage(long nowNanos, Steward steward) {
        int serving = 0;
        int starting = 0;
        int apart = 0;
        for (SimulatedReplica replica : replicas) {
            if (replica.stage == Stage.STARTING && replica.readyNanos <= nowNanos) {
                serve(replica);
            } else if (replica.stage == Stage.DRAINING && !replica.busy()) {
                gone(nowNanos, replica);
            }
            serving += replica.stage == Stage.SERVING ? 1 : 0;
            starting += replica.stage == Stage.STARTING ? 1 : 0;
            apart += replica.expected() && replica.role.equals(role(true)) ? 1 : 0;
        }
        int desired = steward.desired(serving, starting, nowNanos);
        for (int i = serving + starting; i < Math.min(desired, Router.MAX_REPLICAS); i++) {
            boolean next = settings.topology().apart(i + 1) > apart;
            apart += next ? 1 : 0;
            add(nowNanos, startUpNanos(), role(next));
        }
        shrink(serving, serving - desired);
    }

    private long startUpNanos() {
        return settings.control().autoscaler().map(config -> config.startUp().toNanos()).orElse(0L);
    }

    /// Takes out the youngest, but never the last of its kind.
    private void shrink(int serving, int excess) {
        int left = serving;
        for (int i = replicas.size() - 1; i >= 0 && left > 1 && serving - left < excess; i--) {
            SimulatedReplica replica = replicas.get(i);
            if (replica.stage == Stage.SERVING && othersLike(replica) > 0) {
                drain(replica);
                left--;
            }
        }
    }

    private int othersLike(SimulatedReplica replica) {
        int others = 0;
        for (SimulatedReplica other : replicas) {
            boolean alike = other.role.equals(replica.role);
            others += other != replica && other.stage == Stage.SERVING && alike ? 1 : 0;
        }
        return others;
    }

    /// Lets all of them do what happens up to this moment.
    void advance(long nowNanos) {
        for (SimulatedReplica replica : replicas) {
            replica.advance(nowNanos);
        }
    }

    boolean anyBusy() {
        for (SimulatedReplica replica : replicas) {
            if (replica.busy()) {
                return true;
            }
        }
        return false;
    }

    /// Requests that the routers believe to be under way.
    long routed() {
        long routed = 0;
        for (SimulatedReplica replica : replicas) {
            routed += replica.isThere() ? replica.view().inFlight() : 0;
        }
        return routed;
    }

    int running() {
        int running = 0;
        for (SimulatedReplica replica : replicas) {
            running += replica.running();
        }
        return running;
    }

    int waiting() {
        int waiting = 0;
        for (SimulatedReplica replica : replicas) {
            waiting += replica.waiting();
        }
        return waiting;
    }

    /// Reads the replicas' metrics.
    void scrape(long nowNanos) {
        int running = 0;
        int waiting = 0;
        int paid = 0;
        int there = 0;
        double kv = 0;
        for (SimulatedReplica replica : replicas) {
            paid += replica.stage == Stage.GONE ? 0 : 1;
            if (!replica.isThere()) {
                continue;
            }
            if (!metricsStopped) {
                ReplicaView view = replica.view();
                view.scrapeBegins(nowNanos);
                view.scraped(replica.running(), replica.waiting(), replica.occupancy());
            }
            running += replica.running();
            waiting += replica.waiting();
            kv += replica.occupancy();
            there++;
            recorder.kvOf(replica.occupancy());
        }
        recorder.sample(nowNanos, running, waiting, kv / Math.max(1, there), paid);
        readers.ejectSlow(nowNanos);
        if (writers != readers) {
            writers.ejectSlow(nowNanos);
        }
    }

    @Override
    public double meanWaiting() {
        return mean(false, 0, SimulatedReplica::waiting);
    }

    @Override
    public double kvUsage(long nowNanos) {
        return mean(true, 1, replica -> replica.view().kvUsage(nowNanos));
    }

    @Override
    public double pendingPrefillTokens() {
        return mean(false, 0, replica -> replica.view().pendingPrefillTokens());
    }

    @Override
    public int readingReplicas() {
        int count = 0;
        for (SimulatedReplica replica : replicas) {
            count += replica.role.reads() && replica.stage == Stage.SERVING ? 1 : 0;
        }
        return count;
    }

    private double mean(
            boolean ofWriters, double otherwise, ToDoubleFunction<SimulatedReplica> figure) {
        double sum = 0;
        int count = 0;
        for (SimulatedReplica replica : replicas) {
            boolean asked = ofWriters ? replica.role.writes() : replica.role.reads();
            if (asked && replica.stage == Stage.SERVING) {
                sum += figure.applyAsDouble(replica);
                count++;
            }
        }
        return count == 0 ? otherwise : sum / count;
    }

    /// Time for which all of them are paid for.
    double paidNanos(long endNanos) {
        double nanos = 0;
        for (SimulatedReplica replica : replicas) {
            nanos += replica.paidNanos(endNanos);
        }
        return Math.max(1, nanos);
    }

    /// Work of the replica that had the most, by time in service, over the mean.
    double imbalance(long endNanos) {
        double sum = 0;
        double most = 0;
        int count = 0;
        for (SimulatedReplica replica : replicas) {
            long served = replica.servedNanos(endNanos);
            if (served > 0) {
                double rate = (double) replica.work / served;
                sum += rate;
                most = Math.max(most, rate);
                count++;
            }
        }
        return sum == 0 ? 1 : most * count / sum;
    }
}
