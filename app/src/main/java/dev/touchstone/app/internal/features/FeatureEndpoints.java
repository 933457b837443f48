package dev.touchstone.app.internal.features;

import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.OnlineUnavailableException;
import dev.touchstone.features.PushReport;
import dev.touchstone.features.Times;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.engines.OnlineReads;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Online reads and pushes, as Feast's server has them, so that its clients work here.
public final class FeatureEndpoints {
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
    record Pushed(String view, int rows, int late, int dropped, String availableTime) {}

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
        var request = PushRequest.of(way, exchange.body(MAX_PUSH_BYTES), its.definitions());
        ViewDefinition view = request.view();
        List<FeatureRow> rows = request.rows();
        PushReport report;
        try {
            report = its.online().push(view.view().name(), rows, its.now());
        } catch (IllegalArgumentException e) {
            throw Problem.badField("df", String.valueOf(e.getMessage()));
        } catch (OnlineUnavailableException e) {
            throw unavailable(e);
        }
        exchange.sendJson(
                200,
                new Pushed(
                        view.view().name(),
                        report.rows(),
                        report.late(),
                        report.dropped(),
                        Times.text(report.availableTime())));
    }
}
