package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.llm.LiveEngine;
import dev.touchstone.app.internal.llm.ModelHost;
import java.io.IOException;
import java.util.List;

/// A page to chat on. The conversation is in the browser alone; the page speaks to the same
/// endpoint as everybody else.
public final class ChatPage {
    private final Kit kit;
    private final ModelHost host;
    private final boolean alone;

    /// @param alone whether the server has no other page
    public ChatPage(Kit kit, ModelHost host, boolean alone) {
        this.kit = kit;
        this.host = host;
        this.alone = alone;
    }

    public List<Route> routes() {
        return List.of(Route.get("/chat", this::page), Route.get("/chat/status", this::status));
    }

    /// What the page shows before anything is asked.
    ///
    /// @param about which model answers, and what may be expected of it
    public record View(String assets, boolean alone, String about) {}

    /// How things stand.
    ///
    /// @param model what it is called by
    /// @param context most tokens of a conversation
    /// @param kv share of the cache in use
    record Status(String model, int context, int running, int waiting, double kv) {}

    private void page(Exchange exchange) {
        exchange.sendHtml(
                200,
                kit.templates().render("chat.jte", new View(kit.assets(), alone, host.about())));
    }

    private void status(Exchange exchange) throws IOException {
        // Whoever opens the page is about to ask, so the model is opened meanwhile.
        LiveEngine engine = host.engine();
        LiveEngine.Load load = engine.load();
        exchange.sendJson(
                200,
                new Status(
                        engine.model().spec().name(),
                        engine.longest(),
                        load.running(),
                        load.waiting(),
                        (double) load.usedBlocks() / load.blocks()));
    }
}
