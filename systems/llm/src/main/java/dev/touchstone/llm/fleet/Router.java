package dev.touchstone.llm.fleet;

import dev.touchstone.llm.fleet.ReplicaView.State;
import dev.touchstone.llm.fleet.RouterConfig.Pool;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Chooses the replica that serves a request.
///
/// ```java
/// var router = new Router(RouterConfig.DEFAULT);
/// int a = router.add("http://a:8000", Pool.ANY, 305_000);
/// …
/// router.replica(a).scrapeBegins(nowNanos);       // every second or so, for each replica
/// router.replica(a).scraped(running, waiting, kvUsage);
/// …
/// int slot = router.choose(request, nowNanos);    // NONE: nobody is there
/// router.sent(slot, request, nowNanos);
/// router.answered(slot, request);                 // its first token is here
/// router.ended(slot, request, sentNanos, answerTokens, nanosPerToken);
/// // or: router.failed(slot, request, sentNanos, nowNanos), then choose again without it
/// ```
///
/// A replica is known by its slot, a small number that is given to another one only after it was
/// removed. Choosing takes time in the order of the replicas and the prompt's length and allocates
/// nothing. For one thread.
public final class Router {
    /// No replica can take the request.
    public static final int NONE = -1;

    /// Replicas at most.
    public static final int MAX_REPLICAS = 256;

    /// Why a replica was chosen.
    public enum Reason {
        /// It holds the prompt's beginning.
        PREFIX,
        /// It is the session's home.
        HOME,
        /// It has the least to do.
        LOAD,
        /// It was its turn.
        TURN,
        /// There was none to take it.
        NOBODY
    }

    private static final long NEVER = Long.MIN_VALUE;
    private static final Pool[] POOLS = Pool.values();

    /// Before weights grow beyond this they are all scaled down.
    private static final double LARGEST_WEIGHT = 1e100;

    /// A replica may always be ahead of the mean by as many tokens, about a second of its time: in
    /// a fleet that has little to do it does not matter who does it.
    private static final double SLACK_TOKENS = 16_384;

    private final RouterConfig config;
    private final double memoryNanos;
    private final PrefixIndex index;
    private final HashRing ring = new HashRing();
    private final ReplicaView[] replicas = new ReplicaView[MAX_REPLICAS];
    private int slots;

    private final boolean[] allowed = new boolean[MAX_REPLICAS];
    private final boolean[] withinBounds = new boolean[MAX_REPLICAS];

    /// Tokens of a request's prompt that each replica holds, the request, and the most of them.
    private final int[] matched = new int[MAX_REPLICAS];

    private @Nullable RoutingRequest matchedFor;
    private int mostMatched;
    private final double[] paces = new double[MAX_REPLICAS];
    private int turn;
    private Reason reason = Reason.NOBODY;

    /// What a token of work counts now; older ones count less by comparison.
    private double weight = 1;

    private long weightNanos = NEVER;

    /// Prompt tokens to compute of the request sent last.
    private int newTokensSent;

    public Router(RouterConfig config) {
        this.config = config;
        memoryNanos = config.affinity().bounds().memory().toNanos();
        index =
                new PrefixIndex(
                        MAX_REPLICAS,
                        config.blockTokens(),
                        config.affinity().strideBlocks(),
                        config.affinity().indexEntries());
    }

    /// Adds a replica and returns its slot.
    ///
    /// @param name unique; decides which sessions are at home there, so keep it over restarts
    /// @param capacityTokens tokens that its KV memory holds
    public int add(String name, Pool pool, long capacityTokens) {
        double work = meanWork();
        int slot = freeSlot();
        replicas[slot] = new ReplicaView(name, pool, capacityTokens, config);
        // As one of many: with none it would attract everything until it has caught up.
        replicas[slot].recentWork = work;
        index.reset(slot, capacityTokens);
        matchedFor = null;
        ring.place(replicas, slots);
        return slot;
    }

    private int freeSlot() {
        for (int slot = 0; slot < slots; slot++) {
            if (replicas[slot].state() == State.GONE) {
                return slot;
            }
        }
        if (slots == MAX_REPLICAS) {
            throw new IllegalStateException(
                    "a router serves at most %d replicas; put a second one beside it"
                            .formatted(MAX_REPLICAS));
        }
        return slots++;
    }

    /// Slots in use are below this.
    public int slots() {
        return slots;
    }

