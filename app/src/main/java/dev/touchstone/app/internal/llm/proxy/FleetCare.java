package dev.touchstone.app.internal.llm.proxy;

import dev.touchstone.llm.fleet.DegradationLadder.Ruling;
import dev.touchstone.llm.fleet.ReplicaView;
import dev.touchstone.llm.fleet.Router;
import dev.touchstone.llm.fleet.Steward;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/// Tells the steward what can be known of the servers behind a proxy, and counts how it ruled.
/// Guarded by the lock of [Upstreams].
final class FleetCare implements Steward.Fleet {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Router router;
    private final Steward steward;

    /// Requests whose answers come whole, so that nobody sees when their prompts have been read.
    private final ArrayDeque<Unseen> unseen = new ArrayDeque<>();

    private final Map<Kind, Long> rulings = new EnumMap<>(Kind.class);

    /// What becomes of requests that do not simply pass.
    enum Kind {
        SHORTENED,
        SHED,
        SENT_AWAY,
        FELL_BACK
    }

    /// @param untilNanos when its prompt will have been read, by what has been learned
    private record Unseen(Runnable settle, long untilNanos) {}

    FleetCare(Router router, ProxySettings settings) {
        this.router = router;
        this.steward =
                new Steward(
                        Optional.of(settings.scaling()),
                        settings.overload().ladder(),
                        settings.overload().promisedTtftSeconds(),
                        this);
    }

    Steward steward() {
        return steward;
    }

    /// What becomes of a request that comes now.
    Ruling decide(Call call, long nowNanos) {
        int asked = call.maxTokens() > 0 ? call.maxTokens() : Integer.MAX_VALUE;
        Ruling ruling = steward.decide(call.lowPriority(), asked, nowNanos);
        switch (ruling) {
            case Ruling.Serve(int tokens) -> {
                if (tokens < asked) {
                    add(Kind.SHORTENED);
                }
            }
            case Ruling.Shed _ -> add(Kind.SHED);
            case Ruling.Wait _ -> add(Kind.SENT_AWAY);
            case Ruling.Fallback _ -> {} // counted when it is known whether somebody answers
        }
        return ruling;
    }

    void add(Kind kind) {
        rulings.merge(kind, 1L, Long::sum);
    }

    long count(Kind kind) {
        return rulings.getOrDefault(kind, 0L);
    }

    /// A request was sent whose answer comes whole.
    ///
    /// @param pendingTokens queued at its server, its own included
    /// @param settle takes its prompt from what the server still has to read
    void unseen(long pendingTokens, Runnable settle, long nowNanos) {
        long reading = Math.round(steward.secondsToRead(pendingTokens) * NANOS_PER_SECOND);
        unseen.addLast(new Unseen(settle, nowNanos + reading));
    }

    /// Lets the steward look; once a second.
    void watch(long nowNanos) {
        unseen.removeIf(each -> {
            boolean read = each.untilNanos() <= nowNanos;
            if (read) {
                each.settle().run();
            }
            return read;
        });
        steward.watch(nowNanos);
    }

    @Override
    public double kvUsage(long nowNanos) {
        return mean(1, view -> view.kvUsage(nowNanos));
    }

    @Override
    public double pendingPrefillTokens() {
        return mean(0, ReplicaView::pendingPrefillTokens);
    }

    @Override
    public double meanWaiting() {
        return mean(0, ReplicaView::waiting);
    }

    @Override
    public int readingReplicas() {
        int count = 0;
        for (int slot = 0; slot < router.slots(); slot++) {
            count += router.replica(slot).inService() ? 1 : 0;
        }
        return count;
    }

    private double mean(double otherwise, ToDoubleFunction<ReplicaView> figure) {
        double sum = 0;
        for (int slot = 0; slot < router.slots(); slot++) {
            ReplicaView view = router.replica(slot);
            sum += view.inService() ? figure.applyAsDouble(view) : 0;
        }
        int count = readingReplicas();
        return count == 0 ? otherwise : sum / count;
    }
}
