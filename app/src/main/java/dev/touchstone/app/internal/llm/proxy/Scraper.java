package dev.touchstone.app.internal.llm.proxy;

import dev.touchstone.app.internal.edge.Metronome;
import dev.touchstone.app.internal.edge.Worker;
import dev.touchstone.app.internal.llm.proxy.Upstreams.Upstream;
import dev.touchstone.app.internal.llm.proxy.Wire.Talk;
import dev.touchstone.app.internal.llm.proxy.Wire.Terms;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Asks every server for its metrics, a few times a second, and has requests given up that nothing
/// comes of.
final class Scraper implements AutoCloseable {
    static final Duration EVERY = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Terms TERMS =
            new Terms(PATIENCE.toNanos(), () -> false, () -> false, () -> true);
    private static final int MOST_BYTES = 16 * 1024 * 1024;
    private static final int OK = 200;

    /// Beats between two looks at the fleet as a whole.
    private static final int FLEET_BEATS = 10;

    /// Beats between two looks at its load: a second.
    private static final int CARE_BEATS = 5;

    private final Upstreams upstreams;
    private final Wire wire;
    private final Call metrics = Call.get("/metrics", List.of());
    private final Set<Upstream> underWay = ConcurrentHashMap.newKeySet();
    private final Metronome metronome;
    private int beats;

    Scraper(Upstreams upstreams, Wire wire) {
        this.upstreams = upstreams;
        this.wire = wire;
        this.metronome = new Metronome("scraper", EVERY, _ -> look());
    }

    private void look() {
        wire.look();
        for (Upstream upstream : upstreams.all()) {
            if (underWay.add(upstream)) {
                Worker.aside(() -> scrape(upstream));
            }
        }
        if (++beats % FLEET_BEATS == 0) {
            upstreams.ejectSlow();
            upstreams.rescale();
        }
        if (beats % CARE_BEATS == 0) {
            upstreams.watch();
        }
    }

    private void scrape(Upstream upstream) {
        upstreams.scrapeBegins(upstream);
        try (Talk answer = wire.ask(upstream.address(), metrics, TERMS)) {
            byte[] body = answer.readAll(MOST_BYTES);
            if (answer.status() == OK) {
                ServerMetrics.read(body)
                        .ifPresentOrElse(
                                read -> upstreams.scraped(upstream, read),
                                () -> upstreams.alive(upstream));
            } else {
                upstreams.alive(upstream);
            }
        } catch (IOException _) {
            upstreams.silent(upstream);
        } finally {
            underWay.remove(upstream);
        }
    }

    @Override
    public void close() {
        metronome.close();
    }
}
