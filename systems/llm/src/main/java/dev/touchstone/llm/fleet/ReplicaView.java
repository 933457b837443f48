package dev.touchstone.llm.fleet;

import dev.touchstone.llm.fleet.RouterConfig.Pool;

/// One replica as its router sees it: what the replica said of itself last, and everything that the
/// router itself has sent there or seen finish since it began to ask.
///
/// Metrics alone are always old, and a fleet of routers that believes them sends every request to
/// whoever was idle a moment ago; own counts alone drift. Here each scrape replaces the truth, and
/// what happened since is added to it.
public final class ReplicaView {
    /// Whether a replica may get requests.
    public enum State {
        /// Gets requests.
        READY,
        /// Finishes what it has and gets no more.
        DRAINING,
        /// Is not there.
        GONE
    }

    private static final long NEVER = Long.MIN_VALUE;

    private final String name;
    private final Pool pool;
    private final long capacityTokens;
    private final HealthRecord health;
    private final long staleNanos;
    private State state = State.READY;

    private long sentRequests;
    private long endedRequests;
    private long heldTokens;
    private long pendingPrefill;

    /// What the router had counted when the scrape that is believed now began.
    private long markNanos = NEVER;

    private long markInFlight;

    private int scrapedRequests;
    private int scrapedWaiting;
    private double scrapedKv;
    private long heldSinceMark;

    private long askedNanos = NEVER;
    private long askedInFlight;
    private long heldSinceAsked;

    double recentWork;

    ReplicaView(String name, Pool pool, long capacityTokens, RouterConfig config) {
        this.name = name;
        this.pool = pool;
        this.capacityTokens = capacityTokens;
        this.health = new HealthRecord(config.health());
        this.staleNanos = config.staleAfter().toNanos();
    }

    public String name() {
        return name;
    }

    public Pool pool() {
        return pool;
    }

    public State state() {
        return state;
    }

    /// Tokens its KV memory holds.
    public long capacityTokens() {
        return capacityTokens;
    }

    /// Whether it may get requests as far as it is not ejected.
    public boolean inService() {
        return state == State.READY;
    }

    /// Whether it is taken out for having failed or been slow.
    public boolean ejected(long nowNanos) {
        return health.ejected(nowNanos);
    }

    void become(State next) {
        state = next;
    }

    HealthRecord health() {
        return health;
    }

    /// The router asks the replica for its metrics now. Call before sending the scrape, so that
    /// what happens until the answer comes is counted on top of it.
    public void scrapeBegins(long nowNanos) {
        askedNanos = nowNanos;
        askedInFlight = inFlight();
        heldSinceAsked = 0;
    }

    /// The answer to the scrape that began last.
    ///
    /// @param running requests in the replica's batch
    /// @param waiting requests in its queue
    /// @param kvUsage share of its KV memory in use, from 0 to 1
    public void scraped(int running, int waiting, double kvUsage) {
        if (askedNanos == NEVER) {
            throw new IllegalStateException(
                    "no scrape of %s is under way; call scrapeBegins() first".formatted(name));
        }
        markNanos = askedNanos;
        markInFlight = askedInFlight;
        heldSinceMark = heldSinceAsked;
        scrapedRequests = running + waiting;
        scrapedWaiting = waiting;
        scrapedKv = kvUsage;
    }

    /// Whether the last scrape is too old to be believed; so is none at all.
    public boolean stale(long nowNanos) {
        return markNanos == NEVER || nowNanos - markNanos > staleNanos;
    }

    /// Requests it has: as scraped, and what was sent and ended since.
    public int requests(long nowNanos) {
        long requests = stale(nowNanos) ? inFlight() : scrapedRequests + inFlight() - markInFlight;
        return (int) Math.max(0, requests);
    }

    /// Requests in its queue, as scraped last.
    public int waiting() {
        return scrapedWaiting;
    }

    /// Share of its KV memory in use; above 1 when more was sent than fits.
    public double kvUsage(long nowNanos) {
        double usage =
                stale(nowNanos)
                        ? (double) heldTokens / capacityTokens
                        : scrapedKv + (double) heldSinceMark / capacityTokens;
        return Math.max(0, usage);
    }

    /// Prompt tokens of requests that were sent there and have no first token yet.
    public long pendingPrefillTokens() {
        return pendingPrefill;
    }

    /// Requests that this router has there.
    public long inFlight() {
        return sentRequests - endedRequests;
    }

    /// A request goes there that has `newTokens` to compute before its answer.
    void sent(int promptTokens, int newTokens) {
        sentRequests++;
        pendingPrefill += newTokens;
        hold(promptTokens);
    }

    /// A request that had `newTokens` to compute has its first token.
    void answered(int newTokens) {
        pendingPrefill = Math.max(0, pendingPrefill - newTokens);
    }

    /// A request is over that was sent at `sentNanos` and held so many tokens in the end.
    void ended(long sentNanos, int promptTokens, int tokensAtEnd) {
        endedRequests++;
        heldTokens = Math.max(0, heldTokens - promptTokens);
        heldSinceMark -= sentNanos >= markNanos ? promptTokens : tokensAtEnd;
        heldSinceAsked -= sentNanos >= askedNanos ? promptTokens : tokensAtEnd;
    }

    private void hold(int tokens) {
        heldTokens += tokens;
        heldSinceMark += tokens;
        heldSinceAsked += tokens;
    }

    /// Everything there is lost.
    void lost() {
        endedRequests = sentRequests;
        pendingPrefill = 0;
        heldTokens = 0;
        scrapedWaiting = 0;
        markNanos = NEVER;
        askedNanos = NEVER;
        recentWork = 0;
    }
}
