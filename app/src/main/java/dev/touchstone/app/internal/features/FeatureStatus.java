package dev.touchstone.app.internal.features;

import dev.touchstone.features.Column;
import dev.touchstone.features.ComputedView;
import dev.touchstone.features.EventSource;
import dev.touchstone.features.FeedCounts;
import dev.touchstone.features.IngestCounts;
import dev.touchstone.features.Model;
import dev.touchstone.features.ParityReport;
import dev.touchstone.features.ParityWatch;
import dev.touchstone.features.Quarantined;
import dev.touchstone.features.Times;
import dev.touchstone.features.ViewDefinition;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// How a feature store that is served is doing, for its page and for programs.
public final class FeatureStatus {
    private static final int QUARANTINED = 20;

    private FeatureStatus() {}

    /// Views and who reads them.
    public record Views(List<View> views, List<Model> models) {}

    /// A view.
    ///
    /// @param tier `daily`, `micro-batch`, `streaming`, or `on request` for what is computed then
    /// @param latestEvent when the latest event happened; empty before the first
    /// @param fresh whether that is within the SLA
    /// @param broken why it is not served; empty when it is
    /// @param features by name, with their type, or the formula of those that are computed
    public record View(
            String name,
            String owner,
            String tier,
            double slaSeconds,
            Optional<Instant> latestEvent,
            double ageSeconds,
            boolean fresh,
            long rows,
            long onTime,
            long restated,
            long dropped,
            int entities,
            String broken,
            Map<String, String> features) {
        public boolean computed() {
            return tier.equals("on request");
        }
    }

    /// Where a view's rows come from by themselves, and what became of what came.
    ///
    /// @param kind `kafka` or `folder`; see [FeedCounts] for the counts
    /// @param quarantined the latest, the very latest first
    public record Source(
            String kind,
            String source,
            long rows,
            long malformed,
            long schema,
            long lost,
            long behind,
            String trouble,
            List<Quarantined> quarantined) {}

    /// What is replayed all the time, or was just now.
    ///
    /// @param sample the share of reads that is replayed
    /// @param threshold the share of cells that must agree
    /// @param share the share that does
    /// @param points the replays, the earliest first
    /// @param examples some differences
    public record Parity(
            double sample,
            double threshold,
            boolean alarmed,
            long reads,
            long skipped,
            double share,
            List<Feature> features,
            List<Point> points,
            List<Difference> examples) {
        /// Each cause, whether any cell differs for it or not.
        public List<CauseCount> causes() {
            return Stream.of(ParityReport.Cause.values())
                    .map(cause ->
                            new CauseCount(
                                    words(cause),
                                    features.stream()
                                            .mapToLong(part ->
                                                    part.causes().getOrDefault(words(cause), 0L))
                                            .sum()))
                    .toList();
        }
    }

    /// How many cells differ for a cause.
    public record CauseCount(String name, long cells) {}

    /// A feature's cells.
    ///
    /// @param causes how many differ, by cause
    public record Feature(
            String name, long cells, long matches, double share, Map<String, Long> causes) {}

    /// One replay.
    public record Point(Instant at, long reads, long cells, long matches) {}

    /// A cell that differs.
    public record Difference(
            String rowId,
            String feature,
            Instant asOf,
            String served,
            String replayed,
            String cause) {}

    /// The views and their freshness now.
    public static Views views(FeatureService service) {
        List<View> views = new ArrayList<>();
        for (ViewDefinition definition : service.definitions().views()) {
            views.add(view(service, definition));
        }
        for (ComputedView computed : service.definitions().computed()) {
            views.add(view(computed));
        }
        return new Views(views, service.definitions().models());
    }

    private static View view(FeatureService service, ViewDefinition definition) {
        String name = definition.view().name();
        IngestCounts counts = service.online().counts(name);
        boolean any = counts.watermark() != Times.MINUS_INFINITY;
        long age = any ? Math.max(0, service.now() - counts.watermark()) : 0;
        long sla = definition.freshness().slaNanos();
        return new View(
                name,
                definition.owner(),
                words(definition.freshness().tier()),
                sla / 1e9,
                any ? Optional.of(instant(counts.watermark())) : Optional.empty(),
                age / 1e9,
                any && age <= sla,
                counts.rows(),
                counts.onTime(),
                counts.restated(),
                counts.dropped(),
                service.online().entities(name),
                service.online().broken().getOrDefault(name, ""),
                types(definition.view().features()));
    }

    /// A view that is computed has neither rows nor age.
    private static View view(ComputedView view) {
        Map<String, String> formulas = new LinkedHashMap<>();
        view.features().forEach(feature -> formulas.put(feature.name(), feature.text()));
        return new View(
                view.name(),
                view.owner(),
                "on request",
                0,
                Optional.empty(),
                0,
                true,
                0,
                0,
                0,
                0,
                0,
                "",
                formulas);
    }

    private static Map<String, String> types(List<Column> columns) {
        Map<String, String> types = new LinkedHashMap<>();
        columns.forEach(column -> types.put(column.name(), words(column.type())));
        return types;
    }

    private static String words(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Instant instant(long nanos) {
        return Instant.ofEpochSecond(0, nanos);
    }

    /// What the views' sources gave, by view.
    public static Map<String, Source> sources(FeatureService service) throws IOException {
        Map<String, Source> sources = new LinkedHashMap<>();
        for (Map.Entry<String, FeedCounts> one : service.sources().entrySet()) {
            FeedCounts counts = one.getValue();
            EventSource source = service.definitions().view(one.getKey()).feed().orElseThrow();
            sources.put(
                    one.getKey(),
                    new Source(
                            source instanceof EventSource.Folder ? "folder" : "kafka",
                            source.text(),
                            counts.rows(),
                            counts.malformed(),
                            counts.schema(),
                            counts.lost(),
                            counts.behind(),
                            counts.trouble(),
                            service.quarantined(one.getKey(), QUARANTINED)));
        }
        return sources;
    }

    /// What was replayed since the start.
    public static Parity parity(FeatureService service) {
        ParityWatch watch = service.watch();
        List<Point> points =
                watch.points().stream()
                        .map(point ->
                                new Point(
                                        instant(point.at()),
                                        point.reads(),
                                        point.cells(),
                                        point.matches()))
                        .toList();
        return parity(watch, watch.report(), points);
    }

    /// A replay of logged reads, now.
    ///
    /// @param perMille how many of a thousand
    public static Parity replay(FeatureService service, int perMille, int examples)
            throws IOException {
        return parity(service.watch(), service.store().parity(perMille, examples), List.of());
    }

    private static Parity parity(ParityWatch watch, ParityReport report, List<Point> points) {
        return new Parity(
                watch.settings().sample(),
                watch.settings().threshold(),
                watch.alarmed(),
                report.reads(),
                watch.skipped(),
                report.matchRate(),
                report.features().stream().map(FeatureStatus::feature).toList(),
                points,
                report.examples().stream().map(FeatureStatus::difference).toList());
    }

    private static Feature feature(ParityReport.FeaturePart part) {
        Map<String, Long> causes = new LinkedHashMap<>();
        for (ParityReport.Cause cause : ParityReport.Cause.values()) {
            causes.put(words(cause), part.causes().getOrDefault(cause, 0L));
        }
        return new Feature(part.name(), part.cells(), part.matches(), part.matchRate(), causes);
    }

    private static Difference difference(ParityReport.Difference difference) {
        return new Difference(
                difference.rowId(),
                difference.feature(),
                instant(difference.asOf()),
                ValueText.of(difference.served()),
                ValueText.of(difference.replayed()),
                words(difference.cause()));
    }
}
