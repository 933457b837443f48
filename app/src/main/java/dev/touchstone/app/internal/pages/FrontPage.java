package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.edge.Entropy;
import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.runs.Lease;
import dev.touchstone.app.internal.runs.RunStore;
import dev.touchstone.app.internal.runs.RunSummary;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.Observation.Phase;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// The front page: what there is to play, what is under way, what has been played.
public final class FrontPage {
    /// Older runs are found over the API.
    private static final int MAX_FINISHED = 30;

    private final String assets;
    private final Templates templates;
    private final RunStore runs;
    private final Entropy entropy;
    private final InstantSource clock;

    public FrontPage(
            String assets,
            Templates templates,
            RunStore runs,
            Entropy entropy,
            InstantSource clock) {
        this.assets = assets;
        this.templates = templates;
        this.runs = runs;
        this.entropy = entropy;
        this.clock = clock;
    }

    public List<Route> routes() {
        return List.of(Route.get("/", this::show), Route.post("/runs", this::start));
    }

    /// What the template shows.
    public record View(String assets, List<Card> incidents, List<Line> open, List<Line> finished) {}

    /// An incident to be played.
    ///
    /// @param best the highest score of its finished runs
    public record Card(Incident incident, int played, OptionalInt best) {}

    /// A run, under way or over.
    public record Line(RunSummary run, String title, String left) {}

    private void show(Exchange exchange) {
        List<RunSummary> all = runs.list();
        exchange.sendHtml(
                200,
                templates.render(
                        "front.jte",
                        new View(
                                assets,
                                runs.incidents().all().stream()
                                        .map(incident -> card(incident, all))
                                        .toList(),
                                all.stream()
                                        .filter(run -> run.phase() == Phase.OPEN)
                                        .map(this::line)
                                        .toList(),
                                all.stream()
                                        .filter(run -> run.phase() != Phase.OPEN)
                                        .limit(MAX_FINISHED)
                                        .map(this::line)
                                        .toList())));
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
        long seed = seedText.isEmpty() ? entropy.seed() : Forms.seed(seedText);
        try (Lease lease = runs.start(incident, seed, entropy.hex(3), clock.instant())) {
            exchange.goTo("/runs/" + lease.run().id());
        }
    }
}
