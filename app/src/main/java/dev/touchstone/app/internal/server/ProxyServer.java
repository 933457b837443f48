package dev.touchstone.app.internal.server;

import dev.touchstone.app.internal.edge.Entropy;
import dev.touchstone.app.internal.edge.WallClock;
import dev.touchstone.app.internal.http.Assets;
import dev.touchstone.app.internal.http.Dispatcher;
import dev.touchstone.app.internal.http.Door;
import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Metrics;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.llm.Closing;
import dev.touchstone.app.internal.llm.proxy.Proxy;
import dev.touchstone.app.internal.llm.proxy.ProxySettings;
import dev.touchstone.app.internal.llm.proxy.Upstreams.Standing;
import dev.touchstone.app.internal.pages.ChatPage;
import dev.touchstone.app.internal.pages.Kit;
import dev.touchstone.app.internal.pages.SmallPages;
import dev.touchstone.app.internal.pages.Templates;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A router in front of other servers and nothing else: OpenAI's API, health, metrics and a page to
/// chat on.
public final class ProxyServer implements AutoCloseable {
    private final Proxy proxy;
    private final Closing closing;
    private final WebServer web;
    private final String bind;

    private ProxyServer(Proxy proxy, Closing closing, WebServer web, String bind) {
        this.proxy = proxy;
        this.closing = closing;
        this.web = web;
        this.bind = bind;
    }

    /// Starts it; ready when this returns.
    ///
    /// @throws IOException when the port cannot be had
    public static ProxyServer start(LlmServer.Settings settings, ProxySettings upstreams)
            throws IOException {
        var entropy = new Entropy();
        var closing = new Closing();
        Proxy proxy = Proxy.start(upstreams, closing, entropy.key(), entropy.key());
        var metrics = new Metrics();
        metrics.add(proxy::metrics);
        var door = new Door(settings.doorKeys(), Listener.isLoopback(settings.bind()));
        var assets = new Assets();
        var kit = new Kit(assets.root(), new Templates(), WallClock.INSTANCE);
        var small = new SmallPages(kit, door);
        List<Route> routes =
                Stream.of(
                                List.of(
                                        Route.get(
                                                "/health",
                                                exchange -> health(exchange, proxy, closing)),
                                        Route.get("/metrics", metrics::serve),
                                        Route.get("/assets/{version}/{name}", assets::serve)),
                                proxy.routes(),
                                proxy.fleetRoutes(settings.adminKey()),
                                new ChatPage(kit, new Behind(proxy), true).routes(),
                                small.routes())
                        .flatMap(List::stream)
                        .toList();
        try {
            WebServer web =
                    Listener.start(
                            settings.bind(),
                            settings.port(),
                            new Dispatcher(routes, door, small, metrics));
            return new ProxyServer(proxy, closing, web, settings.bind());
        } catch (IOException e) {
            proxy.close();
            throw e;
        }
    }

    private static void health(Exchange exchange, Proxy proxy, Closing closing) {
        long ready =
                proxy.standings().stream()
                        .filter(standing -> standing.state().equals("ready"))
                        .count();
        exchange.sendJson(ready > 0 && !closing.closing() ? 200 : 503, Map.of("ready", ready));
    }

    /// The servers behind a router, as the chat page sees them: as one.
    private record Behind(Proxy proxy) implements ChatPage.Answering {
        @Override
        public String about() {
            return "What runs on the servers behind this router answers; there are %d."
                    .formatted(proxy.standings().size());
        }

        @Override
        public boolean keepsAccounts() {
            return false;
        }

        @Override
        public ChatPage.Status status() {
            List<Standing> ready =
                    proxy.standings().stream()
                            .filter(standing -> standing.state().equals("ready"))
                            .toList();
            return new ChatPage.Status(
                    Optional.empty(),
                    Optional.empty(),
                    // Not every server says what it does; what was sent there is known.
                    ready.stream()
                            .mapToInt(each -> Math.max((int) each.running(), (int) each.inFlight()))
                            .sum(),
                    ready.stream().mapToInt(each -> (int) each.waiting()).sum(),
                    ready.stream().mapToDouble(Standing::kvUsage).average().orElse(0));
        }
    }

    /// What has to end before the server may.
    public Closing closing() {
        return closing;
    }

    /// How each server behind it stands.
    public List<Standing> standings() {
        return proxy.standings();
    }

    /// The address to open.
    public String url() {
        return Listener.url(bind, web);
    }

    @Override
    public void close() {
        web.stop();
        proxy.close();
    }
}