    /// What is known of a replica.
    public ReplicaView replica(int slot) {
        return replicas[slot];
    }

    /// The replica gets no more requests: it was given notice, or is to be scaled in.
    public void drain(int slot) {
        replicas[slot].become(State.DRAINING);
        ring.place(replicas, slots);
    }

    /// A replica that was drained gets requests again.
    public void resume(int slot) {
        if (replicas[slot].state() == State.DRAINING) {
            replicas[slot].become(State.READY);
            ring.place(replicas, slots);
        }
    }

    /// The replica is gone, and with it all it had. Whoever waits for an answer has to be told by
    /// the caller.
    public void remove(int slot) {
        replicas[slot].become(State.GONE);
        replicas[slot].lost();
        ring.place(replicas, slots);
    }

    /// The slot of the replica that should serve the request, or [#NONE].
    public int choose(RoutingRequest request, long nowNanos) {
        return choose(request, NONE, nowNanos);
    }

    /// As [#choose(RoutingRequest, long)], but not `exclude`, which has just failed at it; unless
    /// there is no other.
    public int choose(RoutingRequest request, int exclude, long nowNanos) {
        int candidates = gather(request, exclude, nowNanos);
        if (candidates == 0) {
            reason = Reason.NOBODY;
            return NONE;
        }
        return switch (config.policy()) {
            case BALANCED -> cheapest(request, nowNanos);
            case CACHE_AWARE -> cacheAware(request, nowNanos);
            case SESSION -> home(request, nowNanos);
            case LEAST_REQUESTS -> leastRequests(nowNanos);
            case ROUND_ROBIN -> nextInTurn();
        };
    }

    /// Why the last choice fell as it did.
    public Reason reason() {
        return reason;
    }

    /// The request was sent to a replica.
    public void sent(int slot, RoutingRequest request, long nowNanos) {
        int newTokens = newTokens(slot, request);
        matchedFor = null;
        replicas[slot].sent(request.promptTokens(), newTokens);
        double work = newTokens + request.outputTokens();
        replicas[slot].recentWork += work * weightAt(nowNanos);
        index.add(slot, request.prefix(), request.promptTokens(), newTokens);
        newTokensSent = newTokens;
    }

    /// Prompt tokens that the request sent last is expected to make its replica compute; pass them
    /// to [#answered].
    public int newTokens() {
        return newTokensSent;
    }

    private int newTokens(int slot, RoutingRequest request) {
        match(request);
        return Math.max(1, request.promptTokens() - matched[slot]);
    }

    /// Looks up who holds how much of the prompt, unless that was just done.
    @SuppressWarnings("ReferenceEquality") // an equal one may have learned more of its prefix
    private void match(RoutingRequest request) {
        if (request != matchedFor) {
            mostMatched = index.match(request.prefix(), request.promptTokens(), matched);
            matchedFor = request;
        }
    }

    /// The request's first token is here.
    ///
    /// @param newTokens what [#newTokens] said when it was sent
    public void answered(int slot, int newTokens) {
        replicas[slot].answered(newTokens);
    }

    /// The request is over.
    ///
    /// @param sentNanos when it was sent
    /// @param answerTokens that came out
    /// @param nanosPerToken mean gap between them; 0 when there was none
    public void ended(
            int slot,
            RoutingRequest request,
            long sentNanos,
            int answerTokens,
            double nanosPerToken) {
        int tokens = request.promptTokens() + answerTokens;
        replicas[slot].ended(sentNanos, request.promptTokens(), tokens);
        replicas[slot].health().answered(nanosPerToken);
    }

    /// The request is over and says nothing about the replica: whoever asked has gone, or it was
    /// sent away for the replica has enough to do.
    public void withdrawn(int slot, RoutingRequest request, long sentNanos) {
        replicas[slot].ended(sentNanos, request.promptTokens(), request.promptTokens());
    }

    /// The request failed there: no connection, an error of the server's, a broken stream. Returns
    /// whether the replica is taken out for it.
    public boolean failed(int slot, RoutingRequest request, long sentNanos, long nowNanos) {
        replicas[slot].ended(sentNanos, request.promptTokens(), request.promptTokens());
        if (!replicas[slot].health().failed() || !mayEject(nowNanos)) {
            return false;
        }
        replicas[slot].health().eject(nowNanos);
        return true;
    }

