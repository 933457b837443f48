package dev.touchstone.app.internal.http;

import dev.touchstone.guardrails.Timeline;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;

/// What has changed here, and when.
public final class TimelineEndpoints {
    private static final int USUAL = 100;
    private static final int MOST = 1_000;

    private final Timeline timeline;
    private final InstantSource clock;

    public TimelineEndpoints(Timeline timeline, InstantSource clock) {
        this.timeline = timeline;
        this.clock = clock;
    }

    public List<Route> routes() {
        return List.of(Route.get("/api/timeline", this::changes));
    }

    /// Changes, the latest first.
    record Changes(List<Line> changes) {}

    /// A change, as [Timeline.Change] has it.
    record Line(Instant at, String kind, String target, String summary, String actor) {
        static Line of(Timeline.Change change) {
            return new Line(
                    change.at(),
                    change.kind().name().toLowerCase(Locale.ROOT),
                    change.target(),
                    change.summary(),
                    change.actor());
        }
    }

    private void changes(Exchange exchange) {
        long limit = Numbers.whole("limit", exchange.query("limit").orElse("" + USUAL));
        if (limit < 1 || limit > MOST) {
            throw Problem.badField("limit", "ask for 1 to %d, got %d".formatted(MOST, limit));
        }
        // What happens in this very instant has happened.
        Instant until =
                exchange.query("before")
                        .map(TimelineEndpoints::time)
                        .orElse(clock.instant().plusNanos(1));
        exchange.sendJson(
                200,
                new Changes(timeline.before(until, (int) limit).stream().map(Line::of).toList()));
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw Problem.badField(
                    "before", "'%s' is no time such as 2026-03-04T12:00:00Z".formatted(text));
        }
    }
}
