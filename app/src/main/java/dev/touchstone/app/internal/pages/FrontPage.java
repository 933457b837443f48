package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.edge.Entropy;
import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Numbers;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.http.Visitor;
import dev.touchstone.app.internal.practice.Due;
import dev.touchstone.app.internal.practice.PastAttempt;
import dev.touchstone.app.internal.practice.PracticeDesk;
import dev.touchstone.app.internal.runs.Lease;
import dev.touchstone.app.internal.runs.RunStore;
import dev.touchstone.app.internal.runs.RunSummary;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.Observation.Phase;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// The front page: what is due today, what is under way, and all there is to practise.
public final class FrontPage {
    /// Older runs are found over the API.
    private static final int MAX_FINISHED = 30;

    private static final int MAX_UNDER_WAY = 8;

    private final String assets;
    private final Templates templates;
    private final RunStore runs;
    private final PracticeDesk desk;
    private final Entropy entropy;
    private final InstantSource clock;

    public FrontPage(Kit kit, RunStore runs, PracticeDesk desk, Entropy entropy) {
        this.assets = kit.assets();
        this.templates = kit.templates();
        this.runs = runs;
        this.desk = desk;
        this.entropy = entropy;
        this.clock = kit.clock();
    }

    public List<Route> routes() {
        return List.of(Route.get("/", this::show), Route.post("/runs", this::start));
    }

    /// What the template shows.
    ///
    /// @param attempts attempts under way
    /// @param open incident runs under way
    /// @param finished incident runs that are over
    public record View(
            String assets,
            Agenda agenda,
            List<PastAttempt> attempts,
            List<Card> incidents,
            List<Shelf> shelves,
            List<Line> open,
            List<Line> finished,
            String profile) {}

    /// An incident to be played.
    ///
    /// @param best the highest score of its finished runs
    public record Card(Incident incident, int played, OptionalInt best) {}

    /// A run, under way or over.
    public record Line(RunSummary run, String title, String left) {}

    private void show(Exchange exchange) {
        String profile = Visitor.profile(exchange);
        List<RunSummary> all = runs.list();
        List<Due> schedule = desk.schedule(profile);
        List<PastAttempt> attempts = desk.attempts(profile);
        var view =
                new View(
                        assets,
                        Agenda.of(desk.due(profile, PracticeDesk.NEW_ITEMS), attempts),
                        attempts.stream()
                                .filter(attempt -> attempt.outcome().isEmpty())
                                .limit(MAX_UNDER_WAY)
                                .toList(),
                        runs.incidents().all().stream()
                                .map(incident -> card(incident, all))
                                .toList(),
                        Shelf.all(desk.practice(), schedule, attempts, clock.instant()),
                        all.stream()
                                .filter(run -> run.phase() == Phase.OPEN)
                                .map(this::line)
                                .toList(),
                        all.stream()
                                .filter(run -> run.phase() != Phase.OPEN)
                                .limit(MAX_FINISHED)
                                .map(this::line)
                                .toList(),
                        profile);
        exchange.sendHtml(200, templates.render("front.jte", view));
    }

    private static Card card(Incident incident, List<RunSummary> all) {
        List<RunSummary> played =
                all.stream().filter(run -> run.incident().equals(incident.id())).toList();
        return new Card(
                incident,
                played.size(),
                played.stream().flatMapToInt(run -> run.score().stream()).max());
    }

    private Line line(RunSummary run) {
        return runs.incidents()
                .find(run.incident())
                .map(incident ->
                        new Line(
                                run,
                                incident.title(),
                                Format.minutes(incident.clock().minus(run.at()))))
                .orElseGet(() -> new Line(run, "not in this version", "?"));
    }

    private void start(Exchange exchange) {
        Map<String, List<String>> form = exchange.form();
        String id = Forms.text(form, "incident");
        Incident incident =
                runs.incidents().find(id).orElseThrow(() -> Problem.unknown("incident", id));
        String seedText = Forms.text(form, "seed").strip();
        long seed = seedText.isEmpty() ? entropy.seed() : Numbers.whole("seed", seedText);
        try (Lease lease = runs.start(incident, seed, entropy.hex(3), clock.instant())) {
            exchange.goTo("/runs/" + lease.run().id());
        }
    }
}
