package dev.touchstone.app.internal.llm.proxy;

import dev.touchstone.app.internal.edge.WallClock;
import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.llm.Closing;
import dev.touchstone.app.internal.llm.proxy.Upstreams.Sent;
import dev.touchstone.app.internal.llm.proxy.Upstreams.Standing;
import dev.touchstone.app.internal.llm.proxy.Wire.GivenUp;
import dev.touchstone.app.internal.llm.proxy.Wire.Talk;
import dev.touchstone.app.internal.llm.proxy.Wire.Terms;
import dev.touchstone.app.internal.llm.proxy.Wire.Verdict;
import dev.touchstone.llm.fleet.RoutingRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Answers OpenAI's API with the servers behind it. A request is passed on as it came, tools and
/// all; a server that fails before the first byte of an answer costs a retry, one that fails later
/// an error at the stream's end.
public final class Proxy implements AutoCloseable {
    private static final int MAX_BODY_BYTES = 32 * 1024 * 1024;
    private static final int MOST_TRIES = 3;
    private static final int TOO_MANY_REQUESTS = 429;

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
    private final Relay relay;
    private final Scraper scraper;

    private Proxy(ProxySettings settings, Upstreams upstreams, Closing closing) {
        this.settings = settings;
        this.upstreams = upstreams;
        this.closing = closing;
        this.relay = new Relay(upstreams, WallClock::nanos);
        this.scraper = new Scraper(upstreams, wire);
    }

    /// Starts looking after the servers.
    ///
    /// @param closing waits for what is under way
    /// @param key0 of the hashes by which equal beginnings of prompts are known
    /// @param key1 the other half of that key
    public static Proxy start(ProxySettings settings, Closing closing, long key0, long key1) {
        return new Proxy(settings, new Upstreams(settings, WallClock::nanos, key0, key1), closing);
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
        forward(exchange, call, upstreams.describe(call));
    }

    private void models(Exchange exchange) throws Exception {
        var call = new Call("/v1/models", new byte[0], headers(exchange), false, "", 0, 0, 0);
        forward(exchange, call, upstreams.describe(call));
    }

    private void forward(Exchange exchange, Call call, RoutingRequest described) throws Exception {
        closing.began(exchange);
        try {
            passOn(exchange, call, described);
        } finally {
            closing.ended();
        }
    }

    private void passOn(Exchange exchange, Call call, RoutingRequest described) throws Exception {
        upstreams.came();
        String failure = "every server behind this address is gone or drained";
        Optional<Sent> next = upstreams.send(described);
        for (int attempt = 1; next.isPresent(); attempt++) {
            Sent sent = next.get();
            boolean last = attempt == MOST_TRIES;
            next = Optional.empty();
            try (Talk answer = ask(exchange, sent, call)) {
                if (!last && mayBeBetterElsewhere(answer.status())) {
                    next = upstreams.sendAgain(described, sent);
                }
                if (next.isEmpty()) {
                    relay.pass(exchange, sent, answer);
                    return;
                }
                relay.over(sent, answer.status());
            } catch (RuntimeException e) {
                upstreams.withdrawn(sent);
                throw e;
            } catch (IOException e) {
                if (e instanceof GivenUp givenUp && givenUp.verdict() == Verdict.UNWANTED) {
                    upstreams.withdrawn(sent);
                    throw exchange.breakOff("whoever asked has gone");
                }
                upstreams.failed(sent);
                failure = "%s did not answer: %s".formatted(sent.upstream().address(), reason(e));
                if (!last && !exchange.answered()) {
                    next = upstreams.sendAgain(described, sent);
                }
            }
        }
        if (exchange.answered()) {
            return;
        }
        exchange.header("Retry-After", String.valueOf(upstreams.ejection().toSeconds()));
        throw new Problem(503, "no-upstream", "Nobody can answer", failure + "; try again later");
    }

    private static boolean mayBeBetterElsewhere(int status) {
        return status == TOO_MANY_REQUESTS || status >= 500;
    }

    private Talk ask(Exchange exchange, Sent sent, Call call) throws IOException {
        long stall = settings.stall().toNanos();
        // An answer that is not streamed may take as long as it takes.
        long first = call.stream() ? stall : Long.MAX_VALUE;
        var terms =
                new Terms(
                        first,
                        exchange::hungUp,
                        () -> upstreams.lost(sent),
                        upstreams::mayAskAgain);
        Talk answer = wire.ask(sent.upstream().address(), call, terms);
        answer.limit(stall);
        return answer;
    }

    private static String reason(IOException e) {
        return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
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
        wire.close();
    }
}
