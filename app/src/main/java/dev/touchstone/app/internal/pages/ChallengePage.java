package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.PracticeEndpoints;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.http.Visitor;
import dev.touchstone.app.internal.practice.PastAttempt;
import dev.touchstone.app.internal.practice.PracticeDesk;
import dev.touchstone.app.internal.practice.Progress;
import dev.touchstone.arena.design.FleetDesign;
import dev.touchstone.arena.practice.Brief;
import dev.touchstone.arena.practice.Framework;
import dev.touchstone.arena.practice.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a challenge is about, before the clock runs, and the ways to work through one.
public final class ChallengePage {
    private final String assets;
    private final Templates templates;
    private final PracticeDesk desk;

    public ChallengePage(Kit kit, PracticeDesk desk) {
        this.assets = kit.assets();
        this.templates = kit.templates();
        this.desk = desk;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/challenges/{challenge}", this::challenge),
                Route.get("/frameworks/{framework}", this::framework));
    }

    /// What a challenge's page shows.
    ///
    /// @param open the attempt that is under way
    /// @param past finished attempts, newest first
    /// @param stuck what to read where attempts bring nothing
    public record View(
            String assets,
            Brief brief,
            Duration time,
            Optional<String> open,
            List<Past> past,
            List<Progress.Stuck> stuck,
            Framework framework) {
        public String kind() {
            return Words.of(brief.kind());
        }

        /// Whether a design for it can be run.
        public boolean runs() {
            return brief.id().equals(FleetDesign.CHALLENGE);
        }

        /// How many questions come first.
        public long questions() {
            return brief.form().stream().filter(section -> section.input().isQuestion()).count();
        }

        /// What is written after them, the budget as one.
        public List<String> fields() {
            return brief.form().stream()
                    .filter(section -> !section.input().isQuestion())
                    .map(section ->
                            section.input() == Brief.Input.BUDGET
                                    ? brief.budget().map(Brief.Budget::title).orElse("Budget")
                                    : section.title())
                    .distinct()
                    .toList();
        }
    }

    /// A finished attempt.
    public record Past(String id, Outcome outcome) {
        public String facts() {
            return outcome.attempted()
                    ? "%d of %d facts".formatted(outcome.found(), outcome.facts())
                    : "given up";
        }
    }

    /// What a framework's page shows.
    public record FrameworkView(String assets, Framework framework, List<Framework> all) {}

    private void challenge(Exchange exchange) {
        Brief brief = PracticeEndpoints.challenge(desk, exchange);
        String profile = Visitor.profile(exchange);
        List<PastAttempt> own =
                desk.attempts(profile).stream()
                        .filter(attempt -> attempt.item().equals(brief.item()))
                        .toList();
        var view =
                new View(
                        assets,
                        brief,
                        desk.limits().time(brief.kind()),
                        own.stream()
                                .filter(attempt -> attempt.outcome().isEmpty())
                                .map(PastAttempt::id)
                                .findFirst(),
                        own.stream()
                                .flatMap(attempt ->
                                        attempt.outcome().stream()
                                                .map(outcome -> new Past(attempt.id(), outcome)))
                                .toList(),
                        desk.progress(profile).stuck().stream()
                                .filter(stuck -> stuck.item().equals(brief.item()))
                                .toList(),
                        frameworkOf(brief));
        exchange.sendHtml(200, templates.render("challenge.jte", view));
    }

    private void framework(Exchange exchange) {
        String id = exchange.path("framework");
        Framework framework = find(id).orElseThrow(() -> Problem.unknown("framework", id));
        exchange.sendHtml(
                200,
                templates.render(
                        "framework.jte",
                        new FrameworkView(assets, framework, desk.practice().frameworks())));
    }

    private Framework frameworkOf(Brief brief) {
        return find(brief.kind() == Brief.Kind.DESIGN ? "design" : "debugging").orElseThrow();
    }

    private Optional<Framework> find(String id) {
        return desk.practice().frameworks().stream()
                .filter(framework -> framework.id().equals(id))
                .findFirst();
    }
}
