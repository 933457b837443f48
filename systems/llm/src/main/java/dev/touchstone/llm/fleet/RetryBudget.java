package dev.touchstone.llm.fleet;

/// How often failed requests may be sent again: a share of all requests, so that retries cannot
/// double the load of a fleet that fails because of load.
public final class RetryBudget {
    private final double share;
    private final double most;
    private double tokens;

    /// @param share retries per request, such as 0.1
    /// @param most retries saved up at most; the budget begins with them
    public RetryBudget(double share, int most) {
        if (!(share >= 0 && share <= 1) || most < 1) {
            throw new IllegalArgumentException(
                    "share must be from 0 to 1 and most at least 1, got %s and %d"
                            .formatted(share, most));
        }
        this.share = share;
        this.most = most;
        this.tokens = most;
    }

    /// A request came in for the first time.
    public void request() {
        tokens = Math.min(most, tokens + share);
    }

    /// Takes a retry if there is one.
    public boolean tryRetry() {
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
