package dev.touchstone.features;

/// How fresh a view is meant to be.
///
/// @param slaNanos the longest from an event until it is served, at least 1
public record Freshness(Tier tier, long slaNanos) {
    /// A nightly job: a row is known 18 to 36 hours after its event.
    public static final Freshness DAILY = new Freshness(Tier.DAILY, Tier.DAILY.usualSlaNanos());

    /// By what kind of pipeline values come; each step costs about ten times the one before.
    public enum Tier {
        DAILY(129_600_000_000_000L),
        MICRO_BATCH(3_600_000_000_000L),
        STREAMING(1_000_000_000L);

        private final long usualSlaNanos;

        Tier(long usualSlaNanos) {
            this.usualSlaNanos = usualSlaNanos;
        }

        /// What is promised unless the definition says otherwise.
        public long usualSlaNanos() {
            return usualSlaNanos;
        }
    }

    public Freshness {
        if (slaNanos < 1) {
            throw new IllegalArgumentException(
                    "a freshness SLA is at least 1 ns, got %d".formatted(slaNanos));
        }
    }
}
