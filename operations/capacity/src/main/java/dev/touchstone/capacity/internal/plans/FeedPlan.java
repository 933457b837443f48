package dev.touchstone.capacity.internal.plans;

import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.PlanBuilder;

/// A feed: requests at peak, the latency budget, GPUs of the heavy ranker, candidates in memory.
public final class FeedPlan {
    private FeedPlan() {}

    public static Plan create() {
        PlanBuilder plan =
                Plan.named(
                        "feed",
                        "Feed ranking",
                        "Does the funnel fit its latency budget, and how many GPUs rank the peak?");
        trafficInputs(plan);
        latencyInputs(plan);
        gpuInputs(plan);
        traffic(plan);
        latency(plan);
        gpus(plan);
        arithmetic(plan);
        memory(plan);
        return plan.headline("deployed", "latency", "headroom", "peak_rate")
                .curve("batch", "deployed")
                .build();
    }

    private static void trafficInputs(PlanBuilder plan) {
        plan.count("users", "users a day", "user", 10e6, 1e10, "feed challenge F1")
                .input("loads", "feed loads", "request/user/day", 8, 0.01, 1e4, "feed challenge F1")
                .input("peak_factor", "peak over mean", "", 3, 1, 100, "feed challenge F1")
                .share("cold_share", "users with little history", 20, 0, "feed challenge F9")
                .count(
                        "candidates",
                        "candidates kept for a user",
                        "item/user",
                        2_000,
                        1e7,
                        "feed challenge F3")
                .count(
                        "retrieved",
                        "left by retrieval",
                        "item/request",
                        200,
                        1e6,
                        "feed challenge F3")
                .count(
                        "ranked",
                        "left by the light ranker",
                        "item/request",
                        50,
                        1e6,
                        "feed challenge F3")
                .count("shown", "shown", "item/request", 20, 1e5, "feed challenge F3");
    }

    private static void latencyInputs(PlanBuilder plan) {
        plan.input("network_in", "network, client to edge", "ms", 15, 0, 1e4, "feed challenge F2")
                .input("lookup", "candidate lookup", "ms", 10, 0, 1e4, "feed challenge F2")
                .input("retrieval", "retrieval", "ms", 12, 0, 1e4, "feed challenge F2")
                .input("feature_fetch", "feature fetch", "ms", 8, 0, 1e4, "feed challenge F2")
                .input("light", "light ranker", "ms", 5, 0, 1e4, "feed challenge F2")
                .input("heavy", "heavy ranker", "ms", 18, 0.01, 1e4, "feed challenge F2: one batch")
                .input("rules", "rules", "ms", 4, 0, 1e4, "feed challenge F2")
                .input(
                        "network_out",
                        "network, edge to client",
                        "ms",
                        8,
                        0,
                        1e4,
                        "feed challenge F2")
                .input("budget", "latency budget, p99", "ms", 100, 1, 1e5, "feed challenge F2");
    }

    private static void gpuInputs(PlanBuilder plan) {
        plan.count("batch", "requests in a batch", "request/GPU", 10, 1e5, "correction E1")
                .share("utilization", "utilisation planned for", 90, 1, "queues need slack")
                .count("spares", "spare GPUs", "GPU", 1, 0, 1e4, "one may fail")
                .input(
                        "parameters",
                        "heavy ranker",
                        "parameter",
                        5e6,
                        1e3,
                        1e13,
                        "feed challenge F6")
                .input("element", "bytes of a weight", "B/parameter", 2, 0.25, 8, "fp16")
                .input("item_bytes", "features of an item", "kB/item", 1, 0.001, 1e4, "as fp16")
                .input("peak", "peak arithmetic", "TFLOP/s/GPU", 312, 1, 1e6, "A100, FP16 dense")
                .share("mfu", "share reached at small batches", 20, 0.1, "correction E3")
                .input(
                        "bandwidth",
                        "memory bandwidth",
                        "TB/s/GPU",
                        2,
                        0.01,
                        1e3,
                        "A100 80 GB: 2.04")
                .input("price", "price", "$/GPU/h", 3.5, 0.01, 1e3, "feed challenge F13")
                .count("gpu_limit", "GPUs granted", "GPU", 30, 0, 1e6, "feed challenge F13")
                .input("money_limit", "money granted", "$/year", 1e6, 1, 1e12, "feed challenge F13")
                .input(
                        "entry",
                        "bytes of a stored candidate",
                        "B/item",
                        8,
                        1,
                        1e4,
                        "correction E11: an id")
                .input(
                        "refresh",
                        "candidates are renewed every",
                        "h",
                        1,
                        0.01,
                        1e4,
                        "feed challenge F4")
                .count(
                        "features",
                        "features fetched for an item",
                        "value/item",
                        5,
                        1e5,
                        "feed challenge F2");
    }