    /// Takes out a replica that is slowest by far of its pool, if there is one; returns its slot or
    /// [#NONE]. Call it every few seconds.
    public int ejectSlow(long nowNanos) {
        for (Pool pool : POOLS) {
            int slow = slowest(pool, nowNanos);
            if (slow != NONE && mayEject(nowNanos)) {
                replicas[slow].health().eject(nowNanos);
                return slow;
            }
        }
        return NONE;
    }

    /// Who takes so much longer for a token than others with the same kind of prompt.
    private int slowest(Pool pool, long nowNanos) {
        int count = 0;
        int slowest = NONE;
        for (int slot = 0; slot < slots; slot++) {
            HealthRecord health = replicas[slot].health();
            if (replicas[slot].pool() == pool
                    && replicas[slot].inService()
                    && health.paced()
                    && !health.ejected(nowNanos)) {
                paces[count++] = health.nanosPerToken();
                if (slowest == NONE
                        || health.nanosPerToken() > replicas[slowest].health().nanosPerToken()) {
                    slowest = slot;
                }
            }
        }
        if (count < 3) {
            return NONE;
        }
        Arrays.sort(paces, 0, count);
        double limit = config.health().slowFactor() * paces[(count - 1) / 2];
        return replicas[slowest].health().nanosPerToken() > limit ? slowest : NONE;
    }

    /// How soon a replica that is taken out may be tried again.
    public Duration ejection() {
        return config.health().ejection();
    }

    private boolean mayEject(long nowNanos) {
        int inService = 0;
        int ejected = 0;
        for (int slot = 0; slot < slots; slot++) {
            if (replicas[slot].inService()) {
                inService++;
                ejected += replicas[slot].ejected(nowNanos) ? 1 : 0;
            }
        }
        return ejected + 1 <= Math.max(1, config.health().maxEjectedShare() * inService)
                && inService > 1;
    }

    /// Marks who may be chosen and returns how many there are. Of the right pool and in good
    /// health; failing that anyone who is there: better a bad replica than none.
    private int gather(RoutingRequest request, int exclude, long nowNanos) {
        Pool pool = request.promptTokens() >= config.longFromTokens() ? Pool.LONG : Pool.SHORT;
        int count = 0;
        for (int slot = 0; slot < slots; slot++) {
            ReplicaView view = replicas[slot];
            allowed[slot] =
                    slot != exclude
                            && view.inService()
                            && !view.ejected(nowNanos)
                            && (view.pool() == Pool.ANY || view.pool() == pool);
            count += allowed[slot] ? 1 : 0;
        }
        for (int slot = 0; slot < slots && count == 0; slot++) {
            allowed[slot] = slot != exclude && replicas[slot].inService();
            count += allowed[slot] ? 1 : 0;
            if (slot == slots - 1 && count == 0 && exclude != NONE) {
                allowed[exclude] = replicas[exclude].inService();
                count += allowed[exclude] ? 1 : 0;
            }
        }
        return count;
    }

    private int cheapest(RoutingRequest request, long nowNanos) {
        RouterConfig.Affinity affinity = config.affinity();
        match(request);
        keepWithinBounds(request, nowNanos);
        int home = request.session() == 0 ? NONE : ring.home(request.session(), allowed);
        int best = NONE;
        double mean = meanWork();
        double least = Double.POSITIVE_INFINITY;
        for (int slot = 0; slot < slots; slot++) {
            if (!allowed[slot]) {
                continue;
            }
            ReplicaView view = replicas[slot];
            double held = view.kvUsage(nowNanos) * view.capacityTokens();
            double cost =
                    affinity.newTokenWeight() * (request.promptTokens() - matched[slot])
                            + view.pendingPrefillTokens()
                            + affinity.workWeight() * (view.recentWork - mean) / weight
                            + affinity.kvTokenWeight() * held;
            if (slot == home) {
                cost -= affinity.stickiness() * request.promptTokens();
            }
            if (cost < least || (cost == least && lessWork(slot, best))) {
                least = cost;
                best = slot;
            }
        }
        if (mostMatched > 0 && matched[best] == mostMatched) {
            reason = Reason.PREFIX;
        } else {
            reason = best == home ? Reason.HOME : Reason.LOAD;
        }
        return best;
    }

    private boolean lessWork(int slot, int than) {
        return replicas[slot].recentWork < replicas[than].recentWork;
    }

