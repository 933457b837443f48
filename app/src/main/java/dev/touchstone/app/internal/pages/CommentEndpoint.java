package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.http.Visitor;
import dev.touchstone.app.internal.practice.Commentator;
import dev.touchstone.app.internal.practice.PracticeDesk;
import dev.touchstone.app.internal.practice.Sitting;
import java.util.List;
import java.util.Optional;

/// Asks a language model for comments on an attempt, where one is configured.
public final class CommentEndpoint {
    private final PracticeDesk desk;
    private final Optional<Commentator> commentator;

    public CommentEndpoint(PracticeDesk desk, Optional<Commentator> commentator) {
        this.desk = desk;
        this.commentator = commentator;
    }

    public List<Route> routes() {
        return List.of(Route.post("/attempts/{attempt}/comments", this::comment));
    }

    private void comment(Exchange exchange) {
        Sitting sitting = desk.sitting(Visitor.profile(exchange), exchange.path("attempt"));
        commentator
                .orElseThrow(() ->
                        new Problem(
                                409,
                                "no-model",
                                "No language model is configured",
                                "start with --comments-url and --comments-model to have one asked"))
                .comment(sitting);
        exchange.goTo("/attempts/%s#comments".formatted(sitting.id()));
    }
}
