package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.http.Visitor;
import dev.touchstone.app.internal.practice.PracticeDesk;
import dev.touchstone.app.internal.practice.Recordings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Takes in and plays back what people say while they work on an attempt.
public final class RecordingEndpoints {
    private final PracticeDesk desk;
    private final Recordings recordings;

    public RecordingEndpoints(PracticeDesk desk, Recordings recordings) {
        this.desk = desk;
        this.recordings = recordings;
    }

    public List<Route> routes() {
        return List.of(
                Route.post("/attempts/{attempt}/recordings", this::keep),
                Route.get("/attempts/{attempt}/recordings/{file}", this::play));
    }

    private void keep(Exchange exchange) throws IOException {
        String type = exchange.header("Content-Type").orElse("");
        if (!type.startsWith("audio/webm")) {
            throw new Problem(
                    415,
                    "not-audio",
                    "Audio expected",
                    "send audio/webm, not '%s'".formatted(type));
        }
        try (var body = exchange.stream()) {
            exchange.sendJson(201, recordings.keep(own(exchange), body));
        }
    }

    private void play(Exchange exchange) throws IOException {
        String file = exchange.path("file");
        Path found =
                recordings
                        .find(own(exchange), file)
                        .orElseThrow(() -> Problem.unknown("recording", file));
        exchange.header("Cache-Control", "private, no-store");
        exchange.send(200, "audio/webm", Files.readAllBytes(found));
    }

    /// The attempt's id, once it is certain that it is the visitor's own.
    private String own(Exchange exchange) {
        return desk.sitting(Visitor.profile(exchange), exchange.path("attempt")).id();
    }
}
