package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.features.FeatureService;
import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Numbers;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.features.Answer;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.ComputedView;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.Explanation;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.IngestCounts;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Model;
import dev.touchstone.features.ParityReport;
import dev.touchstone.features.ParityReport.Cause;
import dev.touchstone.features.ParityWatch;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.WindowExplanation;
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
    private static final int CHART_WIDTH = 600;
    private static final int CHART_HEIGHT = 90;

    /// Where the chart's lower end is: as close to 1 as the shares allow.
    private static final double LOW = 0.9;

    private static final double ALMOST = 0.99;

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
    /// @param lineage what comes from what
    /// @param watch what is replayed all the time; empty when nothing is served
    /// @param parity the audit, if it was asked for
    /// @param why the explanation that was asked for
    public record View(
            String assets,
            List<ViewLine> views,
            List<Model> models,
            LineageGraph lineage,
            Optional<WatchView> watch,
            Optional<ParityView> parity,
            Why why) {}

    /// What is replayed all the time.
    ///
    /// @param said in a sentence
    /// @param line the share of cells that agree, from replay to replay, as points of an SVG line;
    ///   empty before the second replay
    /// @param lowest the share at the chart's lower end, for people
    /// @param told when it was lost and when it came back, the latest first
    public record WatchView(
            String said,
            boolean alarmed,
            String line,
            String lowest,
            ParityView so,
            List<String> told) {}

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
                            LineageGraph.of(new Definitions(List.of())),
                            Optional.empty(),
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
        for (ComputedView computed : its.definitions().computed()) {
            views.add(line(computed));
        }
        var view =
                new View(
                        assets,
                        views,
                        its.definitions().models(),
                        LineageGraph.of(its.definitions()),
                        Optional.of(watch(its)),
                        parity,
                        why(its, exchange));
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

    /// A view that is computed has neither rows nor age.
    private static ViewLine line(ComputedView view) {
        return new ViewLine(
                view.name(),
                view.owner(),
                "on request",
                "at once",
                "",
                true,
                String.join(
                        ", ",
                        view.features().stream()
                                .map(feature -> feature.name() + " = " + feature.text())
                                .toList()),
                "–",
                "computed");
    }

    private static WatchView watch(FeatureService service) {
        ParityWatch watch = service.watch();
        ParityReport report = watch.report();
        List<ParityWatch.Point> points = watch.points();
        double lowest = 1;
        for (ParityWatch.Point point : points) {
            lowest = Math.min(lowest, share(point));
        }
        double bottom = lowest < LOW ? 0 : lowest < 1 ? LOW : ALMOST;
        var line = new StringBuilder();
        for (int i = 0; i < points.size() && points.size() > 1; i++) {
            double x = (double) i / (points.size() - 1);
            double y = (1 - share(points.get(i))) / (1 - bottom);
            line.append(
                    String.format(
                            Locale.ROOT, "%.1f,%.1f ", x * CHART_WIDTH, 4 + y * CHART_HEIGHT));
        }
        var so = new ParityView(report);
        String said =
                report.reads() == 0
                        ? "No read has been replayed yet: one in a hundred is, a minute after it was served."
                        : "%,d reads replayed since the start, %s of their cells agree."
                                .formatted(report.reads(), so.percent(report.matchRate()));
        if (watch.skipped() > 0) {
            said += " %,d more were not: too many waited.".formatted(watch.skipped());
        }
        List<String> told =
                service.timeline().before(service.instant(), EXAMPLES).reversed().stream()
                        .map(change -> "%s: %s".formatted(change.at(), change.summary()))
                        .toList();
        return new WatchView(said, watch.alarmed(), line.toString(), so.percent(bottom), so, told);
    }

    private static double share(ParityWatch.Point point) {
        return point.cells() == 0 ? 1 : (double) point.matches() / point.cells();
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
            if (service.definitions().computed(view).isPresent()) {
                throw new IllegalArgumentException(
                        "%s is computed on request; ask for the views that it uses"
                                .formatted(view));
            }
            FeatureView definition = service.definitions().view(view).view();
            if (service.definitions().view(view).windows().isPresent()) {
                return windows(service, view, key, at);
            }
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

    private static Why windows(FeatureService service, String view, String key, String at)
            throws IOException {
        ViewDefinition definition = service.definitions().view(view);
        List<Column> features = definition.view().features();
        WindowExplanation why =
                service.store()
                        .explainWindows(
                                view,
                                entity(definition.view(), key),
                                Times.parse(at),
                                Mode.KNOWN_AT_THE_TIME);
        List<String> served = new ArrayList<>();
        for (int f = 0; f < features.size(); f++) {
            served.add(features.get(f).name() + " " + text(why.values().get(f)));
        }
        List<WhyLine> lines = new ArrayList<>();
        for (WindowExplanation.Considered one :
                why.considered().stream().limit(MAX_ROWS).toList()) {
            List<String> counting =
                    one.counting().stream().map(f -> features.get(f).name()).toList();
            boolean counts = one.verdict() == WindowExplanation.Verdict.COUNTS;
            lines.add(
                    new WhyLine(
                            counts
                                    ? "counts in " + String.join(", ", counting)
                                    : words(one.verdict().name()),
                            counts,
                            Times.text(one.row().eventTime()),
                            Times.text(one.row().availableTime()),
                            values(definition.source(), one.row())));
        }
        return new Why(view, key, at, "Served: %s.".formatted(String.join(", ", served)), lines);
    }

    private static String words(String verdict) {
        return verdict.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String values(FeatureView view, FeatureRow row) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < row.values().size(); i++) {
            values.add(view.features().get(i).name() + " " + text(row.values().get(i)));
        }
        return String.join(", ", values);
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
        boolean wins =
                switch (considered.verdict()) {
                    case WINS, WINS_AS_TOMBSTONE, WINS_BUT_STALE -> true;
                    case NOT_HAPPENED, NOT_KNOWN, WEAKER -> false;
                };
        return new WhyLine(
                words(considered.verdict().name()),
                wins,
                Times.text(row.eventTime()),
                Times.text(row.availableTime()),
                row.isTombstone() ? "deleted" : values(view, row));
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
