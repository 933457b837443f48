package dev.touchstone.app.internal.llm.proxy;

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

    private final ProxySettings settings;
    private final Upstreams upstreams;
    private final Wire wire;
    private final Passage passage;
    private final Scraper scraper;

    /// What each server calls its model.
    private final Map<URI, String> names = new ConcurrentHashMap<>();

    SmallModel(ProxySettings settings, Upstreams upstreams, Wire wire) {
        this.settings = settings;
        this.upstreams = upstreams;
        this.wire = wire;
        this.passage = new Passage(upstreams, wire, settings.stall());
        this.scraper = new Scraper(upstreams, wire);
    }

    /// The request as the small model is asked; empty when none of its servers says what it is
    /// called.
    Optional<Call> asked(Call call) {
        return settings.upstreams().stream()
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
        String known = names.get(server);
        if (known != null) {
            return Optional.of(known);
        }
        try (Talk answer = wire.ask(server, Call.get("/v1/models", headers), TERMS)) {
            byte[] body = answer.readAll(MOST_BYTES);
            Optional<String> name =
                    answer.status() == OK
                            ? Json.readObject(body).path("data").path(0).path("id").stringValueOpt()
                            : Optional.empty();
            name.ifPresent(found -> names.put(server, found));
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
