package dev.touchstone.app.internal.http;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.runs.Lease;
import dev.touchstone.app.internal.runs.LiveRun;
import dev.touchstone.app.internal.runs.Update;
import dev.touchstone.arena.Observation;
import io.helidon.http.Method;
import io.helidon.http.sse.SseEvent;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// Tells a viewer of a run what changes, as server-sent events: first where the run stands with all
/// telemetry since the time it names, then only what is new, at most once a beat.
final class EventStream {
    /// Often enough for a proxy not to hang up, and to notice that a viewer has gone.
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

    private static final double MILLIS_PER_SECOND = 1000;

    private EventStream() {}

    /// @param t seconds since the page of the points that follow; they replace what the viewer has
    ///   from the first of them on, since the newest window may still fill
    /// @param values by signal id, one a time
    @SuppressWarnings("ArrayRecordComponent") // only ever written as JSON
    record Event(
            double now,
            double left,
            double harm,
            Observation.Phase phase,
            boolean playing,
            int speed,
            int revision,
            double[] t,
            Map<String, double[]> values) {

        static Event of(Update update) {
            Observation now = update.observation();
            return new Event(
                    now.now().toMillis() / MILLIS_PER_SECOND,
                    now.left().toMillis() / MILLIS_PER_SECOND,
                    now.harm(),
                    now.phase(),
                    update.playing(),
                    update.speed(),
                    update.revision(),
                    update.frame().timesSeconds(),
                    update.frame().values());
        }
    }

    /// Streams until the viewer goes or the run is dropped from memory; a browser then asks again.
    ///
    /// @param asked seconds since the page from which on points are wanted
    /// @param lease given back at once: being looked at keeps no run in memory, or eight forgotten
    ///   tabs would keep out the ninth
    static void serve(Exchange exchange, Optional<Double> asked, Lease lease)
            throws InterruptedException {
        LiveRun run = lease.run();
        run.watch();
        lease.close();
        if (exchange.method().equals(Method.HEAD)) {
            exchange.sendEmpty(200);
            return;
        }
        try (var sink = exchange.events()) {
            double from = asked.orElse(-run.incident().history().toMillis() / MILLIS_PER_SECOND);
            boolean open = true;
            long seen = -1;
            while (open) {
                Update update = run.update(from);
                if (update.publication() == seen) {
                    sink.emit(
                            SseEvent.builder()
                                    .comment("still here")
                                    .data(SseEvent.NO_DATA)
                                    .build());
                } else {
                    from = update.frame().newest(from);
                    seen = update.publication();
                    sink.emit(
                            SseEvent.builder()
                                    .id(Double.toString(from))
                                    .name("update")
                                    .data(Json.text(Event.of(update)))
                                    .build());
                }
                open = run.await(seen, KEEP_ALIVE);
            }
        } catch (UncheckedIOException _) {
            // The viewer has gone.
        } finally {
            run.unwatch();
        }
    }

    /// A browser that reconnects says what it had; a new one asks for a start.
    static Optional<Double> from(Exchange exchange) {
        return exchange.header("Last-Event-ID")
                .or(() -> exchange.query("from"))
                .map(text -> Numbers.seconds("from", text));
    }
}
