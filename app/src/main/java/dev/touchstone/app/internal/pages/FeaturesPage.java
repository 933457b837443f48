package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.features.FeatureLineage;
import dev.touchstone.app.internal.features.FeatureService;
import dev.touchstone.app.internal.features.FeatureStatus;
import dev.touchstone.app.internal.features.FeatureStatusEndpoints;
import dev.touchstone.app.internal.features.WhyValue;
import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.features.Times;
import dev.touchstone.guardrails.Timeline;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The feature store that is served: what is in it, how fresh, what its sources gave, whether
/// training sees what was served, what has changed, and why an entity got its values.
public final class FeaturesPage {
    private static final int EXAMPLES = 8;
    private static final int CHANGES = 20;

    private final String assets;
    private final Templates templates;
    private final InstantSource clock;
    private final Optional<FeatureService> service;
    private final Timeline timeline;

    /// @param service the store, if there is one
    public FeaturesPage(Kit kit, Optional<FeatureService> service, Timeline timeline) {
        this.assets = kit.assets();
        this.templates = kit.templates();
        this.clock = kit.clock();
        this.service = service;
        this.timeline = timeline;
    }

    public List<Route> routes() {
        return List.of(Route.get("/features", this::show));
    }

    /// What the page shows.
    ///
    /// @param store empty when nothing is served
    public record View(String assets, Optional<Store> store) {}

    /// A store.
    ///
    /// @param lineage what comes from what, as a picture, and `uses` in words
    /// @param watch what is replayed all the time
    /// @param replay what was replayed just now, if that was asked for
    /// @param changes the latest first
    public record Store(
            FeatureStatus.Views views,
            Map<String, FeatureStatus.Source> sources,
            LineageGraph lineage,
            FeatureLineage uses,
            FeatureStatus.Parity watch,
            ShareChart chart,
            Optional<FeatureStatus.Parity> replay,
            List<Change> changes,
            Why why) {
        /// How many views whose events are within their SLA, of those that have events.
        public long fresh() {
            return timed().stream().filter(FeatureStatus.View::fresh).count();
        }

        /// The views whose rows are kept.
        public List<FeatureStatus.View> timed() {
            return views.views().stream().filter(view -> !view.computed()).toList();
        }

        /// How much the sources gave that is in quarantine.
        public long quarantined() {
            return sources.values().stream()
                    .mapToLong(source -> source.malformed() + source.schema())
                    .sum();
        }
    }

    /// A change, for people.
    ///
    /// @param time for machines, `at` for people
    public record Change(String time, String at, String kind, String target, String summary) {}

    /// The question why an entity got its values, and the answer.
    ///
    /// @param said what was wrong with the question, or what is served; empty when nobody asked
    /// @param more how many rows were considered beside those shown
    public record Why(
            String view, String key, String at, String said, List<WhyValue.Line> rows, int more) {}

    private void show(Exchange exchange) throws IOException {
        Optional<Store> store = Optional.empty();
        if (service.isPresent()) {
            store = Optional.of(store(service.get(), exchange));
        }
        exchange.sendHtml(200, templates.render("features.jte", new View(assets, store)));
    }

    private Store store(FeatureService its, Exchange exchange) throws IOException {
        Optional<FeatureStatus.Parity> replay = Optional.empty();
        Optional<Integer> perMille = FeatureStatusEndpoints.perMille(exchange);
        if (perMille.isPresent()) {
            replay = Optional.of(FeatureStatus.replay(its, perMille.get(), EXAMPLES));
        }
        FeatureStatus.Parity watch = FeatureStatus.parity(its);
        return new Store(
                FeatureStatus.views(its),
                FeatureStatus.sources(its),
                LineageGraph.of(its.definitions()),
                FeatureLineage.of(its.definitions()),
                watch,
                ShareChart.of(watch),
                replay,
                changes(),
                why(its, exchange));
    }

    private List<Change> changes() {
        Instant now = clock.instant();
        return timeline.before(now.plusNanos(1), CHANGES).stream()
                .map(change ->
                        new Change(
                                change.at().toString(),
                                Format.day(change.at()) + ", " + Format.clock(change.at()),
                                change.kind().name().toLowerCase(Locale.ROOT),
                                change.target(),
                                change.summary()))
                .toList();
    }

    private static Why why(FeatureService service, Exchange exchange) throws IOException {
        String view = exchange.query("view").orElse("");
        String key = exchange.query("key").orElse("");
        String at = exchange.query("at").orElse("");
        if (view.isEmpty()) {
            return new Why("", "", Times.text(service.now()), "", List.of(), 0);
        }
        try {
            WhyValue why = WhyValue.of(service, view, key, at);
            return new Why(
                    view, key, at, why.said(), why.rows(), why.considered() - why.rows().size());
        } catch (IllegalArgumentException e) {
            return new Why(view, key, at, String.valueOf(e.getMessage()), List.of(), 0);
        }
    }

    /// A share of 1, for people.
    public static String percent(double share) {
        return String.format(Locale.ROOT, "%.3f %%", 100 * share);
    }

    /// A share of 1, with no more digits than it has.
    public static String about(double share) {
        return BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros().toPlainString()
                + " %";
    }

    /// `3.2 s`, `12 min`, `5 h`, `4 d`.
    public static String span(double seconds) {
        Duration span = Duration.ofMillis(Math.round(seconds * 1e3));
        if (span.toDays() >= 3) {
            return span.toDays() + " d";
        }
        if (span.toHours() >= 3) {
            return span.toHours() + " h";
        }
        if (span.toMinutes() >= 3) {
            return span.toMinutes() + " min";
        }
        return String.format(Locale.ROOT, "%.1f s", span.toMillis() / 1e3);
    }

    /// How much of the SLA is used up, 0 to 100.
    public static long used(FeatureStatus.View view) {
        return Math.round(100 * Math.min(1, view.ageSeconds() / view.slaSeconds()));
    }

    /// Where something stood in a source: `payments.jsonl, line 17`.
    public static String place(FeatureStatus.Source source, String part, long position) {
        String unit =
                source.kind().equals("kafka")
                        ? "offset " + position
                        : part.endsWith(".jsonl")
                                ? "line " + (position + 1)
                                : "row " + (position + 1);
        return part + ", " + unit;
    }
}
