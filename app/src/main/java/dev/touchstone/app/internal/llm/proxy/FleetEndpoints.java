package dev.touchstone.app.internal.llm.proxy;

import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.llm.proxy.Upstreams.Standing;
import java.util.List;
import java.util.Optional;

/// How the servers stand, for everybody who may ask the proxy anything, and which of them get
/// requests, for whoever runs it: with the admin key, or from the same machine if there is none.
final class FleetEndpoints {
    /// What a proxy says of whom it speaks for.
    private static final List<String> FORWARDED = List.of("Forwarded", "X-Forwarded-For");

    private final Upstreams upstreams;
    private final Optional<String> adminKey;

    FleetEndpoints(Upstreams upstreams, Optional<String> adminKey) {
        this.upstreams = upstreams;
        this.adminKey = adminKey;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/fleet", exchange -> exchange.sendJson(200, upstreams.standings())),
                Route.get("/fleet/scale", exchange -> exchange.sendJson(200, upstreams.scale())),
                Route.post("/fleet/drain", this::drain),
                Route.delete("/fleet/drain", this::resume));
    }

    /// A server that is to be stopped, by notice or on purpose: `{"upstream": "http://…"}`.
    record Drain(String upstream) {}

    private void drain(Exchange exchange) {
        admit(exchange);
        String url = exchange.json(Drain.class).upstream();
        answer(exchange, url, upstreams.drain(url));
    }

    private void resume(Exchange exchange) {
        admit(exchange);
        String url =
                exchange.query("upstream")
                        .orElseThrow(() ->
                                Problem.badField(
                                        "upstream",
                                        "is missing; DELETE /fleet/drain?upstream=http://…"));
        answer(exchange, url, upstreams.resume(url));
    }

    private static void answer(Exchange exchange, String url, Optional<Standing> standing) {
        exchange.sendJson(
                200,
                standing.orElseThrow(() ->
                        Problem.badField(
                                "upstream",
                                "there is no '%s'; GET /fleet lists them".formatted(url))));
    }

    /// Behind a proxy on this machine everybody comes from this machine.
    private static boolean fromHere(Exchange exchange) {
        return exchange.fromLoopback()
                && FORWARDED.stream().allMatch(name -> exchange.header(name).isEmpty());
    }

    private void admit(Exchange exchange) {
        if (adminKey.isPresent() ? exchange.shows(adminKey.get()) : fromHere(exchange)) {
            return;
        }
        throw new Problem(
                403,
                "not-admin",
                "Not for everybody",
                adminKey.isPresent()
                        ? "who gets requests is changed with the key of --admin-key; send it as Authorization: Bearer KEY"
                        : "who gets requests is changed from the router's own machine, and not through a proxy there; start it with --admin-key to do so from elsewhere");
    }
}
