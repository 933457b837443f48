package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.features.FeatureService;
import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Numbers;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.features.Answer;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.Explanation;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.IngestCounts;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Model;
import dev.touchstone.features.ParityReport;
import dev.touchstone.features.ParityReport.Cause;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The feature store that is served: what is in it, how fresh, whether training sees what was
/// served, and why an entity got its values.
public final class FeaturesPage {
    private static final int EXAMPLES = 8;
    private static final int ALL_READS = 1_000;
    private static final int MAX_ROWS = 50;

    private final String assets;
    private final Templates templates;
    private final Optional<FeatureService> service;

    /// @param service the store, if there is one
    public FeaturesPage(Kit kit, Optional<FeatureService> service) {
        this.assets = kit.assets();
        this.templates = kit.templates();
        this.service = service;
    }

    public List<Route> routes() {
        return List.of(Route.get("/features", this::show));
    }

    /// What the page shows.
    ///
    /// @param parity the audit, if it was asked for
    /// @param why the explanation that was asked for
    public record View(
            String assets,
            List<ViewLine> views,
            List<Model> models,
            Optional<ParityView> parity,
            Why why) {}

    /// A view in the registry.
    ///
    /// @param age since the latest event, for people
    /// @param fresh whether that is within the SLA
    public record ViewLine(
            String name,
            String owner,
            String tier,
            String sla,
            String age,
            boolean fresh,
            String features,
            String rows,
            String late) {}

    /// The parity audit.
    public record ParityView(ParityReport report) {
        public String percent(double share) {
            return String.format(Locale.ROOT, "%.3f %%", 100 * share);
        }

        public long count(ParityReport.FeaturePart part, String cause) {
            return part.causes().getOrDefault(Cause.valueOf(cause), 0L);
        }

        public String sentence(ParityReport.Difference difference) {
            return "%s, %s at %s: served %s, replayed %s (%s)"
                    .formatted(
                            difference.rowId(),
                            difference.feature(),
                            Times.text(difference.asOf()),
                            text(difference.served()),
                            text(difference.replayed()),
                            difference.cause().name().toLowerCase(Locale.ROOT));
        }
    }

    /// The question why an entity got its values, and the answer.
    ///
    /// @param said what was wrong with the question, or what is served; empty when nobody asked
    public record Why(String view, String key, String at, String said, List<WhyLine> rows) {}

    /// A row that was considered.
    public record WhyLine(
            String verdict, boolean wins, String event, String available, String values) {}

    private void show(Exchange exchange) throws IOException {
        if (service.isEmpty()) {
            var nothing =
                    new View(
                            assets,
                            List.of(),
                            List.of(),
                            Optional.empty(),
                            new Why("", "", "", "", List.of()));
            exchange.sendHtml(200, templates.render("features.jte", nothing));
            return;
        }
        FeatureService its = service.get();
        Optional<ParityView> parity = Optional.empty();
        Optional<String> perMille = exchange.query("parity");
        if (perMille.isPresent()) {
            int share = Math.clamp(Numbers.whole("parity", perMille.get()), 1, ALL_READS);
            parity = Optional.of(new ParityView(its.store().parity(share, EXAMPLES)));
        }
        List<ViewLine> views = new ArrayList<>();
        for (ViewDefinition definition : its.definitions().views()) {
            views.add(line(its, definition));
        }
        var view = new View(assets, views, its.definitions().models(), parity, why(its, exchange));
        exchange.sendHtml(200, templates.render("features.jte", view));
    }

    private static ViewLine line(FeatureService service, ViewDefinition definition) {
        String name = definition.view().name();
        IngestCounts counts = service.online().counts(name);
        boolean any = counts.watermark() != Times.MINUS_INFINITY;
        long age = any ? Math.max(0, service.now() - counts.watermark()) : 0;
        return new ViewLine(
                name,
                definition.owner(),
                definition.freshness().tier().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                span(definition.freshness().slaNanos()),
                any ? span(age) : "no rows yet",
                any && age <= definition.freshness().slaNanos(),
                String.join(", ", definition.view().features().stream().map(Column::name).toList()),
                String.format(Locale.ROOT, "%,d", counts.rows()),
                String.format(
                        Locale.ROOT,
                        "%,d on time, %,d restated, %,d dropped",
                        counts.onTime(),
                        counts.restated(),
                        counts.dropped()));
    }

    private static String span(long nanos) {
        Duration span = Duration.ofNanos(nanos);
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

    private static Why why(FeatureService service, Exchange exchange) throws IOException {
        String view = exchange.query("view").orElse("");
        String key = exchange.query("key").orElse("");
        String at = exchange.query("at").orElse("");
        if (view.isEmpty()) {
            return new Why("", "", Times.text(service.now()), "", List.of());
        }
        try {
            FeatureView definition = service.definitions().view(view).view();
            Explanation explanation =
                    service.store()
                            .explain(
                                    view,
                                    entity(definition, key),
                                    Times.parse(at),
                                    Mode.KNOWN_AT_THE_TIME);
            return new Why(
                    view,
                    key,
                    at,
                    sentence(explanation.answer()),
                    explanation.considered().stream()
                            .limit(MAX_ROWS)
                            .map(considered -> line(definition, considered))
                            .toList());
        } catch (IllegalArgumentException e) {
            return new Why(view, key, at, String.valueOf(e.getMessage()), List.of());
        }
    }

    /// @param key the key's parts, with commas between them
    private static EntityKey entity(FeatureView view, String key) {
        String[] texts = key.split(",", -1);
        List<Value> parts = new ArrayList<>();
        for (int i = 0; i < texts.length; i++) {
            boolean whole = i < view.key().size() && view.key().get(i).type() == ColumnType.LONG;
            parts.add(
                    whole
                            ? Value.of(Numbers.whole("key", texts[i].strip()))
                            : Value.of(texts[i].strip()));
        }
        return new EntityKey(parts);
    }

    private static String sentence(Answer answer) {
        return switch (answer) {
            case Answer.Found _ -> "The row that wins is served.";
            case Answer.Deleted _ -> "Nothing is served: the entity was deleted.";
            case Answer.Stale _ -> "Nothing is served: the row that wins is older than maxAge.";
            case Answer.NotFound _ -> "Nothing is served: no row was known.";
        };
    }

    private static WhyLine line(FeatureView view, Explanation.Considered considered) {
        FeatureRow row = considered.row();
        List<String> values = new ArrayList<>();
        for (int i = 0; i < row.values().size(); i++) {
            values.add(view.features().get(i).name() + " " + text(row.values().get(i)));
        }
        boolean wins =
                switch (considered.verdict()) {
                    case WINS, WINS_AS_TOMBSTONE, WINS_BUT_STALE -> true;
                    case NOT_HAPPENED, NOT_KNOWN, WEAKER -> false;
                };
        return new WhyLine(
                considered.verdict().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                wins,
                Times.text(row.eventTime()),
                Times.text(row.availableTime()),
                row.isTombstone() ? "deleted" : String.join(", ", values));
    }

    private static String text(Value value) {
        return switch (value) {
            case Value.Missing _ -> "nothing";
            case Value.Real(double real) -> Double.toString(real);
            case Value.Whole(long whole) -> Long.toString(whole);
            case Value.Text(String text) -> "“" + text + "”";
            case Value.Truth(boolean truth) -> Boolean.toString(truth);
        };
    }
}
