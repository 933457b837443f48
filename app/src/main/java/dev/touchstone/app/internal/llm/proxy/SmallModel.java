package dev.touchstone.app.internal.llm.proxy;

import dev.touchstone.app.internal.edge.WallClock;
import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.llm.proxy.Wire.Talk;
import dev.touchstone.app.internal.llm.proxy.Wire.Terms;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Servers of a small model, which answers those for whom the large one has no time.
final class SmallModel implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Terms TERMS =
            new Terms(PATIENCE.toNanos(), () -> false, () -> false, () -> true);
    private static final int MOST_BYTES = 1024 * 1024;
    private static final int OK = 200;
    private static final long REMEMBERED_NANOS = Duration.ofMinutes(1).toNanos();

    private final Upstreams upstreams;
    private final Wire wire;
    private final Passage passage;
    private final Scraper scraper;

    /// What each server calls its model; it may be started again with another.
    private final Map<URI, Name> names = new ConcurrentHashMap<>();

    private record Name(String text, long askedNanos) {}

    SmallModel(ProxySettings settings, Upstreams upstreams, Wire wire) {
        this.upstreams = upstreams;
        this.wire = wire;
        this.passage = new Passage(upstreams, wire, settings.stall());
        this.scraper = new Scraper(upstreams, wire);
    }

    /// The request as the small model is asked, which all its servers have; empty when none of them
    /// is there and says what it is called.
    Optional<Call> asked(Call call) {
        return upstreams.standings().stream()
                .filter(standing -> standing.state().equals("ready"))
                .map(standing -> URI.create(standing.url()))
                .map(server -> name(server, call.headers()))
                .flatMap(Optional::stream)
                .findFirst()
                .map(name -> call.with(BodyEdit.withModel(call.body(), name)));
    }

    /// Answers a request.
    ///
    /// @param asked what is sent
    /// @param call what came
    void answer(Exchange exchange, Call asked, Call call) throws Exception {
        exchange.header("X-Touchstone-Fallback", "true");
        passage.pass(exchange, asked, upstreams.describe(call));
    }

    private Optional<String> name(URI server, List<Call.Header> headers) {
        Name known = names.get(server);
        long now = WallClock.nanos();
        if (known != null && now - known.askedNanos() < REMEMBERED_NANOS) {
            return Optional.of(known.text());
        }
        try (Talk answer = wire.ask(server, Call.get("/v1/models", headers), TERMS)) {
            byte[] body = answer.readAll(MOST_BYTES);
            Optional<String> name =
                    answer.status() == OK
                            ? Json.readObject(body).path("data").path(0).path("id").stringValueOpt()
                            : Optional.empty();
            name.ifPresent(found -> names.put(server, new Name(found, now)));
            return name;
        } catch (IOException | Json.Malformed _) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        scraper.close();
    }
}
