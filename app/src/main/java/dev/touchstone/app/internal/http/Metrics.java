package dev.touchstone.app.internal.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// What the server counts of itself and what its parts count, as Prometheus text.
public final class Metrics {
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<Runnable> refreshers = new ArrayList<>();
    private final List<Supplier<String>> others = new ArrayList<>();

    /// Has something brought up to date before each scrape. Called before the server starts.
    void refresh(Runnable refresher) {
        refreshers.add(refresher);
    }

    /// Adds the text of a part that counts for itself. Called before the server starts.
    public void add(Supplier<String> text) {
        others.add(text);
    }

    MeterRegistry registry() {
        return registry;
    }

    /// Answers a scrape.
    public void serve(Exchange exchange) {
        exchange.send(
                200,
                "text/plain; version=0.0.4; charset=utf-8",
                scrape().getBytes(StandardCharsets.UTF_8));
    }

    Timer.Sample start() {
        return Timer.start(registry);
    }

    void served(Timer.Sample sample, String method, String route, int status) {
        sample.stop(
                Timer.builder("http.server.requests")
                        .description("Requests by route; an event stream counts when it ends")
                        .tags("method", method, "route", route, "status", Integer.toString(status))
                        .register(registry));
    }

    /// Everything in Prometheus' text format.
    String scrape() {
        refreshers.forEach(Runnable::run);
        var text = new StringBuilder(registry.scrape());
        others.forEach(other -> text.append(other.get()));
        return text.toString();
    }
}
