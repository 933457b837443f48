package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.llm.LiveEngine;
import dev.touchstone.app.internal.llm.ModelHost;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A page to chat on. The conversation is in the browser alone; the page speaks to the same
/// endpoint as everybody else.
public final class ChatPage {
    private final Kit kit;
    private final Answering answering;
    private final boolean alone;

    /// @param alone whether the server has no other page
    public ChatPage(Kit kit, Answering answering, boolean alone) {
        this.kit = kit;
        this.answering = answering;
        this.alone = alone;
    }

    /// The page of a model on this machine.
    public static ChatPage of(Kit kit, ModelHost host, boolean alone) {
        return new ChatPage(kit, new OnThisMachine(host), alone);
    }

    public List<Route> routes() {
        return List.of(Route.get("/chat", this::page), Route.get("/chat/status", this::status));
    }

    /// Who answers on the page.
    public interface Answering {
        /// Which model it is, and what may be expected of it.
        String about();

        /// Whether it keeps accounts of what a conversation has used.
        boolean keepsAccounts();

        /// How things stand.
        ///
        /// @throws IOException when the model cannot be opened
        Status status() throws IOException;
    }

    /// What the page shows before anything is asked.
    ///
    /// @param about which model answers, and what may be expected of it
    /// @param accounts whether the page shows what the conversation has used
    public record View(String assets, boolean alone, String about, boolean accounts) {}

    /// How things stand.
    ///
    /// @param model what it is called by; empty to ask `/v1/models`
    /// @param context most tokens of a conversation, where that is known
    /// @param kv share of the cache in use
    public record Status(
            Optional<String> model,
            Optional<Integer> context,
            int running,
            int waiting,
            double kv) {}

    private record OnThisMachine(ModelHost host) implements Answering {
        @Override
        public String about() {
            return host.about();
        }

        @Override
        public boolean keepsAccounts() {
            return true;
        }

        @Override
        public Status status() throws IOException {
            // Whoever opens the page is about to ask, so the model is opened meanwhile.
            LiveEngine engine = host.engine();
            LiveEngine.Load load = engine.load();
            return new Status(
                    Optional.of(engine.model().spec().name()),
                    Optional.of(engine.longest()),
                    load.running(),
                    load.waiting(),
                    (double) load.usedBlocks() / load.blocks());
        }
    }

    private void page(Exchange exchange) {
        var view = new View(kit.assets(), alone, answering.about(), answering.keepsAccounts());
        exchange.sendHtml(200, kit.templates().render("chat.jte", view));
    }

    private void status(Exchange exchange) throws IOException {
        exchange.sendJson(200, answering.status());
    }
}
