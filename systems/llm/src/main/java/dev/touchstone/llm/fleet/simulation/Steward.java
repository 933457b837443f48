package dev.touchstone.llm.fleet.simulation;

import dev.touchstone.llm.fleet.Autoscaler;
import dev.touchstone.llm.fleet.DegradationLadder;
import dev.touchstone.llm.fleet.DegradationLadder.Ruling;
import dev.touchstone.llm.fleet.Router;
import dev.touchstone.llm.fleet.TtftPredictor;
import java.time.Duration;
import java.util.List;
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
    private final Router router;
    private final List<SimulatedReplica> replicas;
    private double meanPrompt = 1_000;

    Steward(Control control, Router router, List<SimulatedReplica> replicas) {
        this.control = control;
        this.autoscaler = control.autoscaler().map(Autoscaler::new).orElse(null);
        this.ladder = control.ladder().map(DegradationLadder::new).orElse(null);
        this.router = router;
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
            ladder.update(Math.max(kvUsage(nowNanos), predictedSeconds() / limit), nowNanos);
        }
    }

    /// How many replicas there should be; as many as there are when nobody scales.
    int desired(int serving, int starting, long nowNanos) {
        if (autoscaler == null) {
            return serving + starting;
        }
        double waiting = 0;
        for (SimulatedReplica replica : replicas) {
            waiting += replica.stage == SimulatedReplica.Stage.SERVING ? replica.waiting() : 0;
        }
        var facts =
                new Autoscaler.Facts(
                        serving,
                        starting,
                        kvUsage(nowNanos),
                        waiting / Math.max(1, serving),
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

    private double kvUsage(long nowNanos) {
        double sum = 0;
        int count = 0;
        for (SimulatedReplica replica : replicas) {
            if (replica.stage == SimulatedReplica.Stage.SERVING) {
                sum += router.replica(replica.slot).kvUsage(nowNanos);
                count++;
            }
        }
        return count == 0 ? 1 : sum / count;
    }

    private double predictedSeconds() {
        double pending = 0;
        int count = 0;
        for (SimulatedReplica replica : replicas) {
            if (replica.stage == SimulatedReplica.Stage.SERVING) {
                pending += router.replica(replica.slot).pendingPrefillTokens();
                count++;
            }
        }
        return count == 0 ? 0 : predictor.predict(pending / count + meanPrompt);
    }
}
