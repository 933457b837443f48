package dev.touchstone.capacity.internal.plans;

import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.PlanBuilder;

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
                .headline("unit_cost", "unit_cost_reserved", "daily", "gpu_rate")
                .curve("token_rate", "unit_cost")
                .build();
    }

    private static PlanBuilder inputs(PlanBuilder plan) {
        return plan.count("replicas", "replicas", "replica", 100, 1e7, "drill D7")
                .count("gpus_each", "GPUs of a replica", "GPU/replica", 8, 1_024, "drill D7")
                .input(
                        "price",
                        "price of a replica",
                        "$/replica/h",
                        32,
                        1e-3,
                        1e5,
                        "drill D7; 8 A100 list at 22 to 27 now (correction E45)")
                .input("token_rate", "tokens served", "token/h", 50e6, 1, 1e15, "drill D7")
                .share("discount", "discount for a year's commitment", 40, 0, "drill D7")
                .share(
                        "base",
                        "share of the fleet that always runs",
                        60,
                        0,
                        "the rest follows the load")
                .share("running", "hours the rest runs", 40, 0, "the load's day and night")
                .input(
                        "expected",
                        "tokens such a GPU can serve",
                        "token/s/GPU",
                        2_400,
                        0.1,
                        1e6,
                        "incident WR4, before its fault");
    }

    private static PlanBuilder results(PlanBuilder plan) {
        return plan.result(
                        "daily",
                        "a day",
                        "replicas * price",
                        "$/day",
                        "Every replica is on around the clock (D7).")
                .result(
                        "monthly",
                        "30 days",
                        "daily * 30[day]",
                        "$",
                        "A month of 30 days, 24 hours each (D7).")
                .step("yearly", "a year", "daily * 365[day]", "$", "365 days at today's price.")
                .step(
                        "tokens",
                        "tokens a day",
                        "token_rate",
                        "token/day",
                        "The hourly rate, held all day (D7).")
                .result(
                        "unit_cost",
                        "a million tokens",
                        "daily / tokens",
                        "$/1M tokens",
                        "Dollars and tokens of the same day (D7).")
                .result(
                        "unit_cost_reserved",
                        "a million tokens with the discount",
                        "unit_cost * (1 - discount)",
                        "$/1M tokens",
                        "All of the fleet is committed, also what idles at night (D7, E45).")
                .step(
                        "unit_cost_mixed",
                        "base committed, the rest on demand when needed",
                        "unit_cost * (base * (1 - discount) + (1 - base) * running)",
                        "$/1M tokens",
                        "Only the base is committed; the rest is paid for the hours it runs.")
                .step(
                        "gpus",
                        "GPUs",
                        "replicas * gpus_each",
                        "GPU",
                        "A replica takes whole GPUs (D7).")
                .result(
                        "gpu_rate",
                        "tokens each GPU serves",
                        "token_rate / gpus",
                        "token/s/GPU",
                        "The number that tells whether the price is the problem (E45).")
                .step(
                        "idle",
                        "times below what it can serve",
                        "expected / gpu_rate",
                        "×",
                        "What each GPU could serve over what it serves (E45).")
                .check("GPUs do at least a tenth of what they can", "expected / 10 <= gpu_rate")
                .check("GPUs do not do more than they can", "gpu_rate <= expected");
    }
}
