package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.http.ApiEndpoints;
import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.pages.RoomView.LogLine;
import dev.touchstone.app.internal.pages.RoomView.Notice;
import dev.touchstone.app.internal.runs.Lease;
import dev.touchstone.app.internal.runs.LiveRun;
import dev.touchstone.app.internal.runs.RunStore;
import dev.touchstone.app.internal.runs.Update;
import dev.touchstone.arena.Action;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.Observation;
import dev.touchstone.arena.Observation.Phase;
import dev.touchstone.arena.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The war room, where an incident is played.
public final class RoomPage {
    private final String assets;
    private final Templates templates;
    private final RunStore runs;

    public RoomPage(Kit kit, RunStore runs) {
        this.assets = kit.assets();
        this.templates = kit.templates();
        this.runs = runs;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/runs/{run}", this::show),
                Route.get("/runs/{run}/desk", this::desk),
                Route.post("/runs/{run}/actions", this::act),
                Route.post("/runs/{run}/play", this::play),
                Route.post("/runs/{run}/pause", this::pause));
    }

    /// What the charts start from.
    ///
    /// @param page the story's time at zero
    /// @param t seconds since the page
    @SuppressWarnings("ArrayRecordComponent") // only ever written as JSON
    record Boot(
            Instant page,
            double history,
            double clock,
            double now,
            List<BootPanel> panels,
            double[] t,
            Map<String, double[]> values) {}

    record BootPanel(String id, String unit, Optional<Double> limit, List<String> signals) {}

    private void show(Exchange exchange) {
        try (Lease lease = ApiEndpoints.lease(runs, exchange)) {
            exchange.sendHtml(200, templates.render("room.jte", view(lease.run(), Notice.NONE)));
        }
    }

    /// What may have changed beside the telemetry, for a page that learns that it is out of date.
    private void desk(Exchange exchange) {
        try (Lease lease = ApiEndpoints.lease(runs, exchange)) {
            exchange.sendHtml(200, templates.render("desk.jte", view(lease.run(), Notice.NONE)));
        }
    }

    private void act(Exchange exchange) {
        try (Lease lease = ApiEndpoints.lease(runs, exchange)) {
            LiveRun run = lease.run();
            Action action = Forms.action(exchange.form(), run.incident());
            switch (run.act(action)) {
                case Outcome.Refused refused -> throw Problem.of(refused);
                case Outcome.Done _ when action instanceof Action.Declare ->
                        exchange.goTo("/runs/" + run.id() + "/report");
                case Outcome.Done done -> answer(exchange, run, notice(action, done));
            }
        }
    }

    private static Notice notice(Action action, Outcome.Done done) {
        return action instanceof Action.Wait
                ? Notice.NONE
                : new Notice(done.text().isEmpty() ? "Done." : done.text(), false);
    }

    private void play(Exchange exchange) {
        try (Lease lease = ApiEndpoints.lease(runs, exchange)) {
            String text = Forms.text(exchange.form(), "speed");
            int speed =
                    LiveRun.SPEEDS.stream()
                            .filter(offered -> offered.toString().equals(text))
                            .findFirst()
                            .orElseThrow(() ->
                                    Problem.badField(
                                            "speed",
                                            "must be one of %s, not '%s'"
                                                    .formatted(LiveRun.SPEEDS, text)));
            lease.run().play(speed);
            answer(exchange, lease.run(), Notice.NONE);
        }
    }

    private void pause(Exchange exchange) {
        try (Lease lease = ApiEndpoints.lease(runs, exchange)) {
            lease.run().pause();
            answer(exchange, lease.run(), Notice.NONE);
        }
    }

    private void answer(Exchange exchange, LiveRun run, Notice notice) {
        if (exchange.fromHtmx()) {
            exchange.sendHtml(200, templates.render("desk.jte", view(run, notice)));
        } else {
            exchange.goTo("/runs/" + run.id());
        }
    }

    private RoomView view(LiveRun run, Notice notice) {
        Incident incident = run.incident();
        Update update = run.update(-RoomView.seconds(incident.history()));
        Observation now = update.observation();
        List<LogLine> log = RoomView.log(incident, now);
        return new RoomView(
                assets,
                run.id().value(),
                incident,
                run.seed(),
                now,
                update.playing(),
                update.speed(),
                log,
                now.log().stream()
                        .map(Observation.LogEntry::action)
                        .filter(Action.Probe.class::isInstance)
                        .map(action -> ((Action.Probe) action).probe())
                        .collect(Collectors.toSet()),
                Json.text(
                        new RoomView.State(
                                update.revision(),
                                now.phase(),
                                now.cited(),
                                RoomView.marks(incident, now))),
                Json.inScript(boot(incident, update)),
                now.phase() == Phase.TIMED_OUT && notice.text().isEmpty()
                        ? new Notice("The clock has run out. The report is ready.", false)
                        : notice);
    }

    private static Boot boot(Incident incident, Update update) {
        return new Boot(
                incident.page(),
                RoomView.seconds(incident.history()),
                RoomView.seconds(incident.clock()),
                RoomView.seconds(update.observation().now()),
                incident.panels().stream()
                        .map(panel ->
                                new BootPanel(
                                        panel.id(),
                                        panel.unit(),
                                        panel.limit(),
                                        panel.lines().stream().map(Incident.Line::signal).toList()))
                        .toList(),
                update.frame().timesSeconds(),
                update.frame().values());
    }
}
