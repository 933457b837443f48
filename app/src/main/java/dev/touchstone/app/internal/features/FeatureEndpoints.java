package dev.touchstone.app.internal.features;

import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.OnlineUnavailableException;
import dev.touchstone.features.PushKey;
import dev.touchstone.features.PushReport;
import dev.touchstone.features.Times;
import dev.touchstone.features.UsedPushKeyException;
import dev.touchstone.features.engines.OnlineReads;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/// Online reads and pushes, as Feast's server has them, so that its clients work here.
public final class FeatureEndpoints {
    /// By which a push that is repeated is known: draft-ietf-httpapi-idempotency-key-header.
    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    private static final int MAX_READ_BYTES = 1 << 20;
    private static final int MAX_PUSH_BYTES = 16 << 20;

    private final Optional<FeatureService> service;

    /// @param service the store, if there is one
    public FeatureEndpoints(Optional<FeatureService> service) {
        this.service = service;
    }

    public List<Route> routes() {
        return List.of(
                Route.post("/get-online-features", this::read),
                Route.post("/push", exchange -> push(PushRequest.Way.PUSH, exchange)),
                Route.post(
                        "/write-to-online-store",
                        exchange -> push(PushRequest.Way.WRITE, exchange)));
    }

    private FeatureService service() {
        return served(service);
    }

    /// @throws Problem 404 when there is no store, with the way to one
    static FeatureService served(Optional<FeatureService> service) {
        return service.orElseThrow(() ->
                new Problem(
                        404,
                        "no-feature-store",
                        "No features are served here",
                        "apply definitions to the store with touchstone features apply and start again with --features STORE"));
    }

    /// What became of pushed rows.
    record Pushed(
            String view, int rows, int late, int dropped, String availableTime, boolean repeated) {}

    private void read(Exchange exchange) throws IOException {
        FeatureService its = service();
        var request = ReadRequest.of(exchange.body(MAX_READ_BYTES));
        ReadPlan plan = plan(its, request);
        plan.check(request);
        OnlineReader reader = plan.reader();
        var keys = request.keys(reader);
        List<OnlineRow> rows = new ArrayList<>(keys.size());
        for (int row = 0; row < keys.size(); row++) {
            rows.add(reader.row());
        }
        OnlineReads.Served served;
        try {
            served = its.read(reader, keys, request.rowIds(), rows);
        } catch (OnlineUnavailableException e) {
            throw unavailable(e);
        }
        exchange.send(
                200,
                "application/json",
                new ReadAnswer(request, plan, rows, served.rowIds(), served.asOf()).bytes());
    }

    private static ReadPlan plan(FeatureService service, ReadRequest request) {
        try {
            return service.plan(request.wanted());
        } catch (OnlineUnavailableException e) {
            throw unavailable(e);
        }
    }

    private static Problem unavailable(OnlineUnavailableException e) {
        return new Problem(
                503,
                "features-unavailable",
                "Features cannot be served now",
                String.valueOf(e.getMessage()));
    }

    private void push(PushRequest.Way way, Exchange exchange) throws IOException {
        FeatureService its = service();
        byte[] body = exchange.body(MAX_PUSH_BYTES);
        var request = PushRequest.of(way, body, its.definitions());
        String view = request.view().view().name();
        List<FeatureRow> rows = request.rows();
        Optional<PushKey> key = key(exchange, body);
        PushReport report;
        try {
            report =
                    key.isPresent()
                            ? its.online().push(view, rows, key.get(), its.now())
                            : its.online().push(view, rows, its.now());
        } catch (UsedPushKeyException e) {
            throw new Problem(
                    422,
                    "used-key",
                    "The Idempotency-Key is another push's",
                    String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw Problem.badField("df", String.valueOf(e.getMessage()));
        } catch (OnlineUnavailableException e) {
            throw unavailable(e);
        }
        exchange.sendJson(
                200,
                new Pushed(
                        view,
                        report.rows(),
                        report.late(),
                        report.dropped(),
                        Times.text(report.availableTime()),
                        report.repeated()));
    }

    private static Optional<PushKey> key(Exchange exchange, byte[] body) {
        var checksum = new CRC32C();
        checksum.update(body);
        try {
            return exchange.header(IDEMPOTENCY_KEY)
                    .map(name -> new PushKey(name, checksum.getValue()));
        } catch (IllegalArgumentException e) {
            throw Problem.badField(IDEMPOTENCY_KEY, String.valueOf(e.getMessage()));
        }
    }
}
