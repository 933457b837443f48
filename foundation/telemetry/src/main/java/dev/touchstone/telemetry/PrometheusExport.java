package dev.touchstone.telemetry;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Shows a [Telemetry] to Prometheus, next to whatever else a Micrometer registry holds.
///
/// Names go out as they are, colons included. A counter is its total, a gauge its last value, a
/// distribution a summary: count and sum since the beginning, quantiles over the last full window
/// and the running one, or NaN where those are empty.
///
/// The telemetry's owner calls [#publish], once a second or so; scrapes, on any thread, get what
/// was last published.
public final class PrometheusExport {
    private static final double[] QUANTILES = {0.5, 0.95, 0.99};

    private final Telemetry telemetry;
    private volatile MetricSnapshots published = new MetricSnapshots();

    /// Registers with `registry`, whose scrape then includes this telemetry.
    @SuppressWarnings("exports") // whoever calls this has Micrometer; nobody else needs it
    public PrometheusExport(Telemetry telemetry, PrometheusMeterRegistry registry) {
        this.telemetry = telemetry;
        MultiCollector collector = () -> published;
        registry.getPrometheusRegistry().register(collector);
    }

    /// Makes the present state what the next scrapes see.
    public void publish() {
        Map<String, List<Instrument>> families =
                telemetry
                        .instruments()
                        .collect(Collectors.groupingBy(instrument -> instrument.metric().name()));
        published = new MetricSnapshots(families.values().stream().map(this::snapshot).toList());
    }

    private MetricSnapshot snapshot(List<Instrument> family) {
        Metric metric = family.getFirst().metric();
        var metadata = new MetricMetadata(metric.name(), metric.help());
        return switch (family.getFirst()) {
            case Counter _ ->
                    new CounterSnapshot(metadata, points(family, Counter.class, this::point));
            case Gauge _ -> new GaugeSnapshot(metadata, points(family, Gauge.class, this::point));
            case Distribution _ ->
                    new SummarySnapshot(metadata, points(family, Distribution.class, this::point));
        };
    }

    private static <I, P> List<P> points(
            List<Instrument> family, Class<I> kind, Function<I, P> point) {
        return family.stream().map(kind::cast).map(point).toList();
    }

    private CounterDataPointSnapshot point(Counter counter) {
        return CounterDataPointSnapshot.builder()
                .labels(labels(counter))
                .value((double) counter.total())
                .build();
    }

    private GaugeDataPointSnapshot point(Gauge gauge) {
        return GaugeDataPointSnapshot.builder().labels(labels(gauge)).value(gauge.last()).build();
    }

    private SummaryDataPointSnapshot point(Distribution distribution) {
        long nowNanos = telemetry.latestNanos();
        long fromNanos = nowNanos - telemetry.window().toNanos();
        var quantiles = Quantiles.builder();
        for (double q : QUANTILES) {
            quantiles.quantile(q, distribution.quantile(q, fromNanos, nowNanos));
        }
        return SummaryDataPointSnapshot.builder()
                .labels(labels(distribution))
                .count(distribution.count())
                .sum(distribution.sum())
                .quantiles(quantiles.build())
                .build();
    }

    private static Labels labels(Instrument instrument) {
        var labels = Labels.builder();
        instrument.metric().labels().forEach(labels::label);
        return labels.build();
    }
}
