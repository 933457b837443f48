package dev.touchstone.capacity.internal.plans;

import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.PlanBuilder;

/// Averaging gradients: a ring over all GPUs, a ring of nodes, and both beside a training step.
public final class AllreducePlan {
    private AllreducePlan() {}

    public static Plan create() {
        return results(
                        inputs(
                                Plan.named(
                                        "allreduce",
                                        "Gradient exchange",
                                        "How long does one allreduce take, and does a step hide it?")))
                .headline("time", "ratio", "hierarchical")
                .curve("batch", "ratio")
                .build();
    }

    private static PlanBuilder inputs(PlanBuilder plan) {
        return plan.count("gpus", "GPUs", "GPU", 256, 1e7, "drill D8")
                .input("gradients", "gradients", "GB", 14, 1e-6, 1e7, "drill D8: 7B in 16 bit")
                .input(
                        "link",
                        "network of a GPU",
                        "Gbit/s",
                        400,
                        0.1,
                        1e6,
                        "drill D8: one NIC each")
                .count("node_gpus", "GPUs of a node, a NIC each", "GPU", 8, 1_024, "correction E46")
                .input(
                        "nvlink",
                        "network inside a node",
                        "GB/s",
                        450,
                        0.1,
                        1e6,
                        "NVLink 4, one way")
                .input("parameters", "parameters", "parameter", 7e9, 1e3, 1e15, "drill D5")
                .input("batch", "tokens of a step", "token", 4e6, 1, 1e12, "correction E46")
                .input("peak", "peak arithmetic, dense", "TFLOP/s/GPU", 989, 0.1, 1e6, "H100, BF16")
                .share("mfu", "share of peak reached (MFU)", 45, 0.1, "drill D5");
    }

    private static PlanBuilder results(PlanBuilder plan) {
        return plan.require(
                        "2[GPU] <= gpus",
                        "gpus is {gpus}: nobody to exchange with; take at least 2")
                .require(
                        "node_gpus <= gpus",
                        "node_gpus is {node_gpus}, more than all {gpus}; lower it")
                .result(
                        "traffic",
                        "sent by each GPU in a ring",
                        "2 * (gpus - 1) / gpus * gradients",
                        "B",
                        "Once to add up, once to hand round; about twice the gradients.")
                .result("time", "allreduce", "traffic / link", "s", "Latency left out (D8).")
                .step(
                        "step_time",
                        "arithmetic of a step",
                        "6[FLOP/token] * parameters * batch / (gpus * peak * mfu)",
                        "s",
                        "10 ms would be a toy step (E46).")
                .result(
                        "ratio",
                        "allreduce over the step",
                        "time / step_time",
                        "×",
                        "Below 1, overlapping can hide it (E46).")
                .step(
                        "nodes",
                        "nodes",
                        "ceil(gpus / node_gpus * 1[node])",
                        "node",
                        "A started node is a whole node.")
                .step(
                        "across",
                        "between nodes, all their NICs at once",
                        "2 * (nodes - 1[node]) / nodes * gradients / (node_gpus / 1[GPU] * link)",
                        "s",
                        "Each NIC carries its share (E46).")
                .step(
                        "inside",
                        "inside a node",
                        "2 * (node_gpus - 1) / node_gpus * gradients / nvlink",
                        "s",
                        "NVLink carries it; each GPU sends to its neighbour in the node.")
                .result(
                        "hierarchical",
                        "hierarchical exchange, pipelined",
                        "max(across, inside)",
                        "s",
                        "The slower of the two decides (E46).")
                .check("a step can hide the exchange", "time <= step_time")
                .check("the hierarchy is faster than the ring", "hierarchical <= time");
    }
}
