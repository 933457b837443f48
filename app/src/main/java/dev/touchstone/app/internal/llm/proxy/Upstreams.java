package dev.touchstone.app.internal.llm.proxy;

import dev.touchstone.llm.PrefixHasher;
import dev.touchstone.llm.PrefixHashes;
import dev.touchstone.llm.fleet.DegradationLadder.Ruling;
import dev.touchstone.llm.fleet.DegradationLadder.Rung;
import dev.touchstone.llm.fleet.RetryBudget;
import dev.touchstone.llm.fleet.Router;
import dev.touchstone.llm.fleet.RouterConfig.Pool;
import dev.touchstone.llm.fleet.RoutingRequest;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/// The servers behind the proxy, what each has to do, and the router that chooses among them. One
/// lock guards it all: a choice takes microseconds.
public final class Upstreams {
    /// Bytes of a prompt that are hashed as one token.
    private static final int BYTES_PER_TOKEN = 4;

    private static final int BLOCK_TOKENS = 16;

    /// Where a server does not say how much its cache holds.
    private static final long USUAL_CAPACITY_TOKENS = 300_000;

    /// Where a client does not say how long an answer may get.
    private static final int USUAL_ANSWER_TOKENS = 256;

    /// Scrapes without an answer until a server counts as gone.
    private static final int SILENT_SCRAPES = 3;

    private static final double NANOS_PER_SECOND = 1e9;
    private static final ServerMetrics NOTHING = new ServerMetrics(0, 0, 0, OptionalDouble.empty());

    private static final double RETRY_SHARE = 0.1;
    private static final int MOST_RETRIES = 20;

    private final LongSupplier nanos;
    private final Router router;
    private final RetryBudget retries = new RetryBudget(RETRY_SHARE, MOST_RETRIES);
    private final PrefixHasher hasher;
    private final FleetCare care;
    private final List<Upstream> all = new ArrayList<>();
    private long retried;
    private long retriesRefused;
    private long ejected;

    private int desired = 1;

    /// @param nanos time that never goes backwards
    /// @param key0 of the prompts' hashes
    /// @param key1 of the prompts' hashes
    Upstreams(ProxySettings settings, LongSupplier nanos, long key0, long key1) {
        this.nanos = nanos;
        this.router = new Router(settings.router());
        this.care = new FleetCare(router, settings);
        this.hasher = new PrefixHasher(BLOCK_TOKENS, key0, key1);
        Pool usual = settings.longUpstreams().isEmpty() ? Pool.ANY : Pool.SHORT;
        settings.upstreams().forEach(server -> all.add(new Upstream(server, usual)));
        settings.longUpstreams().forEach(server -> all.add(new Upstream(server, Pool.LONG)));
        all.forEach(upstream -> enter(upstream, USUAL_CAPACITY_TOKENS));
    }

    /// A server and how it has been doing.
    static final class Upstream {
        private final URI address;
        private final Pool pool;
        private int slot = Router.NONE;

        /// How often it has come into the router's view; what was counted before is forgotten.
        private int comings;

        private long capacityTokens;
        private boolean drained;
        private int silentScrapes;
        private ServerMetrics metrics = NOTHING;

        /// When it answered a scrape last; empty before it ever did.
        private OptionalLong seenNanos = OptionalLong.empty();

        private long requests;
        private long failures;

        private Upstream(URI address, Pool pool) {
            this.address = address;
            this.pool = pool;
        }

        URI address() {
            return address;
        }
    }

    /// A request on its way to a server.
    static final class Sent {
        private final Upstream upstream;
        private final int slot;

        /// Which of the server's times in the router's view this belongs to.
        private final int coming;

        private final RoutingRequest request;
        private final long nanos;

        /// Prompt tokens that the server is expected to have to compute.
        private final int newTokens;

        /// Prompt tokens that were queued there then, its own included.
        private final long pendingTokens;

        private boolean answered;
        private boolean over;

        private Sent(Upstream upstream, RoutingRequest request, long nanos, Router router) {
            this.upstream = upstream;
            this.slot = upstream.slot;
            this.coming = upstream.comings;
            this.request = request;
            this.nanos = nanos;
            this.newTokens = router.newTokens();
            this.pendingTokens = router.replica(slot).pendingPrefillTokens();
        }

