package dev.touchstone.capacity.internal.plans;

import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.PlanBuilder;

/// A feature store: what is kept, what is logged, and what a release with new features does to it.
public final class FeaturesPlan {
    private FeaturesPlan() {}

    public static Plan create() {
        PlanBuilder plan =
                Plan.named(
                        "features",
                        "Feature store",
                        "How much is kept and logged, and does the origin survive a release with new"
                                + " features?");
        storeInputs(plan);
        releaseInputs(plan);
        stores(plan);
        release(plan);
        warming(plan);
        return plan.headline("origin_after", "origin_growth", "warm_before", "warm_after")
                .curve("hit_rate_after", "origin_after")
                .build();
    }

    private static void storeInputs(PlanBuilder plan) {
        plan.count("features", "features", "value/user", 200, 1e6, "feature store challenge P1")
                .count("users", "users with features", "user", 10e6, 1e11, "feed challenge F1")
                .input(
                        "value_bytes",
                        "a cached value with its key",
                        "B/value",
                        200,
                        1,
                        1e6,
                        "correction E29")
                .input(
                        "mean_rate",
                        "requests, mean",
                        "request/s",
                        926,
                        1e-3,
                        1e9,
                        "feed challenge F1")
                .input(
                        "peak_rate",
                        "requests, peak",
                        "request/s",
                        2_800,
                        1e-3,
                        1e9,
                        "feed challenge F1")
                .count(
                        "scored",
                        "items scored and logged",
                        "item/request",
                        50,
                        1e6,
                        "feed challenge F3")
                .input(
                        "logged_bytes",
                        "a logged value, compressed",
                        "B/value",
                        4,
                        0.01,
                        1e4,
                        "columnar")
                .input("history", "history kept", "d", 90, 0.01, 1e4, "three monthly trainings");
    }

    private static void releaseInputs(PlanBuilder plan) {
        plan.count("reads", "features read for a request", "read/request", 14, 1e6, "incident WR1")
                .share("hit_rate", "cache hits before the release", 92, 0, "incident WR1")
                .count(
                        "new_reads",
                        "reads the release adds",
                        "read/request",
                        12,
                        1e6,
                        "incident WR1")
                .share(
                        "hit_rate_after",
                        "cache hits right after it",
                        61,
                        0,
                        "incident WR1, observed")
                .input(
                        "origin_limit",
                        "what the origin sustains",
                        "read/s",
                        30_000,
                        1,
                        1e10,
                        "correction E30")
                .input("cache", "cache", "GB", 80, 1e-3, 1e7, "incident WR1")
                .input("used", "cache in use", "GB", 71, 0, 1e7, "incident WR1")
                .count("warm_users", "users to warm", "user", 1e6, 1e11, "correction E29")
                .input("warm_pace", "users warmed", "user/min", 100_000, 1, 1e10, "correction E30");
    }

    private static void stores(PlanBuilder plan) {
        plan.require(
                        "used <= cache",
                        "used is {used}, more than the whole cache of {cache}; correct one of them")
                .require(
                        "mean_rate <= peak_rate",
                        "mean_rate is {mean_rate}, above the peak_rate of {peak_rate}; swap them")
                .result(
                        "online",
                        "every feature of every user online",
                        "users * features * value_bytes",
                        "B",
                        "Five times the cache: most of it must stay behind it, or be packed by row.")
                .step(
                        "log_rate",
                        "values logged at scoring",
                        "mean_rate * scored * features",
                        "value/s",
                        "What was scored is what training reads (P8).")
                .result(
                        "log_bytes",
                        "scoring log of a day",
                        "log_rate * logged_bytes * 1[day]",
                        "B",
                        "At the mean rate; columns compress well, for neighbours are alike.")
                .step(
                        "history_bytes",
                        "scoring log, kept",
                        "log_rate * logged_bytes * history",
                        "B",
                        "As long as a training set may reach back.");
    }

