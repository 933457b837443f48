package dev.touchstone.llm.fleet;

/// How a replica has been doing: failures in a row, its pace, and whether it is taken out for it.
final class HealthRecord {
    /// Answers before a replica's pace is compared with the others'.
    private static final int ENOUGH_ANSWERS = 20;

    private static final double NEWEST_WEIGHT = 0.1;
    private static final int MAX_DOUBLINGS = 5;

    private final RouterConfig.Health config;
    private int failures;
    private int ejections;
    private long ejectedUntilNanos = Long.MIN_VALUE;
    private int answers;
    private double nanosPerToken;

    HealthRecord(RouterConfig.Health config) {
        this.config = config;
    }

    boolean ejected(long nowNanos) {
        return nowNanos < ejectedUntilNanos;
    }

    /// A request failed there. Returns whether that is one too many.
    boolean failed() {
        return ++failures >= config.failures();
    }

    /// A request was answered there.
    void answered(double nanosPerLaterToken) {
        failures = 0;
        if (nanosPerLaterToken > 0) {
            nanosPerToken =
                    answers == 0
                            ? nanosPerLaterToken
                            : nanosPerToken + NEWEST_WEIGHT * (nanosPerLaterToken - nanosPerToken);
            answers++;
        }
    }

    /// Whether its pace is known.
    boolean paced() {
        return answers >= ENOUGH_ANSWERS;
    }

    double nanosPerToken() {
        return nanosPerToken;
    }

    /// Takes it out, twice as long as the time before. It comes back with a clean record.
    void eject(long nowNanos) {
        int doublings = Math.min(ejections++, MAX_DOUBLINGS);
        ejectedUntilNanos = nowNanos + (config.ejection().toNanos() << doublings);
        failures = 0;
        answers = 0;
    }
}