        Upstream upstream() {
            return upstream;
        }
    }

    /// How a server stands, for people and dashboards.
    ///
    /// @param state `ready`, `draining`, `ejected`, or `gone`: it does not answer
    /// @param pool which prompts it takes: `any`, `short` or `long`
    /// @param seenSecondsAgo since it last answered when asked for its metrics; empty if it never
    ///   did. Nothing else here is newer
    public record Standing(
            String url,
            String state,
            String pool,
            Optional<Double> seenSecondsAgo,
            double running,
            double waiting,
            double kvUsage,
            long inFlight,
            long requests,
            long failures) {}

    /// How many servers there should be, and why.
    ///
    /// @param kvUsage mean share of the ready ones' caches in use
    /// @param waiting requests waiting at one of them on average
    /// @param ttftSeconds predicted time to first token of a request that comes now
    /// @param rung what is given up: `normal`, `scale-out`, `shorten`, `queue` or `fallback`
    public record Scale(
            int replicas,
            int ready,
            double kvUsage,
            double waiting,
            double ttftSeconds,
            String rung) {}

    RoutingRequest describe(Call call) {
        return describe(call, call.maxTokens() > 0 ? call.maxTokens() : USUAL_ANSWER_TOKENS);
    }

    /// @param answerTokens at most, whatever the call asks for
    RoutingRequest describe(Call call, int answerTokens) {
        return new RoutingRequest(
                call.session().isEmpty() ? 0 : sessionKey(call.session()),
                call.promptTokens(),
                answerTokens,
                prefix(call));
    }

    /// Lets other conversations than this one through with the same key once in 2^63.
    private static long sessionKey(String session) {
        long key = 0;
        for (int i = 0; i < session.length(); i++) {
            key = 0x9E37_79B9_7F4A_7C15L * (key ^ session.charAt(i)) ^ key >>> 29;
        }
        return key | 1;
    }

    private PrefixHashes prefix(Call call) {
        int[] words = new int[(call.promptTo() - call.promptFrom()) / BYTES_PER_TOKEN];
        byte[] body = call.body();
        for (int i = 0, at = call.promptFrom(); i < words.length; i++, at += BYTES_PER_TOKEN) {
            words[i] =
                    body[at] << 24
                            | (body[at + 1] & 0xff) << 16
                            | (body[at + 2] & 0xff) << 8
                            | (body[at + 3] & 0xff);
        }
        return hasher.hash(words);
    }

    /// Counts a request that came in for the first time.
    synchronized void came() {
        retries.request();
    }

    /// Chooses who is sent the request and counts it there; empty when nobody is left.
    synchronized Optional<Sent> send(RoutingRequest request) {
        return send(request, Router.NONE, true);
    }

    /// Chooses who is sent a request that has just failed elsewhere; empty when nobody is left, or
    /// too many have been sent again.
    synchronized Optional<Sent> sendAgain(RoutingRequest request, Sent failed) {
        return send(request, failed.slot, false);
    }

    /// Whether one more request may be sent a second time; counts it if so.
    synchronized boolean mayAskAgain() {
        boolean may = retries.tryRetry();
        retried += may ? 1 : 0;
        retriesRefused += may ? 0 : 1;
        return may;
    }

    private Optional<Sent> send(RoutingRequest request, int exclude, boolean first) {
        long now = nanos.getAsLong();
        int slot = router.choose(request, exclude, now);
        if (slot == Router.NONE || slot == exclude) {
            return Optional.empty();
        }
        if (!first && !mayAskAgain()) {
            return Optional.empty();
        }
        router.sent(slot, request, now);
        Upstream upstream = at(slot);
        upstream.requests++;
        if (request.promptTokens() > 1) { // no conversation is so short: it asks for the models
            care.steward().sent(router.newTokens());
        }
        return Optional.of(new Sent(upstream, request, now, router));
    }

    /// The first event of a stream is here.
    synchronized void answered(Sent sent) {
        care.steward().answered(sent.pendingTokens, nanos.getAsLong() - sent.nanos);
        if (current(sent) && !sent.over) {
            settle(sent);
        }
    }