    private static void release(PlanBuilder plan) {
        plan.step(
                        "misses",
                        "misses of a request before",
                        "reads * (1 - hit_rate)",
                        "read/request",
                        "Reads are independent of each other (E28).")
                .step(
                        "hit_rate_floor",
                        "hit rate if every new read missed",
                        "reads * hit_rate / (reads + new_reads)",
                        "%",
                        "Anything below means that old keys are being evicted too (E26).")
                .step(
                        "new_hit_rate",
                        "hit rate of the new reads",
                        "((reads + new_reads) * hit_rate_after - reads * hit_rate) / new_reads",
                        "%",
                        "Already warming by themselves (E26).")
                .result(
                        "misses_after",
                        "misses of a request after",
                        "(reads + new_reads) * (1 - hit_rate_after)",
                        "read/request",
                        "Old and new reads together, at the rate that was observed (E28).")
                .step(
                        "origin",
                        "origin reads before the release",
                        "peak_rate * misses",
                        "read/s",
                        "Every miss is one read; nothing is coalesced (E30).")
                .result(
                        "origin_after",
                        "origin reads after the release",
                        "peak_rate * misses_after",
                        "read/s",
                        "At peak, every miss one read (E30).")
                .result(
                        "origin_growth",
                        "origin reads, after over before",
                        "origin_after / origin",
                        "×",
                        "More reads a request, and more of them miss (E28).")
                .step(
                        "fan_out",
                        "what the wider fan-out alone does to the slowest read",
                        "harmonic(reads + new_reads) / harmonic(reads)",
                        "×",
                        "The mean of the slowest, read times being exponential (E28).")
                .check(
                        "the origin keeps a tenth of what it sustains free",
                        "origin_after <= origin_limit * 0.9")
                .check("old keys are not evicted", "hit_rate_floor <= hit_rate_after");
    }

    private static void warming(PlanBuilder plan) {
        plan.require(
                        "origin < origin_limit",
                        "the origin sustains {origin_limit} and is asked for {origin} before the release:"
                                + " there is nothing to spare; raise hit_rate or origin_limit")
                .require(
                        "origin_after < origin_limit",
                        "the release asks {origin_after} of an origin that sustains {origin_limit}:"
                                + " warming in place never ends; ramp down first, or raise"
                                + " hit_rate_after or origin_limit")
                .step(
                        "new_values",
                        "new features of a user",
                        "new_reads * 1[request/user]",
                        "value/user",
                        "A request reads each once, for its user.")
                .step(
                        "new_bytes",
                        "cache for the new features of those users",
                        "warm_users * new_values * value_bytes",
                        "B",
                        "Values as large as those that are cached today (E29).")
                .step(
                        "free",
                        "cache left",
                        "cache - used",
                        "B",
                        "Before anything has to be evicted (E29).")
                .step(
                        "users_that_fit",
                        "users whose new features fit",
                        "free / (new_values * value_bytes)",
                        "user",
                        "No eviction before that many (E29).")
                .step(
                        "new_bytes_all",
                        "cache for the new features of everybody",
                        "users * new_values * value_bytes",
                        "B",
                        "Everybody, and not only those who come back today (E29).")
                .step(
                        "warm_reads",
                        "reads that warming takes",
                        "warm_users * new_values",
                        "read",
                        "One read of the origin for each new value (E30).")
                .step(
                        "warm_rate",
                        "reads at the intended pace",
                        "warm_pace * new_values",
                        "read/s",
                        "What the pace asks of the origin, if it gives that much (E30).")
                .result(
                        "warm_before",
                        "warming before the cut-over",
                        "warm_reads / min(warm_rate, origin_limit - origin)",
                        "s",
                        "The origin has room then (E30).")
                .result(
                        "warm_after",
                        "warming while the release takes traffic",
                        "warm_reads / min(warm_rate, origin_limit - origin_after)",
                        "s",
                        "In what the misses leave of the origin (E30).");
    }
}
