package dev.touchstone.llm.fleet.simulation;

import dev.touchstone.llm.fleet.Autoscaler;
import dev.touchstone.llm.fleet.DegradationLadder;
import dev.touchstone.llm.fleet.DegradationLadder.Ruling;
import dev.touchstone.llm.fleet.TtftPredictor;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Looks after a simulated fleet: feeds the autoscaler and the ladder with what can be known, and
/// asks them.
final class Steward {
    private static final double NANOS = 1e9;
    private static final long LEAST_RETRY_NANOS = 1_000_000_000;

    private final Control control;
    private final @Nullable Autoscaler autoscaler;
    private final @Nullable DegradationLadder ladder;
    private final TtftPredictor predictor = new TtftPredictor();
    private final ReplicaSet replicas;
    private double meanPrompt = 1_000;

    Steward(Control control, ReplicaSet replicas) {
        this.control = control;
        this.autoscaler = control.autoscaler().map(Autoscaler::new).orElse(null);
        this.ladder = control.ladder().map(DegradationLadder::new).orElse(null);
        this.replicas = replicas;
    }

    /// A request was sent; its first token is to be waited for.
    void sent(int newTokens) {
        meanPrompt += 0.01 * (newTokens - meanPrompt);
    }

    /// A request's first token came.
    void answered(long pendingTokens, long nanos) {
        predictor.observe(pendingTokens, nanos / NANOS);
    }

    /// Lets the ladder know how the fleet is doing; once a second.
    void watch(long nowNanos) {
        if (ladder != null) {
            double limit = control.ttftLimit().toNanos() / NANOS;
            ladder.update(Math.max(replicas.kvUsage(nowNanos), predictedSeconds() / limit), nowNanos);
        }
    }

    /// How many replicas there should be; as many as there are when nobody scales.
    int desired(int serving, int starting, long nowNanos) {
        if (autoscaler == null) {
            return serving + starting;
        }
        var facts =
                new Autoscaler.Facts(
                        serving,
                        starting,
                        replicas.kvUsage(nowNanos),
                        replicas.meanWaiting(),
                        predictedSeconds());
        return autoscaler.desired(facts, nowNanos);
    }

    /// What becomes of a request.
    Ruling decide(boolean lowPriority, int answerTokens) {
        if (ladder == null) {
            return new Ruling.Serve(answerTokens);
        }
        double late = predictedSeconds() - control.ttftLimit().toNanos() / NANOS;
        return ladder.decide(
                lowPriority, answerTokens, late <= 0 ? Duration.ZERO : retryAfter(late));
    }

    private static Duration retryAfter(double seconds) {
        return Duration.ofNanos(Math.max(LEAST_RETRY_NANOS, (long) (seconds * NANOS)));
    }

    private double predictedSeconds() {
        return predictor.predict(replicas.pendingPrefillTokens() + meanPrompt);
    }
}