    /// The answer will come whole, and nobody will see when its prompt has been read.
    synchronized void comesWhole(Sent sent) {
        care.unseen(
                sent.pendingTokens,
                () -> {
                    if (current(sent) && !sent.over) {
                        settle(sent);
                    }
                },
                nanos.getAsLong());
    }

    /// What becomes of a request that comes now.
    synchronized Ruling decide(Call call) {
        return care.decide(call, nanos.getAsLong());
    }

    /// The small model takes a request.
    synchronized void fellBack() {
        care.add(FleetCare.Kind.FELL_BACK);
    }

    /// When somebody may come back whom nobody can serve now.
    synchronized Duration sendAway() {
        care.add(FleetCare.Kind.SENT_AWAY);
        return care.steward().sendAway(nanos.getAsLong());
    }

    /// Sees how much the servers have to do. To be called every second.
    synchronized void watch() {
        care.watch(nanos.getAsLong());
    }

    /// What they give up at present.
    synchronized Rung rung() {
        return care.steward().rung();
    }

    /// How often a request did not simply pass.
    synchronized long count(FleetCare.Kind kind) {
        return care.count(kind);
    }

    /// What the server had to compute before its answer is not before it any more.
    private void settle(Sent sent) {
        if (!sent.answered) {
            sent.answered = true;
            router.answered(sent.slot, sent.newTokens);
        }
    }

    /// Whether this is the first that is heard of the request's end, and it still counts.
    private boolean ends(Sent sent) {
        boolean first = !sent.over;
        sent.over = true;
        if (first && current(sent)) {
            settle(sent);
            return true;
        }
        return false;
    }

    /// The answer is complete.
    synchronized void ended(Sent sent, int answerTokens, double nanosPerToken) {
        if (ends(sent)) {
            router.ended(sent.slot, sent.request, sent.nanos, answerTokens, nanosPerToken);
        }
    }

    /// It ended without saying anything about the server: whoever asked has gone, or the server has
    /// enough to do.
    synchronized void withdrawn(Sent sent) {
        if (ends(sent)) {
            router.withdrawn(sent.slot, sent.request, sent.nanos);
        }
    }

    /// The server failed at it.
    synchronized void failed(Sent sent) {
        if (!sent.over) {
            sent.upstream.failures++;
        }
        if (ends(sent) && router.failed(sent.slot, sent.request, sent.nanos, nanos.getAsLong())) {
            ejected++;
        }
    }

    /// Whether the server has gone since the request was sent there.
    synchronized boolean lost(Sent sent) {
        return sent.upstream.slot == Router.NONE;
    }

    private static boolean current(Sent sent) {
        return sent.upstream.slot != Router.NONE && sent.upstream.comings == sent.coming;
    }

    private void enter(Upstream upstream, long capacityTokens) {
        upstream.slot = router.add(upstream.address.toString(), upstream.pool, capacityTokens);
        upstream.capacityTokens = capacityTokens;
        upstream.comings++;
        if (upstream.drained) {
            router.drain(upstream.slot);
        }
    }

    private void leave(Upstream upstream) {
        router.remove(upstream.slot);
        upstream.slot = Router.NONE;
    }

    List<Upstream> all() {
        return List.copyOf(all);
    }

    synchronized void scrapeBegins(Upstream upstream) {
        if (upstream.slot != Router.NONE) {
            router.replica(upstream.slot).scrapeBegins(nanos.getAsLong());
        }
    }

    /// What a scrape brought; a server that was gone is back with it.
    synchronized void scraped(Upstream upstream, ServerMetrics metrics) {
        seen(upstream);
        upstream.metrics = metrics;
        long capacity = (long) metrics.kvTokens().orElse(USUAL_CAPACITY_TOKENS);
        if (upstream.slot != Router.NONE && upstream.capacityTokens == capacity) {
            router.replica(upstream.slot)
                    .scraped(
                            (int) metrics.running(),
                            (int) metrics.waiting(),
                            metrics.kvOccupancy());
            return;
        }
        if (upstream.slot != Router.NONE) {
            leave(upstream); // Restarted with another cache, or seen for the first time.
        }
        enter(upstream, capacity);
    }

