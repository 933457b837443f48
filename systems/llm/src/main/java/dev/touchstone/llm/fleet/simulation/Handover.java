package dev.touchstone.llm.fleet.simulation;

import dev.touchstone.simulation.EventLoop;
import java.util.HashMap;
import java.util.Map;

/// From who reads prompts to who writes answers. Such a fleet's replicas influence one another at
/// the moment at which a prompt is read: those moments are events here.
final class Handover {
    private final Topology topology;
    private final ReplicaSet replicas;
    private final EventLoop loop;

    /// When the link of a replica that reads is free again.
    private final Map<SimulatedReplica, Long> linkFreeNanos = new HashMap<>();

    /// When a replica that reads is looked at next.
    private final Map<SimulatedReplica, Long> lookNanos = new HashMap<>();

    private int copying;

    Handover(Topology topology, ReplicaSet replicas, EventLoop loop) {
        this.topology = topology;
        this.replicas = replicas;
        this.loop = loop;
    }

    /// Copies under way.
    int copying() {
        return copying;
    }

    /// Makes sure that a replica that only reads is looked at when it does something next.
    void watch(SimulatedReplica replica) {
        if (replica.role.writes()) {
            return;
        }
        long next = replica.nextNanos();
        if (next < lookNanos.getOrDefault(replica, SimulatedReplica.NEVER)) {
            lookNanos.put(replica, next);
            loop.at(next, nowNanos -> look(nowNanos, replica));
        }
    }

    private void look(long nowNanos, SimulatedReplica replica) {
        replicas.advance(nowNanos);
        lookNanos.remove(replica);
        watch(replica);
    }

    /// Copies so many tokens, after what the replica sends already.
    void copy(long nowNanos, SimulatedReplica from, int tokens, EventLoop.Event delivered) {
        if (!(topology instanceof Topology.Split split)) {
            throw new IllegalStateException("every replica of this fleet writes");
        }
        long begin = Math.max(nowNanos, linkFreeNanos.getOrDefault(from, 0L));
        long end = begin + split.copyNanos(tokens);
        linkFreeNanos.put(from, end);
        copying++;
        loop.at(
                end,
                deliveredNanos -> {
                    copying--;
                    delivered.fire(deliveredNanos);
                });
    }
}
