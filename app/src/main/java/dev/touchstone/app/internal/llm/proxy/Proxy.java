package dev.touchstone.app.internal.llm.proxy;

import dev.touchstone.app.internal.edge.WallClock;
import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.llm.Closing;
import dev.touchstone.app.internal.llm.proxy.Upstreams.Standing;
import dev.touchstone.llm.fleet.DegradationLadder.Ruling;
import dev.touchstone.llm.fleet.DegradationLadder.Rung;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Answers OpenAI's API with the servers behind it. A request is passed on as it came, tools and
/// all; a server that fails before the first byte of an answer costs a retry, one that fails later
/// an error at the stream's end.
public final class Proxy implements AutoCloseable {
    private static final int MAX_BODY_BYTES = 32 * 1024 * 1024;
    private static final int TOO_MANY_REQUESTS = 429;

    /// Whoever is turned away for having low priority need not ask sooner.
    private static final Duration LOW_PRIORITY_AWAY = Duration.ofSeconds(10);

    private static final long MILLIS_PER_SECOND = 1_000;

    /// What keeps a conversation on one server, in the order in which it is looked for.
    private static final List<String> SESSION_HEADERS =
            List.of("X-Session-Id", "X-SMG-Routing-Key");

    /// Headers of the request that are passed on.
    private static final List<String> PASSED_ON =
            List.of("Content-Type", "X-Request-Id", "OpenAI-Organization");

    private static final String AUTHORIZATION = "Authorization";

    private final ProxySettings settings;
    private final Upstreams upstreams;
    private final Closing closing;
    private final Wire wire = new Wire(WallClock::nanos);
    private final Passage passage;
    private final Scraper scraper;
    private final Optional<SmallModel> small;

    private Proxy(ProxySettings settings, Closing closing, long key0, long key1) {
        this.settings = settings;
        this.upstreams = new Upstreams(settings, WallClock::nanos, key0, key1);
        this.closing = closing;
        this.passage = new Passage(upstreams, wire, settings.stall());
        this.scraper = new Scraper(upstreams, wire);
        this.small =
                settings.ofSmallModels()
                        .map(theirs ->
                                new SmallModel(
                                        theirs,
                                        new Upstreams(theirs, WallClock::nanos, key0, key1),
                                        wire));
    }

    /// Starts looking after the servers.
    ///
    /// @param closing waits for what is under way
    /// @param key0 of the hashes by which equal beginnings of prompts are known
    /// @param key1 the other half of that key
    public static Proxy start(ProxySettings settings, Closing closing, long key0, long key1) {
        return new Proxy(settings, closing, key0, key1);
    }

    /// What it answers.
    public List<Route> routes() {
        return List.of(
                Route.post("/v1/chat/completions", this::complete),
                Route.post("/v1/completions", this::complete),
                Route.get("/v1/models", this::models));
    }

    /// What it answers to whoever runs it.
    ///
    /// @param adminKey asked of who changes something; only this machine may without one
    public List<Route> fleetRoutes(Optional<String> adminKey) {
        return new FleetEndpoints(upstreams, adminKey).routes();
    }

    /// How each server stands.
    public List<Standing> standings() {
        return upstreams.standings();
    }

    /// Its counters, as Prometheus text.
    public String metrics() {
        var text = new StringBuilder();
        line(text, "touchstone_router_retries_total", "", upstreams.retried());
        line(text, "touchstone_router_retries_refused_total", "", upstreams.retriesRefused());
        line(text, "touchstone_router_ejections_total", "", upstreams.ejected());
        line(text, "touchstone_router_desired_replicas", "", upstreams.scale().replicas());
        line(text, "touchstone_router_rung", "", List.of(Rung.values()).indexOf(upstreams.rung()));
        for (FleetCare.Kind kind : FleetCare.Kind.values()) {
            String name =
                    "touchstone_router_%s_total".formatted(kind.name().toLowerCase(Locale.ROOT));
            line(text, name, "", upstreams.count(kind));
        }
        for (Standing standing : upstreams.standings()) {
            String label = "{upstream=\"%s\"}".formatted(standing.url());
            line(text, "touchstone_router_requests_total", label, standing.requests());
            line(text, "touchstone_router_failures_total", label, standing.failures());
            line(text, "touchstone_router_in_flight", label, standing.inFlight());
            line(text, "touchstone_router_kv_usage", label, standing.kvUsage());
            line(text, "touchstone_router_ready", label, standing.state().equals("ready") ? 1 : 0);
        }
        return text.toString();
    }

