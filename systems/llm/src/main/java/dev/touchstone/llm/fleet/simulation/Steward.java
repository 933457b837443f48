package dev.touchstone.llm.fleet.simulation;

import dev.touchstone.llm.fleet.Autoscaler;
import dev.touchstone.llm.fleet.DegradationLadder;
import dev.touchstone.llm.fleet.DegradationLadder.Ruling;
import dev.touchstone.llm.fleet.DegradationLadder.Rung;
import dev.touchstone.llm.fleet.ReturnTimes;
import dev.touchstone.llm.fleet.TtftPredictor;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Looks after a simulated fleet: feeds the autoscaler and the ladder with what can be known, and
/// asks them.
final class Steward {
    private static final double NANOS = 1e9;

    /// A request that is predicted to get its first token within this share of the time promised is
    /// taken for one that will: half of the predictions are too low.
    private static final double CONFIDENT_SHARE = 0.75;

    private final Control control;
    private final @Nullable Autoscaler autoscaler;
    private final @Nullable DegradationLadder ladder;
    private final ReturnTimes returns = new ReturnTimes();
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
            double lateness = predictedSeconds() / control.promise().ttftP95Seconds();
            double load = Math.max(replicas.kvUsage(nowNanos), lateness);
            if (ladder.rung() == Rung.QUEUE && returns.outstanding(nowNanos)) {
                // Those who were sent away are load that is still to come.
                load = Math.max(load, control.ladder().orElseThrow().queue());
            }
            ladder.update(load, nowNanos);
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
    Ruling decide(boolean lowPriority, int answerTokens, long nowNanos) {
        if (ladder == null) {
            return new Ruling.Serve(answerTokens);
        }
        double late = predictedSeconds() - CONFIDENT_SHARE * control.promise().ttftP95Seconds();
        Ruling ruling =
                ladder.decide(
                        lowPriority,
                        answerTokens,
                        late <= 0 ? Duration.ZERO : returns.away(nowNanos, late));
        if (ruling instanceof Ruling.Wait) {
            returns.book(nowNanos, late, replicas.shareOfReaders(predictor.predict(meanPrompt)));
        }
        return ruling;
    }

    /// Where nobody waits, nobody is late: what long waits have taught would otherwise turn
    /// everyone away for ever, and nothing better could be learned.
    private double predictedSeconds() {
        double pending = replicas.pendingPrefillTokens();
        return pending == 0 ? 0 : predictor.predict(pending + meanPrompt);
    }
}
