package dev.touchstone.capacity.internal.plans;

import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.PlanBuilder;

/// A pre-training run: days, GPU-hours, the time of a step, memory and what a failure costs.
public final class TrainingPlan {
    private TrainingPlan() {}

    public static Plan create() {
        PlanBuilder plan =
                Plan.named(
                        "training",
                        "Pre-training run",
                        "How long does the run take, what does it cost, and what does"
                                + " a failure?");
        inputs(plan);
        run(plan);
        steps(plan);
        return plan.headline("time", "gpu_time", "money", "state_each")
                .curve("gpus", "time")
                .build();
    }

    private static void inputs(PlanBuilder plan) {
        plan.input("parameters", "parameters (N)", "parameter", 7e9, 1e3, 1e15, "drill D5")
                .input("tokens", "training tokens (D)", "token", 1e12, 1e3, 1e16, "drill D5")
                .count("gpus", "GPUs", "GPU", 256, 1e7, "drill D5")
                .input(
                        "peak",
                        "peak arithmetic, dense",
                        "TFLOP/s/GPU",
                        989,
                        0.1,
                        1e6,
                        "correction E43: H100, BF16")
                .share(
                        "mfu",
                        "share of peak reached (MFU)",
                        45,
                        0.1,
                        "drill D5; 35 to 50 % is usual")
                .share("overhead", "added for restarts and stalls", 10, 0, "10 to 15 % is usual")
                .input("batch", "tokens of a step", "token/step", 4e6, 1, 1e12, "incident WR2")
                .count("interval", "steps between checkpoints", "step", 1_000, 1e9, "incident WR2")
                .input(
                        "state",
                        "bytes of a parameter in training",
                        "B/parameter",
                        16,
                        1,
                        64,
                        "Adam: 2 + 2 + 4 + 8")
                .input(
                        "saved",
                        "bytes of a parameter in a checkpoint",
                        "B/parameter",
                        14,
                        1,
                        64,
                        "all but the gradient")
                .input("memory", "GPU memory", "GB/GPU", 80, 1, 1e4, "H100 SXM")
                .input(
                        "price",
                        "price",
                        "$/GPU/h",
                        3,
                        0.01,
                        1e3,
                        "on-demand H100, 2026: 2.7 to 12");
    }

    private static void run(PlanBuilder plan) {
        plan.require(
                        "batch * 1[step] <= tokens",
                        "a batch of {batch} is more than all {tokens}; lower batch")
                .require(
                        "saved <= state",
                        "saved is {saved}, more than the whole state of {state}; lower it")
                .result(
                        "flop",
                        "arithmetic of the run",
                        "6[FLOP/token] * parameters * tokens",
                        "FLOP",
                        "2 for the forward pass, 4 for the backward pass.")
                .step(
                        "cluster",
                        "arithmetic the cluster does",
                        "gpus * peak * mfu",
                        "FLOP/s",
                        "All GPUs, at the share of their peak that the run reaches.")
                .result(
                        "time",
                        "training time",
                        "flop / cluster",
                        "s",
                        "Twice that at half the peak (E43).")
                .step(
                        "planned_time",
                        "training time with the overhead",
                        "time * (1 + overhead)",
                        "s",
                        "What goes into the calendar.")
                .result(
                        "gpu_time",
                        "GPU time",
                        "time * gpus",
                        "GPU-h",
                        "As long as it runs, all of them (D5).")
                .result(
                        "money",
                        "cost with the overhead",
                        "planned_time * gpus * price",
                        "$",
                        "Paid by the hour for the whole cluster, stalls included.");
    }

    private static void steps(PlanBuilder plan) {
        plan.step(
                        "steps",
                        "steps",
                        "tokens / batch",
                        "step",
                        "Every step takes a whole batch (E34).")
                .step(
                        "step_time",
                        "time of a step",
                        "6[FLOP/token] * parameters * batch * 1[step] / cluster",
                        "s",
                        "Seconds, not milliseconds (E46).")
                .step(
                        "lost_time",
                        "lost when a failure strikes just before a checkpoint",
                        "interval * step_time",
                        "s",
                        "The worst case; half of it on average (E35).")
                .step(
                        "lost_gpu_time",
                        "GPU time lost",
                        "lost_time * gpus",
                        "GPU-h",
                        "All GPUs wait for the one that failed (E35).")
                .step(
                        "states",
                        "state of the whole model",
                        "parameters * state",
                        "B",
                        "Weights, gradients, optimizer.")
                .result(
                        "state_each",
                        "state on each GPU, fully sharded",
                        "states / gpus",
                        "B/GPU",
                        "Activations come on top.")
                .step(
                        "checkpoint",
                        "a checkpoint",
                        "parameters * saved",
                        "B",
                        "Weights, master copy and both moments.")
                .step(
                        "tokens_per_parameter",
                        "tokens for each parameter",
                        "tokens / parameters",
                        "token/parameter",
                        "About 20 is best for the money spent on training; serving favours more.")
                .check("the sharded state fits", "state_each <= memory")
                .check("there are enough tokens for the size", "20[token] <= tokens_per_parameter");
    }
}