    private static void line(StringBuilder to, String name, String label, Number value) {
        to.append(name).append(label).append(' ').append(value).append('\n');
    }

    private void complete(Exchange exchange) throws Exception {
        Call call;
        try {
            call =
                    Call.read(
                            exchange.path(),
                            exchange.body(MAX_BODY_BYTES),
                            headers(exchange),
                            session(exchange));
        } catch (Json.Malformed e) {
            throw Problem.malformed(e);
        }
        closing.began(exchange);
        try {
            answer(exchange, call);
        } finally {
            closing.ended();
        }
    }

    private void answer(Exchange exchange, Call call) throws Exception {
        switch (upstreams.decide(call)) {
            case Ruling.Serve(int tokens)
                    when tokens == Integer.MAX_VALUE || tokens == call.maxTokens() ->
                    passage.pass(exchange, call, upstreams.describe(call));
            case Ruling.Serve(int tokens) ->
                    passage.pass(
                            exchange,
                            call.with(BodyEdit.withAnswerTokens(call.body(), tokens)),
                            upstreams.describe(call, tokens));
            case Ruling.Shed _ ->
                    throw away(
                            exchange,
                            LOW_PRIORITY_AWAY,
                            "the servers have more to do than they can, and this request has a low"
                                    + " priority");
            case Ruling.Wait(Duration retryAfter) ->
                    throw away(
                            exchange,
                            retryAfter,
                            "the servers have more to do than they can; there will be room then");
            case Ruling.Fallback _ -> fallBack(exchange, call);
        }
    }

    private void fallBack(Exchange exchange, Call call) throws Exception {
        Optional<Call> asked = small.isEmpty() ? Optional.empty() : small.get().asked(call);
        if (asked.isEmpty()) {
            throw away(
                    exchange,
                    upstreams.sendAway(),
                    "the servers have far more to do than they can");
        }
        upstreams.fellBack();
        small.orElseThrow().answer(exchange, asked.get(), call);
    }

    private static Problem away(Exchange exchange, Duration retryAfter, String why) {
        long millis = Math.max(1, retryAfter.toMillis());
        long seconds = Math.ceilDiv(millis, MILLIS_PER_SECOND);
        exchange.header("Retry-After", Long.toString(seconds));
        exchange.header("Retry-After-Ms", Long.toString(millis));
        return new Problem(
                TOO_MANY_REQUESTS,
                "overloaded",
                "Overloaded",
                "%s; ask again in %d s".formatted(why, seconds));
    }

    private void models(Exchange exchange) throws Exception {
        Call call = Call.get("/v1/models", headers(exchange));
        closing.began(exchange);
        try {
            passage.pass(exchange, call, upstreams.describe(call));
        } finally {
            closing.ended();
        }
    }

    private List<Call.Header> headers(Exchange exchange) {
        var headers = new ArrayList<Call.Header>();
        settings.key()
                .map(own -> "Bearer " + own)
                .or(() -> exchange.header(AUTHORIZATION))
                .ifPresent(value -> headers.add(new Call.Header(AUTHORIZATION, value)));
        for (String name : PASSED_ON) {
            exchange.header(name).ifPresent(value -> headers.add(new Call.Header(name, value)));
        }
        return headers;
    }

    private static Optional<String> session(Exchange exchange) {
        return SESSION_HEADERS.stream().map(exchange::header).flatMap(Optional::stream).findFirst();
    }

    @Override
    public void close() {
        scraper.close();
        small.ifPresent(SmallModel::close);
        wire.close();
    }
}
