package dev.touchstone.app.internal.llm.proxy;

import dev.touchstone.app.internal.edge.Metronome;
import dev.touchstone.app.internal.llm.proxy.Upstreams.Upstream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Asks every server for its metrics, a few times a second, and gives up streams that stand still.
final class Scraper implements AutoCloseable {
    static final Duration EVERY = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final int OK = 200;

    /// Beats between two looks at the fleet as a whole.
    private static final int FLEET_BEATS = 10;

    private final Upstreams upstreams;
    private final Streams streams;
    private final HttpClient client;
    private final Map<Upstream, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();
    private final Metronome metronome;
    private int beats;

    Scraper(Upstreams upstreams, Streams streams, HttpClient client) {
        this.upstreams = upstreams;
        this.streams = streams;
        this.client = client;
        this.metronome = new Metronome("scraper", EVERY, _ -> look());
    }

    private void look() {
        streams.closeStalled();
        for (Upstream upstream : upstreams.all()) {
            CompletableFuture<?> before = underWay.get(upstream);
            if (before == null || before.isDone()) {
                underWay.put(upstream, scrape(upstream));
            }
        }
        if (++beats % FLEET_BEATS == 0) {
            upstreams.ejectSlow();
            upstreams.rescale();
        }
    }

    private CompletableFuture<?> scrape(Upstream upstream) {
        var request =
                HttpRequest.newBuilder(URI.create(upstream.address() + "/metrics"))
                        .timeout(PATIENCE)
                        .build();
        upstreams.scrapeBegins(upstream);
        return client.sendAsync(request, BodyHandlers.ofByteArray())
                // The request's own timeout ends with the headers.
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .handle((answer, failure) -> {
                    take(upstream, answer);
                    return failure;
                });
    }

    private void take(Upstream upstream, @Nullable HttpResponse<byte[]> answer) {
        if (answer == null) {
            upstreams.silent(upstream);
        } else if (answer.statusCode() == OK) {
            ServerMetrics.read(answer.body())
                    .ifPresentOrElse(
                            metrics -> upstreams.scraped(upstream, metrics),
                            () -> upstreams.alive(upstream));
        } else {
            upstreams.alive(upstream);
        }
    }

    @Override
    public void close() {
        metronome.close();
    }
}
