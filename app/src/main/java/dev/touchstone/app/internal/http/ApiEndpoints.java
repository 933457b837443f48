package dev.touchstone.app.internal.http;

import dev.touchstone.app.internal.edge.Entropy;
import dev.touchstone.app.internal.runs.Lease;
import dev.touchstone.app.internal.runs.LiveRun;
import dev.touchstone.app.internal.runs.RunException;
import dev.touchstone.app.internal.runs.RunId;
import dev.touchstone.app.internal.runs.RunStore;
import dev.touchstone.arena.Action;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.IncidentCatalog;
import dev.touchstone.arena.Observation;
import dev.touchstone.arena.Outcome;
import dev.touchstone.arena.Report;
import dev.touchstone.arena.RunRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// The JSON API, as `openapi.json` describes it.
public final class ApiEndpoints {
    private static final String OPENAPI = "/dev/touchstone/app/openapi.json";

    private final RunStore runs;
    private final InstantSource clock;
    private final Entropy entropy;
    private final Metrics metrics;
    private final Assets assets;

    public ApiEndpoints(
            RunStore runs, InstantSource clock, Entropy entropy, Metrics metrics, Assets assets) {
        this.runs = runs;
        this.clock = clock;
        this.entropy = entropy;
        this.metrics = metrics;
        this.assets = assets;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/health", ApiEndpoints::health),
                Route.get("/metrics", metrics::serve),
                Route.get("/openapi.json", ApiEndpoints::openApi),
                Route.get("/schemas/incident.json", ApiEndpoints::incidentSchema),
                Route.get("/assets/{version}/{name}", assets::serve),
                Route.get("/api/incidents", this::incidents),
                Route.get("/api/incidents/{incident}", this::incident),
                Route.get("/api/runs", this::list),
                Route.post("/api/runs", this::start),
                Route.post("/api/import", this::bringIn),
                Route.get("/api/runs/{run}", this::show),
                Route.post("/api/runs/{run}/actions", this::act),
                Route.post("/api/runs/{run}/advance", this::advance),
                Route.post("/api/runs/{run}/play", this::play),
                Route.post("/api/runs/{run}/pause", this::pause),
                Route.get("/api/runs/{run}/series", this::series),
                Route.get("/api/runs/{run}/events", this::events),
                Route.get("/api/runs/{run}/report", this::report),
                Route.get("/api/runs/{run}/record", this::record));
    }

    /// What starts a run.
    ///
    /// @param seed drawn when there is none
    record Start(String incident, Optional<Long> seed) {}

    record Advance(Duration duration) {}

    record Play(int speed) {}

    record Health(String status) {}

    /// An incident in a list.
    record IncidentLine(String id, String title, String summary, Duration clock) {}

    /// A run as its player knows it.
    record RunView(
            RunId run,
            String incident,
            long seed,
            Instant created,
            boolean playing,
            int speed,
            Observation observation) {}

    /// The run an exchange's path names, kept in memory until the lease is closed.
    public static Lease lease(RunStore runs, Exchange exchange) {
        String name = exchange.path("run");
        return runs.open(
                RunId.parse(name)
                        .orElseThrow(() ->
                                new RunException(
                                        RunException.Kind.UNKNOWN,
                                        "there is no run '%s'".formatted(name))));
    }

    private static void health(Exchange exchange) {
        exchange.sendJson(200, new Health("up"));
    }

    private static void openApi(Exchange exchange) {
        exchange.send(200, "application/json", openApi());
    }

    private static void incidentSchema(Exchange exchange) {
        exchange.send(
                200,
                "application/schema+json",
                IncidentCatalog.schema().getBytes(StandardCharsets.UTF_8));
    }

    /// The API's description.
    public static byte[] openApi() {
        try (InputStream in = ApiEndpoints.class.getResourceAsStream(OPENAPI)) {
            if (in == null) {
                throw new IllegalStateException(OPENAPI + " is not on the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + OPENAPI, e);
        }
    }

    private void incidents(Exchange exchange) {
        exchange.sendJson(
                200,
                runs.incidents().all().stream()
                        .map(incident ->
                                new IncidentLine(
                                        incident.id(),
                                        incident.title(),
                                        incident.summary(),
                                        incident.clock()))
                        .toList());
    }

    private void incident(Exchange exchange) {
        exchange.sendJson(200, incident(exchange.path("incident")));
    }

    private Incident incident(String id) {
        return runs.incidents().find(id).orElseThrow(() -> Problem.unknown("incident", id));
    }

    private void list(Exchange exchange) {
        exchange.sendJson(200, runs.list());
    }

    private void start(Exchange exchange) {
        Start start = exchange.json(Start.class);
        Incident incident = incident(start.incident());
        long seed = start.seed().orElseGet(entropy::seed);
        try (Lease lease = runs.start(incident, seed, entropy.hex(3), clock.instant())) {
            created(exchange, lease.run());
        }
    }

    private void bringIn(Exchange exchange) {
        RunRecord record = exchange.json(RunRecord.class);
        Incident incident = incident(record.incident());
        try (Lease lease = runs.bringIn(incident, record, entropy.hex(3), clock.instant())) {
            created(exchange, lease.run());
        }
    }

    private static void created(Exchange exchange, LiveRun run) {
        exchange.header("Location", "/api/runs/" + run.id());
        exchange.sendJson(201, view(run));
    }

    private void show(Exchange exchange) {
        try (Lease lease = lease(runs, exchange)) {
            exchange.sendJson(200, view(lease.run()));
        }
    }

    private void act(Exchange exchange) {
        Action action = exchange.json(Action.class);
        try (Lease lease = lease(runs, exchange)) {
            exchange.sendJson(200, done(lease.run().act(action)));
        }
    }

    private void advance(Exchange exchange) {
        Advance advance = exchange.json(Advance.class);
        try (Lease lease = lease(runs, exchange)) {
            done(lease.run().act(new Action.Wait(advance.duration())));
            exchange.sendJson(200, view(lease.run()));
        }
    }

    private static Outcome.Done done(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done done -> done;
            case Outcome.Refused refused -> throw Problem.of(refused);
        };
    }

    private void play(Exchange exchange) {
        int speed = exchange.json(Play.class).speed();
        if (!LiveRun.SPEEDS.contains(speed)) {
            throw Problem.badField(
                    "speed", "must be one of %s, not %d".formatted(LiveRun.SPEEDS, speed));
        }
        try (Lease lease = lease(runs, exchange)) {
            if (!lease.run().play(speed)) {
                throw new Problem(
                        409, "run-ended", "The run is over", "a run that is over does not play");
            }
            exchange.sendJson(200, view(lease.run()));
        }
    }

    private void pause(Exchange exchange) {
        try (Lease lease = lease(runs, exchange)) {
            lease.run().pause();
            exchange.sendJson(200, view(lease.run()));
        }
    }

    private void series(Exchange exchange) {
        try (Lease lease = lease(runs, exchange)) {
            double from =
                    exchange.query("from")
                            .map(text -> Numbers.seconds("from", text))
                            .orElse(-(double) lease.run().incident().history().toSeconds());
            exchange.sendJson(200, lease.run().frame(from));
        }
    }

    private void events(Exchange exchange) throws InterruptedException {
        Optional<Double> from = EventStream.from(exchange);
        EventStream.serve(exchange, from, lease(runs, exchange));
    }

    private void report(Exchange exchange) {
        try (Lease lease = lease(runs, exchange)) {
            exchange.sendJson(200, report(lease.run()));
        }
    }

    /// The grade of a run that is over.
    ///
    /// @throws Problem 409 while it is open
    public static Report report(LiveRun run) {
        return run.report()
                .orElseThrow(() ->
                        new Problem(
                                409,
                                "run-open",
                                "The run is not over",
                                "declare the cause or let the clock run out; then there is a"
                                        + " report"));
    }

    private void record(Exchange exchange) {
        try (Lease lease = lease(runs, exchange)) {
            exchange.header(
                    "Content-Disposition",
                    "attachment; filename=\"%s.json\"".formatted(lease.run().id()));
            exchange.sendJson(200, lease.run().record());
        }
    }

    private static RunView view(LiveRun run) {
        return new RunView(
                run.id(),
                run.incident().id(),
                run.seed(),
                run.created(),
                run.playing(),
                run.speed(),
                run.observe());
    }
}
