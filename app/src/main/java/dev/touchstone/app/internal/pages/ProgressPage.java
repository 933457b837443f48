package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.http.Visitor;
import dev.touchstone.app.internal.practice.Due;
import dev.touchstone.app.internal.practice.PastAttempt;
import dev.touchstone.app.internal.practice.PracticeDesk;
import dev.touchstone.app.internal.practice.PracticeException;
import dev.touchstone.app.internal.practice.Profile;
import dev.touchstone.app.internal.practice.Progress;
import dev.touchstone.arena.practice.Item;
import dev.touchstone.arena.practice.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// How somebody is doing over weeks: grades against evidence, levels by dimension, what is due
/// when, and who is practising.
public final class ProgressPage {
    private static final int MAX_ATTEMPTS = 40;
    private static final int MAX_SCHEDULE = 30;

    private final String assets;
    private final Templates templates;
    private final PracticeDesk desk;

    public ProgressPage(Kit kit, PracticeDesk desk) {
        this.assets = kit.assets();
        this.templates = kit.templates();
        this.desk = desk;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/progress", this::show),
                Route.post("/profile", this::profile),
                Route.get("/progress/export", this::export));
    }

    /// What the page shows.
    ///
    /// @param said what was wrong with the last thing that was asked for
    public record View(
            String assets,
            Progress progress,
            List<PastAttempt> attempts,
            List<Due> schedule,
            List<Profile> profiles,
            String profile,
            Optional<String> said) {
        public List<Item.Kind> kinds() {
            return List.of(Item.Kind.values());
        }

        public int count(Item.Kind kind) {
            return progress.counts().getOrDefault(kind, 0);
        }

        /// One's own grade and the evidence, attempt by attempt.
        public String calibrationChart() {
            List<Progress.Calibration> points = progress.calibration();
            List<Double> at = points.stream().map(point -> days(point.at())).toList();
            return new LineChart(
                            "Your own grade and the evidence over time, 0 none to 4 principal",
                            "level",
                            List.of(
                                    new LineChart.Line(
                                            "you said",
                                            at,
                                            points.stream()
                                                    .map(Progress.Calibration::self)
                                                    .toList()),
                                    new LineChart.Line(
                                            "evidence",
                                            at,
                                            points.stream()
                                                    .map(Progress.Calibration::evidence)
                                                    .toList())),
                            List.of(0.0, 4.0),
                            List.of(),
                            x -> Format.day(points.getFirst().at().plus(span(x))))
                    .svg();
        }

        private double days(Instant at) {
            Duration since = Duration.between(progress.calibration().getFirst().at(), at);
            return since.toSeconds() / (double) Duration.ofDays(1).toSeconds();
        }

        private static Duration span(double days) {
            return Duration.ofSeconds(Math.round(days * Duration.ofDays(1).toSeconds()));
        }

        /// By how many columns one grades oneself too high, on average; negative for too low.
        public String bias() {
            double gap =
                    progress.calibration().stream()
                            .mapToDouble(point -> point.self() - point.evidence())
                            .average()
                            .orElse(0);
            String size = Format.points(Math.round(10 * Math.abs(gap)) / 10.0);
            return Math.abs(gap) < 0.25
                    ? "Your own grades agree with the evidence."
                    : "You grade yourself %s %s too %s."
                            .formatted(
                                    size,
                                    size.equals("1") ? "column" : "columns",
                                    gap > 0 ? "high" : "low");
        }

        public int certainty() {
            return progress.certainty().stream().mapToInt(Progress.Certainty::points).sum();
        }

        public String letter(Level level) {
            return level == Level.NONE
                    ? "·"
                    : level.word().substring(0, 1).toUpperCase(Locale.ROOT);
        }
    }

    private void show(Exchange exchange) {
        exchange.sendHtml(200, render(Visitor.profile(exchange), Optional.empty()));
    }

    private String render(String profile, Optional<String> said) {
        return templates.render(
                "progress.jte",
                new View(
                        assets,
                        desk.progress(profile),
                        desk.attempts(profile).stream().limit(MAX_ATTEMPTS).toList(),
                        desk.schedule(profile).stream().limit(MAX_SCHEDULE).toList(),
                        desk.profiles(),
                        profile,
                        said));
    }

    /// Changes to another profile, or makes one.
    private void profile(Exchange exchange) {
        Map<String, List<String>> form = exchange.form();
        String name = Forms.text(form, "name").strip();
        String id = Forms.text(form, "profile");
        try {
            if (!name.isEmpty()) {
                id = desk.createProfile(name).id();
            } else if (!isProfile(id)) {
                throw Problem.unknown("profile", id);
            }
        } catch (PracticeException e) {
            exchange.sendHtml(
                    422,
                    render(Visitor.profile(exchange), Optional.of(String.valueOf(e.getMessage()))));
            return;
        }
        Visitor.remember(exchange, id);
        exchange.goTo("/progress");
    }

    private boolean isProfile(String id) {
        return desk.profiles().stream().anyMatch(profile -> profile.id().equals(id));
    }

    private void export(Exchange exchange) {
        String profile = Visitor.profile(exchange);
        exchange.header(
                "Content-Disposition",
                "attachment; filename=\"touchstone-%s.json\"".formatted(profile));
        exchange.send(200, "application/json", desk.export(profile));
    }
}
