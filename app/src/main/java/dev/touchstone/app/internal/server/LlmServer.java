package dev.touchstone.app.internal.server;

import dev.touchstone.app.internal.edge.Entropy;
import dev.touchstone.app.internal.http.Assets;
import dev.touchstone.app.internal.http.Dispatcher;
import dev.touchstone.app.internal.http.Door;
import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Metrics;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.llm.Closing;
import dev.touchstone.app.internal.llm.LiveEngine;
import dev.touchstone.app.internal.llm.ModelHost;
import dev.touchstone.app.internal.llm.OpenAiEndpoints;
import dev.touchstone.app.internal.pages.ChatPage;
import dev.touchstone.app.internal.pages.Kit;
import dev.touchstone.app.internal.pages.SmallPages;
import dev.touchstone.app.internal.pages.Templates;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A server for one language model and nothing else: OpenAI's API, health, metrics, a page to chat.
public final class LlmServer implements AutoCloseable {
    private final ModelHost host;
    private final Closing closing;
    private final WebServer web;
    private final String bind;

    private LlmServer(ModelHost host, Closing closing, WebServer web, String bind) {
        this.host = host;
        this.closing = closing;
        this.web = web;
        this.bind = bind;
    }

    /// Where and to whom to serve.
    ///
    /// @param bind a host name or address
    /// @param port 0 for any that is free
    /// @param keys one of them is asked of everybody, if there are any
    /// @param adminKey asked of whoever changes what a router does
    public record Settings(String bind, int port, List<String> keys, Optional<String> adminKey) {
        private static final int SHORTEST_KEY = 16;

        /// Without a key for whoever runs it.
        public Settings(String bind, int port, List<String> keys) {
            this(bind, port, keys, Optional.empty());
        }

        /// Rejects what would leave the server open to the network.
        public Settings {
            keys = List.copyOf(keys);
            for (String key : Stream.concat(keys.stream(), adminKey.stream()).toList()) {
                if (key.length() < SHORTEST_KEY) {
                    throw new IllegalArgumentException(
                            "an API key has %d characters; use at least %d, such as the output of: openssl rand -hex 16"
                                    .formatted(key.length(), SHORTEST_KEY));
                }
            }
            if (keys.isEmpty() && !Listener.isLoopback(bind)) {
                throw new IllegalArgumentException(
                        "--bind %s lets other machines in, which needs a key; add --api-key with at least %d characters, or bind to 127.0.0.1"
                                .formatted(bind, SHORTEST_KEY));
            }
        }

        /// What opens the door: whoever runs it may do what everybody may.
        List<String> doorKeys() {
            return keys.isEmpty() ? keys : Stream.concat(keys.stream(), adminKey.stream()).toList();
        }
    }

    /// Starts it; ready when this returns.
    ///
    /// @throws IOException when the port cannot be had
    public static LlmServer start(Settings settings, ModelHost host, InstantSource clock)
            throws IOException {
        var assets = new Assets();
        var metrics = new Metrics();
        metrics.add(() -> host.started().map(LiveEngine::metrics).orElse(""));
        var closing = new Closing();
        var door = new Door(settings.doorKeys(), Listener.isLoopback(settings.bind()));
        var kit = new Kit(assets.root(), new Templates(), clock);
        var small = new SmallPages(kit, door);
        List<Route> routes =
                Stream.of(
                                List.of(
                                        Route.get("/", exchange -> exchange.goTo("/chat")),
                                        Route.get(
                                                "/health",
                                                exchange -> health(exchange, host, closing)),
                                        Route.get("/metrics", metrics::serve),
                                        Route.get("/assets/{version}/{name}", assets::serve)),
                                new OpenAiEndpoints(host, closing, clock, new Entropy()).routes(),
                                ChatPage.of(kit, host, true).routes(),
                                small.routes())
                        .flatMap(List::stream)
                        .toList();
        WebServer web =
                Listener.start(
                        settings.bind(),
                        settings.port(),
                        new Dispatcher(routes, door, small, metrics));
        return new LlmServer(host, closing, web, settings.bind());
    }

    private static void health(Exchange exchange, ModelHost host, Closing closing) {
        boolean dead = host.started().filter(LiveEngine::dead).isPresent();
        Optional<String> stall = host.started().flatMap(LiveEngine::stall);
        String status =
                dead
                        ? "engine ended"
                        : stall.isPresent()
                                ? "engine stalled"
                                : closing.closing() ? "stopping" : "up";
        exchange.sendJson(
                status.equals("up") ? 200 : 503,
                stall.map(why -> Map.of("status", status, "reason", why))
                        .orElse(Map.of("status", status)));
    }

    /// What has to end before the server may.
    public Closing closing() {
        return closing;
    }

    /// The address to open.
    public String url() {
        return Listener.url(bind, web);
    }

    @Override
    public void close() {
        host.close();
        web.stop();
    }
}
