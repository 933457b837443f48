package dev.touchstone.capacity.internal.plans;

import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.PlanBuilder;

/// An event log: partitions, consumers, network and disks.
public final class KafkaPlan {
    private KafkaPlan() {}

    public static Plan create() {
        PlanBuilder plan =
                Plan.named(
                        "kafka",
                        "Event log",
                        "How many partitions take the writes, and what do brokers have"
                                + " to carry?");
        inputs(plan);
        partitions(plan);
        brokers(plan);
        return plan.headline("partitions_planned", "consumers", "brokers")
                .curve("events", "partitions_planned")
                .build();
    }

    private static void inputs(PlanBuilder plan) {
        plan.input("events", "events", "event/s", 2e6, 1e-3, 1e12, "drill D4")
                .input(
                        "event",
                        "size of an event",
                        "kB/event",
                        1,
                        1e-3,
                        1e6,
                        "drill D4; 1 KiB differs by 2.4 %")
                .input(
                        "partition",
                        "what a partition takes",
                        "MB/s/partition",
                        50,
                        1e-3,
                        1e5,
                        "drill D4: measured")
                .share("margin", "kept free", 20, 0, "drill D4")
                .input(
                        "consumer",
                        "what a consumer reads",
                        "MB/s/consumer",
                        60,
                        1e-3,
                        1e5,
                        "measure yours")
                .count("groups", "consumer groups", "", 2, 1e4, "say, features and analytics")
                .count("replication", "copies", "", 3, 100, "one may fail during a restart")
                .input(
                        "retention",
                        "kept for",
                        "h",
                        24,
                        0.01,
                        1e6,
                        "a day to find and repair a bug")
                .input(
                        "broker_disk",
                        "disk of a broker",
                        "TB/broker",
                        30,
                        1e-3,
                        1e6,
                        "eight NVMe drives of 3.84 TB")
                .input(
                        "broker_network",
                        "network of a broker",
                        "Gbit/s/broker",
                        25,
                        0.01,
                        1e5,
                        "a usual NIC");
    }

    private static void partitions(PlanBuilder plan) {
        plan.require("margin < 1", "margin is {margin}: nothing is left to use; lower it")
                .step(
                        "ingest",
                        "written",
                        "events * event",
                        "B/s",
                        "Before compression; keys and headers are in the size (D4).")
                .step(
                        "usable",
                        "usable of a partition",
                        "partition * (1 - margin)",
                        "B/s/partition",
                        "The margin is for catching up after a failure (D4).")
                .result(
                        "partitions",
                        "partitions for the writes",
                        "ceil(ingest / usable)",
                        "partition",
                        "49 with KiB and MiB throughout, 52 with KiB and MB (D4, E42).")
                .result(
                        "consumers",
                        "consumers of each group",
                        "ceil(ingest / (consumer * (1 - margin)))",
                        "consumer",
                        "No more of them read at once than there are partitions.")
                .result(
                        "partitions_planned",
                        "partitions for writes and reads",
                        "max(partitions, consumers)",
                        "partition",
                        "Adding some later moves keys to other partitions: leave room now.");
    }

    private static void brokers(PlanBuilder plan) {
        plan.step(
                        "disk",
                        "on disk",
                        "ingest * retention * replication",
                        "B",
                        "All copies; segments are deleted when they are too old.")
                .step(
                        "disk_brokers",
                        "brokers for the disks",
                        "ceil(disk / (broker_disk * (1 - margin)))",
                        "broker",
                        "The margin holds for disks as well.")
                .step(
                        "network_in",
                        "network into all brokers",
                        "ingest * replication",
                        "B/s",
                        "Producers once, followers for the other copies.")
                .step(
                        "network_out",
                        "network out of all brokers",
                        "ingest * (replication - 1 + groups)",
                        "B/s",
                        "Followers and every consumer group.")
                .step(
                        "network_brokers",
                        "brokers for the network",
                        "ceil(max(network_in, network_out) / (broker_network * (1 - margin)))",
                        "broker",
                        "Links are full duplex.")
                .result(
                        "brokers",
                        "brokers",
                        "max(max(disk_brokers, network_brokers), replication)",
                        "broker",
                        "Whatever runs out first: disks, network, or places for the copies.")
                .check(
                        "no broker leads too many partitions",
                        "partitions_planned * replication <= brokers * 4000")
                .check("every copy has a broker of its own", "replication <= brokers");
    }
}
