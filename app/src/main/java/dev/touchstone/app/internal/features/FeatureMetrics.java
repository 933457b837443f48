package dev.touchstone.app.internal.features;

import dev.touchstone.features.FeedCounts;
import dev.touchstone.features.ParityReport;
import dev.touchstone.features.ParityWatch;
import dev.touchstone.features.ServedLog;
import dev.touchstone.features.TableState;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a feature store counts, as Prometheus text.
record FeatureMetrics(
        ParityWatch watch,
        ServedLog served,
        Map<String, FeedCounts> sources,
        Optional<TableState> table) {
    String text() {
        var text = new StringBuilder();
        text.append(
                """
                # HELP touchstone_features_parity_cells_total Served cells that were replayed.
                # TYPE touchstone_features_parity_cells_total counter
                """);
        for (ParityReport.FeaturePart part : watch.report().features()) {
            text.append(cells(part.name(), "match", part.matches()));
            part.causes()
                    .forEach((cause, count) ->
                            text.append(
                                    cells(
                                            part.name(),
                                            cause.name().toLowerCase(Locale.ROOT),
                                            count)));
        }
        text.append(
                """
                # HELP touchstone_features_parity_alarm Whether too few cells agree.
                # TYPE touchstone_features_parity_alarm gauge
                touchstone_features_parity_alarm %d
                # HELP touchstone_features_parity_skipped_total Sampled reads not replayed.
                # TYPE touchstone_features_parity_skipped_total counter
                touchstone_features_parity_skipped_total %d
                """
                        .formatted(watch.alarmed() ? 1 : 0, watch.skipped()));
        text.append(
                """
                # HELP touchstone_features_served_lost_total Records of reads that could not be kept.
                # TYPE touchstone_features_served_lost_total counter
                touchstone_features_served_lost_total %d
                # HELP touchstone_features_served_expired_total Records of reads dropped as too old or too many.
                # TYPE touchstone_features_served_expired_total counter
                touchstone_features_served_expired_total %d
                """
                        .formatted(served.dropped(), served.expired()));
        if (!sources.isEmpty()) {
            addSources(text);
        }
        table.ifPresent(its -> addTable(text, its));
        return text.toString();
    }

    private void addSources(StringBuilder text) {
        text.append(
                """
                # HELP touchstone_features_source_events_total What views' sources gave.
                # TYPE touchstone_features_source_events_total counter
                """);
        sources.forEach((view, counts) -> {
            text.append(events(view, "taken", counts.rows()));
            text.append(events(view, "malformed", counts.malformed()));
            text.append(events(view, "schema", counts.schema()));
            text.append(events(view, "lost", counts.lost()));
        });
        text.append(
                """
                # HELP touchstone_features_source_behind What is known to wait in a source.
                # TYPE touchstone_features_source_behind gauge
                """);
        sources.forEach((view, counts) -> text.append(of(view, "behind", counts.behind())));
        text.append(
                """
                # HELP touchstone_features_source_up Whether a source can be read.
                # TYPE touchstone_features_source_up gauge
                """);
        sources.forEach(
                (view, counts) -> text.append(of(view, "up", counts.trouble().isEmpty() ? 1 : 0)));
        text.append(
                """
                # HELP touchstone_features_source_failures_total How often one could not be read.
                # TYPE touchstone_features_source_failures_total counter
                """);
        sources.forEach(
                (view, counts) -> text.append(of(view, "failures_total", counts.failures())));
    }

    private static void addTable(StringBuilder text, TableState table) {
        text.append(
                """
                # HELP touchstone_features_table_whole Whether the table answers and has all rows.
                # TYPE touchstone_features_table_whole gauge
                touchstone_features_table_whole %d
                # HELP touchstone_features_table_failures_total Reads, writes and looks that failed.
                # TYPE touchstone_features_table_failures_total counter
                touchstone_features_table_failures_total %d
                # HELP touchstone_features_table_fillings_total Views filled from the beginning.
                # TYPE touchstone_features_table_fillings_total counter
                touchstone_features_table_fillings_total %d
                """
                        .formatted(table.whole() ? 1 : 0, table.failures(), table.fillings()));
    }

    private static String of(String view, String what, long count) {
        return "touchstone_features_source_%s{view=\"%s\"} %d\n".formatted(what, view, count);
    }

    private static String cells(String feature, String outcome, long count) {
        return "touchstone_features_parity_cells_total{feature=\"%s\",outcome=\"%s\"} %d\n"
                .formatted(feature, outcome, count);
    }

    private static String events(String view, String outcome, long count) {
        return "touchstone_features_source_events_total{view=\"%s\",outcome=\"%s\"} %d\n"
                .formatted(view, outcome, count);
    }
}
