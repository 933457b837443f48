package dev.touchstone.llm.fleet;

import dev.touchstone.llm.fleet.DegradationLadder.Ruling;
import dev.touchstone.llm.fleet.DegradationLadder.Rung;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Looks after a fleet: feeds the autoscaler and the ladder with what can be known of it, and asks
/// them. For one thread.
public final class Steward {
    private static final double NANOS = 1e9;

    /// A request that is predicted to get its first token within this share of the time promised is
    /// taken for one that will: half of the predictions are too low.
    private static final double CONFIDENT_SHARE = 0.75;

    private final @Nullable Autoscaler autoscaler;
    private final @Nullable DegradationLadder ladder;
    private final double queueLoad;
    private final double promisedTtftSeconds;
    private final Fleet fleet;
    private final ReturnTimes returns = new ReturnTimes();
    private final TtftPredictor predictor = new TtftPredictor();
    private double meanPrompt = 1_000;

    /// What can be known of a fleet.
    public interface Fleet {
        /// Share of KV memory in use where answers are written, on average; 1 when nobody serves.
        double kvUsage(long nowNanos);

        /// Prompt tokens that are queued where prompts are read, on average.
        double pendingPrefillTokens();

        /// Requests waiting at a serving replica, on average.
        double meanWaiting();

        /// Replicas that read prompts.
        int readingReplicas();
    }

    /// @param autoscaler none: the number of replicas stays
    /// @param ladder none: everyone is served in full, however long it takes
    /// @param promisedTtftSeconds a fleet whose predicted time to first token has reached this has
    ///   as much as it can do
    public Steward(
            Optional<Autoscaler.Config> autoscaler,
            Optional<DegradationLadder.Config> ladder,
            double promisedTtftSeconds,
            Fleet fleet) {
        this.autoscaler = autoscaler.map(Autoscaler::new).orElse(null);
        this.ladder = ladder.map(DegradationLadder::new).orElse(null);
        this.queueLoad = ladder.map(DegradationLadder.Config::queue).orElse(Double.NaN);
        this.promisedTtftSeconds = promisedTtftSeconds;
        this.fleet = fleet;
    }

    /// A request was sent; its first token is to be waited for.
    public void sent(int newTokens) {
        meanPrompt += 0.01 * (newTokens - meanPrompt);
    }

    /// A request's first token came.
    public void answered(long pendingTokens, long nanos) {
        predictor.observe(pendingTokens, nanos / NANOS);
    }

    /// Lets the ladder know how the fleet is doing; once a second.
    public void watch(long nowNanos) {
        if (ladder != null) {
            double lateness = predictedSeconds() / promisedTtftSeconds;
            double load = Math.max(fleet.kvUsage(nowNanos), lateness);
            if (ladder.rung() == Rung.QUEUE && returns.outstanding(nowNanos)) {
                // Those who were sent away are load that is still to come.
                load = Math.max(load, queueLoad);
            }
            ladder.update(load, nowNanos);
        }
    }

    /// How many replicas there should be; as many as there are when nobody scales.
    public int desired(int serving, int starting, long nowNanos) {
        if (autoscaler == null) {
            return serving + starting;
        }
        var facts =
                new Autoscaler.Facts(
                        serving,
                        starting,
                        fleet.kvUsage(nowNanos),
                        fleet.meanWaiting(),
                        predictedSeconds());
        return autoscaler.desired(facts, nowNanos);
    }

    /// What becomes of a request.
    public Ruling decide(boolean lowPriority, int answerTokens, long nowNanos) {
        if (ladder == null) {
            return new Ruling.Serve(answerTokens);
        }
        double late = predictedSeconds() - CONFIDENT_SHARE * promisedTtftSeconds;
        Ruling ruling =
                ladder.decide(
                        lowPriority,
                        answerTokens,
                        late <= 0 ? Duration.ZERO : returns.away(nowNanos, late));
        if (ruling instanceof Ruling.Wait) {
            book(nowNanos, late);
        }
        return ruling;
    }

    private void book(long nowNanos, double late) {
        double perReader = predictor.predict(meanPrompt);
        returns.book(nowNanos, late, perReader / Math.max(1, fleet.readingReplicas()));
    }

    /// Gives a request a time to come back, however far it is: where a small model should answer it
    /// and there is none.
    public Duration sendAway(long nowNanos) {
        double late = Math.max(0, predictedSeconds() - CONFIDENT_SHARE * promisedTtftSeconds);
        Duration away = returns.away(nowNanos, late);
        book(nowNanos, late);
        return away;
    }

    /// Where the fleet stands.
    public Rung rung() {
        return ladder == null ? Rung.NORMAL : ladder.rung();
    }

    /// How long prompts of so many tokens take to be read, by what has been seen.
    public double secondsToRead(long pendingTokens) {
        return predictor.predict((double) pendingTokens);
    }

    /// Predicted time to first token of a request that comes now.
    ///
    /// Where nobody waits, nobody is late: what long waits have taught would otherwise turn
    /// everyone away for ever, and nothing better could be learned.
    public double predictedSeconds() {
        double pending = fleet.pendingPrefillTokens();
        return pending == 0 ? 0 : predictor.predict(pending + meanPrompt);
    }
}
