package dev.touchstone.llm;

import java.time.Duration;

/// What it is worth to keep an idle session's keys and values: the work they save if the session
/// comes back, times how likely that is, by how long they probably take up room. This is hit
/// density (Beckmann, Chen and Cidon, "LHD: improving cache hit rate by maximizing hit density",
/// NSDI 2018), with sessions known one by one.
///
/// Sessions are taken to think for exponentially distributed times around a mean of their own, and
/// to come back each time with a probability of their own; both are estimated from what a session
/// did so far, starting from what is usual. A session that has been idle for much longer than it
/// used to be is probably gone; one that is gone takes up room for three usual idle times until
/// that is plain.
///
/// @param usualIdle how long a session is usually idle before it comes back
/// @param usualReturns share of answers after which a session usually comes back; above 0, below 1
/// @param doublingTokens context length at which attention makes a token twice as much work: long
///   sessions are worth more by the token. See [ModelSpec#doublingTokens]
public record IdleValue(Duration usualIdle, double usualReturns, double doublingTokens) {
    /// How many earlier returns the usual ones count as.
    private static final double PRIOR = 2;

    private static final double GONE_IDLE_TIMES = 3;

    /// Five minutes, four returns in five, a 13B model.
    public static final IdleValue DEFAULT =
            new IdleValue(Duration.ofMinutes(5), 0.8, ModelSpec.CHAT_13B.doublingTokens());

    public IdleValue {
        if (!usualIdle.isPositive()) {
            throw new IllegalArgumentException("usualIdle must be above 0, got " + usualIdle);
        }
        if (!(usualReturns > 0 && usualReturns < 1)) {
            throw new IllegalArgumentException(
                    "usualReturns must lie between 0 and 1, got " + usualReturns);
        }
        if (!(doublingTokens > 0)) {
            throw new IllegalArgumentException(
                    "doublingTokens must be above 0, got " + doublingTokens);
        }
    }

    /// How likely a session comes back that has been idle for so long: Bayes' rule on "it returns,
    /// later than this" against "it is gone".
    ///
    /// @param returns how often it came back so far
    /// @param idleNanos how long it was idle before those returns, all together
    /// @param sinceNanos how long it has been idle now
    public double likelihood(int returns, double idleNanos, double sinceNanos) {
        double share = (returns + PRIOR * usualReturns) / (returns + PRIOR);
        double later = share * StrictMath.exp(-sinceNanos / meanNanos(returns, idleNanos));
        return later / (later + 1 - share);
    }

    /// What a kept token is worth, to be compared between sessions.
    ///
    /// @param tokens how many the session keeps
    public double perToken(int tokens, int returns, double idleNanos, double sinceNanos) {
        double work = 1 + tokens / doublingTokens;
        double returning = likelihood(returns, idleNanos, sinceNanos);
        double roomNanos =
                returning * meanNanos(returns, idleNanos)
                        + (1 - returning) * GONE_IDLE_TIMES * usualIdle.toNanos();
        return work * returning / roomNanos;
    }

    private double meanNanos(int returns, double idleNanos) {
        return (idleNanos + usualIdle.toNanos()) / (returns + 1.0);
    }
}
