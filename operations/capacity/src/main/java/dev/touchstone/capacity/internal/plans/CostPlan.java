package dev.touchstone.capacity.internal.plans;

import dev.touchstone.capacity.Plan;

/// A serving fleet: dollars a day, a month and a million tokens, and whether the GPUs earn them.
public final class CostPlan {
    private CostPlan() {}

    public static Plan create() {
        return results(
                        inputs(
                                Plan.named(
                                        "cost",
                                        "Serving cost",
                                        "What does the fleet cost, and what does a million tokens?")))
                .build();
    }

    private static Plan.Builder inputs(Plan.Builder plan) {
        return plan.count("replicas", "replicas", "replica", 100, 1e7, "D7")
                .count("gpus_each", "GPUs of a replica", "GPU/replica", 8, 1_024, "D7")
                .input(
                        "price",
                        "price of a replica",
                        "$/replica/h",
                        32,
                        1e-3,
                        1e5,
                        "D7; 8 A100 list at 22 to 27 now (E45)")
                .input("token_rate", "tokens served", "token/h", 50e6, 1, 1e15, "D7")
                .share("discount", "discount for a year's commitment", 40, 0, "D7")
                .share(
                        "base",
                        "share of the fleet that always runs",
                        60,
                        0,
                        "the rest follows the load")
                .share("running", "hours the rest runs", 40, 0, "")
                .input(
                        "expected",
                        "tokens such a GPU can serve",
                        "token/s/GPU",
                        2_400,
                        0.1,
                        1e6,
                        "WR4, before its fault");
    }

    private static Plan.Builder results(Plan.Builder plan) {
        return plan.result("daily", "a day", "replicas * price", "$/day", "D7")
                .result("monthly", "30 days", "daily * 30[day]", "$", "D7")
                .step("yearly", "a year", "daily * 365[day]", "$", "")
                .step("tokens", "tokens a day", "token_rate", "token/day", "D7")
                .result("unit_cost", "a million tokens", "daily / tokens", "$/1M tokens", "D7")
                .result(
                        "unit_cost_reserved",
                        "the same with the discount",
                        "unit_cost * (1 - discount)",
                        "$/1M tokens",
                        "D7, E45")
                .step(
                        "unit_cost_mixed",
                        "base committed, the rest on demand when needed",
                        "unit_cost * (base * (1 - discount) + (1 - base) * running)",
                        "$/1M tokens",
                        "")
                .step("gpus", "GPUs", "replicas * gpus_each", "GPU", "D7")
                .result(
                        "gpu_rate",
                        "tokens each GPU serves",
                        "token_rate / gpus",
                        "token/s/GPU",
                        "E45: the number that tells whether the price is the problem.")
                .step("idle", "times below what it can serve", "expected / gpu_rate", "×", "E45")
                .check("GPUs do at least a tenth of what they can", "expected / 10 <= gpu_rate")
                .check("GPUs do not do more than they can", "gpu_rate <= expected");
    }
}