    /// A server answers scrapes, but its metrics are of no kind we know: it is served by our own
    /// counts alone.
    synchronized void alive(Upstream upstream) {
        seen(upstream);
        if (upstream.slot == Router.NONE) {
            enter(upstream, upstream.capacityTokens);
        }
    }

    private void seen(Upstream upstream) {
        upstream.silentScrapes = 0;
        upstream.seenNanos = OptionalLong.of(nanos.getAsLong());
    }

    /// A scrape found nobody there. After a few the server is gone, until it answers again: then it
    /// is another process, which nobody has drained.
    synchronized void silent(Upstream upstream) {
        if (++upstream.silentScrapes == SILENT_SCRAPES && upstream.slot != Router.NONE) {
            leave(upstream);
            upstream.drained = false;
            upstream.metrics = NOTHING; // What it had is gone with it.
        }
    }

    /// Asks how many servers there should be. To be called every few seconds.
    synchronized void rescale() {
        desired = care.steward().desired(care.readingReplicas(), 0, nanos.getAsLong());
    }

    /// How many servers there should be, as of the last [#rescale], and how they are doing now.
    synchronized Scale scale() {
        long now = nanos.getAsLong();
        int ready = care.readingReplicas();
        return new Scale(
                desired,
                ready,
                ready == 0 ? 0 : care.kvUsage(now),
                care.meanWaiting(),
                care.steward().predictedSeconds(),
                rung().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    /// Takes out the slowest if it is slower than the others by far.
    synchronized void ejectSlow() {
        ejected += router.ejectSlow(nanos.getAsLong()) == Router.NONE ? 0 : 1;
    }

    /// Gives a server no more requests; it finishes what it has. Empty when there is no such
    /// server.
    synchronized Optional<Standing> drain(String url) {
        return named(url)
                .map(upstream -> {
                    upstream.drained = true;
                    if (upstream.slot != Router.NONE) {
                        router.drain(upstream.slot);
                    }
                    return standing(upstream);
                });
    }

    /// Gives a drained server requests again. Empty when there is no such server.
    synchronized Optional<Standing> resume(String url) {
        return named(url)
                .map(upstream -> {
                    upstream.drained = false;
                    if (upstream.slot != Router.NONE) {
                        router.resume(upstream.slot);
                    }
                    return standing(upstream);
                });
    }

    private Optional<Upstream> named(String url) {
        try {
            URI address = ProxySettings.normal(URI.create(url.strip()));
            return all.stream().filter(each -> each.address.equals(address)).findFirst();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /// How long until one that is taken out may be tried again.
    Duration ejection() {
        return router.ejection();
    }

    synchronized long retried() {
        return retried;
    }

    /// Failed requests that were not sent again because too many had been.
    synchronized long retriesRefused() {
        return retriesRefused;
    }

    synchronized long ejected() {
        return ejected;
    }

    synchronized List<Standing> standings() {
        return all.stream().map(this::standing).toList();
    }

    private Standing standing(Upstream upstream) {
        boolean gone = upstream.slot == Router.NONE;
        long now = nanos.getAsLong();
        String state;
        if (gone) {
            state = "gone";
        } else if (upstream.drained) {
            state = "draining";
        } else {
            state = router.replica(upstream.slot).ejected(now) ? "ejected" : "ready";
        }
        return new Standing(
                upstream.address.toString(),
                state,
                upstream.pool.name().toLowerCase(Locale.ROOT),
                seenSecondsAgo(upstream, now),
                upstream.metrics.running(),
                upstream.metrics.waiting(),
                gone ? 0 : router.replica(upstream.slot).kvUsage(now),
                gone ? 0 : router.replica(upstream.slot).inFlight(),
                upstream.requests,
                upstream.failures);
    }

    /// To the tenth of a second.
    private static Optional<Double> seenSecondsAgo(Upstream upstream, long now) {
        return upstream.seenNanos.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        Math.rint((now - upstream.seenNanos.getAsLong()) / NANOS_PER_SECOND * 10)
                                / 10);
    }

    private Upstream at(int slot) {
        return all.stream()
                .filter(upstream -> upstream.slot == slot)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nobody has slot " + slot));
    }
}
