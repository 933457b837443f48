package dev.touchstone.app.internal.http;

import dev.touchstone.app.internal.practice.MoveResult;
import dev.touchstone.app.internal.practice.PracticeDesk;
import dev.touchstone.arena.practice.Brief;
import dev.touchstone.arena.practice.Decision;
import dev.touchstone.arena.practice.Item;
import dev.touchstone.arena.practice.Move;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The practice arena over JSON, as `openapi.json` describes it. Whose practice it is, the query's
/// `profile` says; else the cookie of the pages, else the default profile.
public final class PracticeEndpoints {
    private static final int MAX_IMPORT_BYTES = 16 * 1024 * 1024;

    private final PracticeDesk desk;

    public PracticeEndpoints(PracticeDesk desk) {
        this.desk = desk;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/api/challenges", this::challenges),
                Route.get("/api/challenges/{challenge}", this::challenge),
                Route.get("/api/cards", this::cards),
                Route.get("/api/errata", this::errata),
                Route.get("/api/frameworks", this::frameworks),
                Route.get("/api/due", this::due),
                Route.get("/api/progress", this::progress),
                Route.get("/api/profiles", this::profiles),
                Route.post("/api/profiles", this::createProfile),
                Route.get("/api/attempts", this::attempts),
                Route.post("/api/attempts", this::start),
                Route.get("/api/attempts/{attempt}", this::attempt),
                Route.post("/api/attempts/{attempt}/moves", this::move),
                Route.get("/api/practice/export", this::export),
                Route.post("/api/practice/import", this::bringIn));
    }

    /// What starts an attempt.
    record Start(Item item) {}

    record NewProfile(String name) {}

    /// What an import came to.
    record Imported(int attempts) {}

    /// A challenge in a list.
    record ChallengeLine(
            String id,
            String kind,
            String title,
            String summary,
            Duration time,
            Optional<String> live) {}

    /// Whose practice a request is about.
    static String profile(Exchange exchange) {
        return exchange.query("profile")
                .filter(id -> !id.isBlank())
                .orElseGet(() -> Visitor.profile(exchange));
    }

    private void challenges(Exchange exchange) {
        exchange.sendJson(
                200,
                desk.practice().challenges().stream()
                        .map(brief ->
                                new ChallengeLine(
                                        brief.id(),
                                        brief.kind().word(),
                                        brief.title(),
                                        brief.summary(),
                                        desk.limits().time(brief.kind()),
                                        brief.live()))
                        .toList());
    }

    private void challenge(Exchange exchange) {
        exchange.sendJson(200, challenge(desk, exchange));
    }

    /// The challenge that a path names.
    ///
    /// @throws Problem 404 when there is none
    public static Brief challenge(PracticeDesk desk, Exchange exchange) {
        String id = exchange.path("challenge");
        return desk.practice().challenge(id).orElseThrow(() -> Problem.unknown("challenge", id));
    }

    private void cards(Exchange exchange) {
        exchange.sendJson(200, desk.practice().cards());
    }

    private void errata(Exchange exchange) {
        exchange.sendJson(200, desk.practice().errata());
    }

    private void frameworks(Exchange exchange) {
        exchange.sendJson(200, desk.practice().frameworks());
    }

    private void due(Exchange exchange) {
        exchange.sendJson(200, desk.due(profile(exchange), PracticeDesk.NEW_ITEMS));
    }

    private void progress(Exchange exchange) {
        exchange.sendJson(200, desk.progress(profile(exchange)));
    }

    private void profiles(Exchange exchange) {
        exchange.sendJson(200, desk.profiles());
    }

    private void createProfile(Exchange exchange) {
        exchange.sendJson(201, desk.createProfile(exchange.json(NewProfile.class).name()));
    }

    private void attempts(Exchange exchange) {
        exchange.sendJson(200, desk.attempts(profile(exchange)));
    }

    private void start(Exchange exchange) {
        Item item = exchange.json(Start.class).item();
        var sitting = desk.start(profile(exchange), item);
        exchange.header("Location", "/api/attempts/" + sitting.id());
        exchange.sendJson(201, AttemptDocument.of(sitting));
    }

    private void attempt(Exchange exchange) {
        exchange.sendJson(
                200, AttemptDocument.of(desk.sitting(profile(exchange), exchange.path("attempt"))));
    }

    private void move(Exchange exchange) {
        Move move = exchange.json(Move.class);
        if (move instanceof Move.TryDesign) {
            throw Problem.of(
                    Decision.Kind.MALFORMED,
                    "a design is kept when it has been run here; POST /api/attempts/%s/designs runs one"
                            .formatted(exchange.path("attempt")));
        }
        switch (desk.move(profile(exchange), exchange.path("attempt"), move)) {
            case MoveResult.Accepted(var sitting) ->
                    exchange.sendJson(200, AttemptDocument.of(sitting));
            case MoveResult.Refused(var kind, String reason, _) -> throw Problem.of(kind, reason);
        }
    }

    private void export(Exchange exchange) {
        exchange.send(200, "application/json", desk.export(profile(exchange)));
    }

    private void bringIn(Exchange exchange) {
        byte[] document = exchange.body(MAX_IMPORT_BYTES);
        exchange.sendJson(200, new Imported(desk.importInto(profile(exchange), document)));
    }
}