    /// Of those allowed keeps who may attract this request: whose recent work is within the bound,
    /// and who is not so full that a conversation that is new there should go elsewhere. When that
    /// leaves nobody, all stay.
    private void keepWithinBounds(RoutingRequest request, long nowNanos) {
        RouterConfig.Bounds bounds = config.affinity().bounds();
        double bound = bounds.load() * meanWork() + SLACK_TOKENS * weightAt(nowNanos);
        int within = 0;
        for (int slot = 0; slot < slots; slot++) {
            ReplicaView view = replicas[slot];
            boolean known = 2 * matched[slot] > request.promptTokens();
            withinBounds[slot] =
                    allowed[slot]
                            && view.recentWork <= bound
                            && (known || view.kvUsage(nowNanos) < bounds.newcomersBelow());
            within += withinBounds[slot] ? 1 : 0;
        }
        if (within > 0) {
            System.arraycopy(withinBounds, 0, allowed, 0, slots);
        }
    }

    private int home(RoutingRequest request, long nowNanos) {
        if (request.session() == 0) {
            return leastRequests(nowNanos);
        }
        double bound = requestBound(nowNanos);
        for (int slot = 0; slot < slots; slot++) {
            withinBounds[slot] = allowed[slot] && replicas[slot].requests(nowNanos) < bound;
        }
        int home = ring.home(request.session(), withinBounds);
        if (home == NONE) {
            return leastRequests(nowNanos);
        }
        reason = Reason.HOME;
        return home;
    }

    /// Consistent hashing with bounded loads (Mirrokni, Thorup and Zadimoghaddam, 2018): nobody has
    /// more than a factor above the mean, counting the request that comes.
    private double requestBound(long nowNanos) {
        long total = 1;
        int count = 0;
        for (int slot = 0; slot < slots; slot++) {
            if (allowed[slot]) {
                total += replicas[slot].requests(nowNanos);
                count++;
            }
        }
        return Math.ceil(config.affinity().bounds().load() * total / count);
    }

    private int cacheAware(RoutingRequest request, long nowNanos) {
        RouterConfig.CacheAware rule = config.affinity().cacheAware();
        int least = leastRequests(nowNanos);
        int fewest = replicas[least].requests(nowNanos);
        int most = 0;
        for (int slot = 0; slot < slots; slot++) {
            most = allowed[slot] ? Math.max(most, replicas[slot].requests(nowNanos)) : most;
        }
        boolean imbalanced = most - fewest > rule.requests() && most > rule.factor() * fewest;
        if (imbalanced) {
            return least;
        }
        match(request);
        int best = least;
        for (int slot = 0; slot < slots; slot++) {
            if (allowed[slot] && matched[slot] > matched[best]) {
                best = slot;
            }
        }
        if (matched[best] <= rule.prefixShare() * request.promptTokens()) {
            return least;
        }
        reason = Reason.PREFIX;
        return best;
    }

    private int leastRequests(long nowNanos) {
        int best = NONE;
        for (int slot = 0; slot < slots; slot++) {
            if (allowed[slot]
                    && (best == NONE
                            || replicas[slot].requests(nowNanos)
                                    < replicas[best].requests(nowNanos))) {
                best = slot;
            }
        }
        reason = Reason.LOAD;
        return best;
    }

    private int nextInTurn() {
        do {
            turn = turn + 1 < slots ? turn + 1 : 0;
        } while (!allowed[turn]);
        reason = Reason.TURN;
        return turn;
    }

    private double meanWork() {
        double sum = 0;
        int count = 0;
        for (int slot = 0; slot < slots; slot++) {
            if (replicas[slot].inService()) {
                sum += replicas[slot].recentWork;
                count++;
            }
        }
        return count == 0 ? 0 : sum / count;
    }

    /// Work done later weighs more: then nothing has to be aged when time passes.
    private double weightAt(long nowNanos) {
        if (weightNanos == NEVER) {
            weightNanos = nowNanos;
        }
        if (nowNanos > weightNanos) {
            weight *= StrictMath.exp((nowNanos - weightNanos) / memoryNanos);
            weightNanos = nowNanos;
            if (weight > LARGEST_WEIGHT) {
                for (int slot = 0; slot < slots; slot++) {
                    replicas[slot].recentWork /= weight;
                }
                weight = 1;
            }
        }
        return weight;
    }
}
