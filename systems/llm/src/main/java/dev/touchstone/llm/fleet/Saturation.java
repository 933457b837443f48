package dev.touchstone.llm.fleet;

/// How close replicas are to their limits, from two signals: requests that wait and memory in use.
/// Neither alone will do: a fleet that is busy reading prompts is saturated with its memory a third
/// full. The rules are those of llm-d's router.
///
/// @param queue waiting requests at which a replica is saturated
/// @param kv share of its KV memory at which it is saturated
/// @param headroom share above both limits up to which it may still be chosen
public record Saturation(double queue, double kv, double headroom) {
    public static final Saturation DEFAULT = new Saturation(5, 0.8, 0.2);

    /// A replica of which nothing recent is known counts as saturated.
    public static final double UNKNOWN = 1.0;

    private static final double SHED_FACTOR = 300;
    private static final double SHED_POWER = 5;

    public Saturation {
        if (!(queue > 0 && kv > 0 && headroom >= 0)) {
            throw new IllegalArgumentException(
                    "queue and kv must be above 0 and headroom at least 0, got %s, %s and %s"
                            .formatted(queue, kv, headroom));
        }
    }

    /// A replica's saturation; 1 is full.
    public double of(int waiting, double kvUsage) {
        return Math.max(waiting / queue, kvUsage / kv);
    }

    /// Whether a replica may still be chosen.
    public boolean admits(int waiting, double kvUsage) {
        return waiting <= queueLimit() && kvUsage <= kvLimit();
    }

    /// Waiting requests up to which a replica may be chosen.
    public double queueLimit() {
        return queue * (1 + headroom);
    }

    /// Share of KV memory up to which a replica may be chosen.
    public double kvLimit() {
        return kv * (1 + headroom);
    }

    /// The share of requests to turn away: none of normal priority, of lower ones more and more as
    /// the fleet fills.
    ///
    /// @param pool mean saturation of the replicas
    /// @param priority below 0 for what may be turned away
    public static double shedProbability(double pool, int priority) {
        return priority >= 0 ? 0 : Math.min(1, SHED_FACTOR * StrictMath.pow(pool, SHED_POWER));
    }

    /// How a queue compares with the others: 1 for the shortest, 0 for the longest, 1 for all when
    /// they are alike.
    public static double queueScore(int waiting, int shortest, int longest) {
        return longest == shortest ? 1 : (double) (longest - waiting) / (longest - shortest);
    }
}