    private static void traffic(PlanBuilder plan) {
        plan.require(
                        "retrieved <= candidates * 1[user/request]",
                        "retrieved is {retrieved}, but there are only {candidates}; a funnel narrows")
                .require(
                        "ranked <= retrieved",
                        "ranked is {ranked}, but only {retrieved} are left to rank; a funnel narrows")
                .require(
                        "shown <= ranked",
                        "shown is {shown}, but only {ranked} were ranked; a funnel narrows")
                .step(
                        "mean_rate",
                        "requests, mean",
                        "users * loads",
                        "request/s",
                        "Spread over 86,400 s (F1).")
                .result(
                        "peak_rate",
                        "requests, peak",
                        "mean_rate * peak_factor",
                        "request/s",
                        "The busiest minutes of the day, three times the mean (F1).")
                .step(
                        "cold_users",
                        "users with little history",
                        "users * cold_share",
                        "user",
                        "Fewer than thirty events each; they need a path of their own (F9).");
    }

    private static void latency(PlanBuilder plan) {
        plan.step(
                        "server",
                        "our share of the latency",
                        "lookup + retrieval + feature_fetch + light + heavy + rules",
                        "s",
                        "Measured at the server's edge, the only place we control (F2, E51).")
                .result(
                        "latency",
                        "sum of all stages",
                        "network_in + server + network_out",
                        "s",
                        "A sum of p99s is an upper bound, not the p99 of the sum (E51) (F2).")
                .result(
                        "headroom",
                        "left of the budget",
                        "budget - latency",
                        "s",
                        "What is left for a bad day; below zero the budget is broken (F2).")
                .check("the stages fit the budget", "latency <= budget");
    }

    private static void gpus(PlanBuilder plan) {
        plan.step(
                        "in_flight",
                        "requests in the heavy ranker at peak",
                        "peak_rate * heavy",
                        "request",
                        "Little's law. These are requests, not GPUs (E1).")
                .slip(
                        "gpus_unbatched",
                        "GPUs if each served one request at a time",
                        "ceil(in_flight / 1[request/GPU])",
                        "GPU",
                        "The batch is forgotten, and the fleet ten times too large (E1).")
                .step(
                        "gpu_rate",
                        "requests a GPU serves",
                        "batch / heavy",
                        "request/s/GPU",
                        "A batch enters when the one before leaves (E1).")
                .step(
                        "load",
                        "GPUs' worth of ranking at peak",
                        "peak_rate / gpu_rate",
                        "GPU",
                        "Every batch is full (E1).")
                .result(
                        "gpus",
                        "GPUs at peak",
                        "ceil(load / utilization)",
                        "GPU",
                        "A full GPU is an endless queue, hence the utilisation (E1).")
                .result(
                        "deployed",
                        "GPUs with spares",
                        "gpus + spares",
                        "GPU",
                        "Service goes on at peak when as many fail as there are spares.");
    }

    private static void arithmetic(PlanBuilder plan) {
        plan.step(
                        "item_flop",
                        "arithmetic of an item",
                        "2[FLOP/item] * parameters",
                        "FLOP/item",
                        "A multiplication and an addition are two FLOPs (E6).")
                .step(
                        "arithmetic_load",
                        "GPUs' worth by arithmetic alone",
                        "peak_rate * ranked * item_flop / (peak * mfu)",
                        "GPU",
                        "So launches and batching decide, not arithmetic (E1).")
                .step(
                        "arithmetic_time",
                        "arithmetic if the light ranker were left out",
                        "retrieved * 1[request] * item_flop / (1[GPU] * peak * mfu)",
                        "s",
                        "One GPU, all that retrieval left, at the share of its peak that small batches reach (E3).")
                .step(
                        "memory_time",
                        "memory traffic of the same",
                        "(parameters * element + retrieved * 1[request] * item_bytes)"
                                + " / (1[GPU] * bandwidth)",
                        "s",
                        "Less than the arithmetic, so memory is not what limits it (E3).")
                .step(
                        "money",
                        "cost",
                        "deployed * price",
                        "$/year",
                        "On around the clock, all year (F13).")
                .step(
                        "affordable",
                        "GPUs the money pays for",
                        "money_limit / price",
                        "GPU",
                        "On around the clock, all year (F13).")
                .check("the GPUs are granted", "deployed <= gpu_limit")
                .check("the money is granted", "money <= money_limit")
                .check("arithmetic alone would need fewer GPUs", "arithmetic_load <= deployed");
    }

    private static void memory(PlanBuilder plan) {
        plan.step(
                        "candidate_memory",
                        "candidate lists of all users",
                        "users * candidates * entry",
                        "B",
                        "Easily forgotten, and in somebody else's Redis (E11).")
                .step(
                        "candidate_writes",
                        "rewriting candidate lists",
                        "candidate_memory / refresh",
                        "B/s",
                        "Spread evenly between two renewals (E11).")
                .step(
                        "feature_reads",
                        "feature values read at peak",
                        "peak_rate * retrieved * features",
                        "value/s",
                        "Before the light ranker: all that retrieval left (E11).");
    }
}
