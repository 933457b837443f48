package dev.touchstone.llm.fleet;

/// Predicts how long a request waits for its first token, from how long others did: in proportion
/// to the prompt tokens that are queued at its replica, its own included.
public final class TtftPredictor {
    private static final double NEWEST_WEIGHT = 0.02;

    private double secondsPerToken;
    private long observations;

    /// A request had its first token.
    ///
    /// @param pendingTokens queued at its replica when it was sent, its own included
    public void observe(long pendingTokens, double seconds) {
        double ratio = seconds / Math.max(1, pendingTokens);
        double weight = Math.max(NEWEST_WEIGHT, 1.0 / ++observations);
        secondsPerToken += weight * (ratio - secondsPerToken);
    }

    /// Seconds until the first token of a request behind so many tokens; 0 before anything was
    /// observed.
    public double predict(double pendingTokens) {
        return pendingTokens * secondsPerToken;
    }
}
