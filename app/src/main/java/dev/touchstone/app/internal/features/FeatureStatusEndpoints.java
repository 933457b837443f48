package dev.touchstone.app.internal.features;

import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Numbers;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.http.Route;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// What the page of the feature store shows, as JSON.
public final class FeatureStatusEndpoints {
    private static final int EXAMPLES = 20;
    private static final int ALL_READS = 1_000;

    private final Optional<FeatureService> service;

    /// @param service the store, if there is one
    public FeatureStatusEndpoints(Optional<FeatureService> service) {
        this.service = service;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/api/features/views", this::views),
                Route.get("/api/features/sources", this::sources),
                Route.get("/api/features/lineage", this::lineage),
                Route.get("/api/features/parity", this::parity),
                Route.get("/api/features/explain", this::explain));
    }

    private FeatureService service() {
        return FeatureEndpoints.served(service);
    }

    private void views(Exchange exchange) {
        exchange.sendJson(200, FeatureStatus.views(service()));
    }

    private void sources(Exchange exchange) throws IOException {
        exchange.sendJson(200, FeatureStatus.sources(service()));
    }

    private void lineage(Exchange exchange) {
        exchange.sendJson(200, FeatureLineage.of(service().definitions()));
    }

    private void parity(Exchange exchange) throws IOException {
        FeatureService its = service();
        Optional<Integer> perMille = perMille(exchange);
        exchange.sendJson(
                200,
                perMille.isPresent()
                        ? FeatureStatus.replay(its, perMille.get(), EXAMPLES)
                        : FeatureStatus.parity(its));
    }

    /// How many of a thousand logged reads to replay, if anybody wants that.
    ///
    /// @throws Problem 400 when it is no such number
    public static Optional<Integer> perMille(Exchange exchange) {
        Optional<String> replay = exchange.query("replay");
        if (replay.isEmpty()) {
            return Optional.empty();
        }
        long share = Numbers.whole("replay", replay.get());
        if (share < 1 || share > ALL_READS) {
            throw Problem.badField(
                    "replay",
                    "replay 1 to %d of a thousand reads, got %d".formatted(ALL_READS, share));
        }
        return Optional.of((int) share);
    }

    private void explain(Exchange exchange) throws IOException {
        FeatureService its = service();
        try {
            exchange.sendJson(
                    200,
                    WhyValue.of(
                            its,
                            wanted(exchange, "view"),
                            wanted(exchange, "key"),
                            wanted(exchange, "at")));
        } catch (IllegalArgumentException e) {
            throw new Problem(
                    400,
                    "no-explanation",
                    "That cannot be explained",
                    String.valueOf(e.getMessage()));
        }
    }

    private static String wanted(Exchange exchange, String name) {
        return exchange.query(name)
                .orElseThrow(() ->
                        Problem.badField(
                                name,
                                "is missing; ask as in /api/features/explain?view=card&key=7&at=2026-03-04T12:00:00Z"));
    }
}
