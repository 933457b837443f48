package dev.touchstone.capacity.internal.plans;

import dev.touchstone.capacity.Plan;

/// A feature store: what is kept, what is logged, and what a release with new features does to it.
public final class FeaturesPlan {
    private FeaturesPlan() {}

    public static Plan create() {
        Plan.Builder plan =
                Plan.named(
                        "features",
                        "Feature store",
                        "How much is kept and logged, and does the origin survive a release with new"
                                + " features?");
        inputs(plan);
        stores(plan);
        release(plan);
        warming(plan);
        return plan.build();
    }

    private static void inputs(Plan.Builder plan) {
        plan.count("features", "features", "value/user", 200, 1e6, "P1")
                .count("users", "users with features", "user", 10e6, 1e11, "F1")
                .input("value_bytes", "a cached value with its key", "B/value", 200, 1, 1e6, "E29")
                .input("mean_rate", "requests, mean", "request/s", 926, 1e-3, 1e9, "F1")
                .input("peak_rate", "requests, peak", "request/s", 2_800, 1e-3, 1e9, "F1")
                .count("scored", "items scored and logged", "item/request", 50, 1e6, "F3")
                .input(
                        "logged_bytes",
                        "a logged value, compressed",
                        "B/value",
                        4,
                        0.01,
                        1e4,
                        "columnar")
                .input("history", "history kept", "d", 90, 0.01, 1e4, "three monthly trainings")
                .count("reads", "features read for a request", "read/request", 14, 1e6, "WR1")
                .share("hit_rate", "cache hits before the release", 92, 0, "WR1")
                .count("new_reads", "reads the release adds", "read/request", 12, 1e6, "WR1")
                .share("hit_rate_after", "cache hits right after it", 61, 0, "WR1, observed")
                .input("origin_limit", "what the origin sustains", "read/s", 30_000, 1, 1e10, "E30")
                .input("cache", "cache", "GB", 80, 1e-3, 1e7, "WR1")
                .input("used", "of it in use", "GB", 71, 0, 1e7, "WR1")
                .count("warm_users", "users to warm", "user", 1e6, 1e11, "E29")
                .input("warm_pace", "users warmed", "user/min", 100_000, 1, 1e10, "E30");
    }

    private static void stores(Plan.Builder plan) {
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
                        "P8: what was scored is what training reads.")
                .result(
                        "log_bytes",
                        "that log in a day",
                        "log_rate * logged_bytes * 1[day]",
                        "B",
                        "")
                .step(
                        "history_bytes",
                        "that log, kept",
                        "log_rate * logged_bytes * history",
                        "B",
                        "");
    }

    private static void release(Plan.Builder plan) {
        plan.step(
                        "misses",
                        "misses of a request before",
                        "reads * (1 - hit_rate)",
                        "read/request",
                        "E28")
                .step(
                        "hit_rate_floor",
                        "hit rate if every new read missed",
                        "reads * hit_rate / (reads + new_reads)",
                        "%",
                        "E26: anything below means that old keys are being evicted too.")
                .step(
                        "new_hit_rate",
                        "hit rate of the new reads",
                        "((reads + new_reads) * hit_rate_after - reads * hit_rate) / new_reads",
                        "%",
                        "E26: already warming by themselves.")
                .result(
                        "misses_after",
                        "misses of a request after",
                        "(reads + new_reads) * (1 - hit_rate_after)",
                        "read/request",
                        "E28")
                .step("origin", "reads of the origin before", "peak_rate * misses", "read/s", "E30")
                .result(
                        "origin_after",
                        "reads of the origin after",
                        "peak_rate * misses_after",
                        "read/s",
                        "E30")
                .result("origin_growth", "load of the origin", "origin_after / origin", "×", "E28")
                .step(
                        "fan_out",
                        "what the wider fan-out alone does to the slowest read",
                        "harmonic(reads + new_reads) / harmonic(reads)",
                        "×",
                        "E28: the mean of the slowest, read times being exponential.")
                .check("the origin carries the release", "origin_after <= origin_limit")
                .check("old keys are not evicted", "hit_rate_floor <= hit_rate_after");
    }

    private static void warming(Plan.Builder plan) {
        plan.require(
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
                        "E29")
                .step("free", "cache left", "cache - used", "B", "E29")
                .step(
                        "users_that_fit",
                        "users whose new features fit",
                        "free / (new_values * value_bytes)",
                        "user",
                        "E29: no eviction before that many.")
                .step(
                        "new_bytes_all",
                        "cache for the new features of everybody",
                        "users * new_values * value_bytes",
                        "B",
                        "E29")
                .step(
                        "warm_reads",
                        "reads that warming takes",
                        "warm_users * new_values",
                        "read",
                        "E30")
                .step(
                        "warm_rate",
                        "reads at the intended pace",
                        "warm_pace * new_values",
                        "read/s",
                        "E30")
                .result(
                        "warm_before",
                        "warming before the cut-over",
                        "warm_reads / min(warm_rate, origin_limit - origin)",
                        "s",
                        "E30: the origin has room then.")
                .result(
                        "warm_after",
                        "warming while the release takes traffic",
                        "warm_reads / min(warm_rate, origin_limit - origin_after)",
                        "s",
                        "E30: in what the misses leave of the origin.");
    }
}
