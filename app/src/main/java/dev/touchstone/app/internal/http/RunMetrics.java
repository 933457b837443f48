package dev.touchstone.app.internal.http;

import dev.touchstone.app.internal.runs.Frame;
import dev.touchstone.app.internal.runs.LiveRun;
import dev.touchstone.app.internal.runs.RunStore;
import dev.touchstone.arena.Observation;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;

/// Where the runs in memory stand.
public final class RunMetrics {
    private static final double LOOK_BACK_SECONDS = 120;

    private final RunStore runs;
    private final MultiGauge signals;
    private final MultiGauge clocks;
    private final MultiGauge harm;

    private RunMetrics(RunStore runs, MeterRegistry registry) {
        this.runs = runs;
        Gauge.builder("touchstone.runs.live", runs, store -> store.loaded().size())
                .description("Runs in memory")
                .register(registry);
        Gauge.builder("touchstone.runs.playing", runs, RunMetrics::playing)
                .description("Runs that play by themselves")
                .register(registry);
        Gauge.builder("touchstone.viewers", runs, RunMetrics::viewers)
                .description("Open event streams")
                .register(registry);
        signals =
                MultiGauge.builder("touchstone.run.signal")
                        .description("Newest value of a chart's line, in the chart's unit")
                        .register(registry);
        clocks =
                MultiGauge.builder("touchstone.run.clock.seconds")
                        .description("Virtual time since the page")
                        .register(registry);
        harm =
                MultiGauge.builder("touchstone.run.harm.users")
                        .description("Users hurt since the page")
                        .register(registry);
    }

    /// Adds them to what is scraped.
    public static void register(Metrics metrics, RunStore runs) {
        metrics.refresh(new RunMetrics(runs, metrics.registry())::refresh);
    }

    private void refresh() {
        var clockRows = new ArrayList<Row<?>>();
        var harmRows = new ArrayList<Row<?>>();
        var signalRows = new ArrayList<Row<?>>();
        for (LiveRun run : runs.loaded()) {
            Observation now = run.observe();
            Tags tags = Tags.of("run", run.id().value(), "incident", run.incident().id());
            clockRows.add(Row.of(tags, now.now().toMillis() / 1000.0));
            harmRows.add(Row.of(tags, now.harm()));
            Frame frame = run.frame(now.now().toSeconds() - LOOK_BACK_SECONDS);
            frame.values()
                    .forEach((signal, values) ->
                            signalRows.add(Row.of(tags.and("signal", signal), newest(values))));
        }
        clocks.register(List.copyOf(clockRows), true);
        harm.register(List.copyOf(harmRows), true);
        signals.register(List.copyOf(signalRows), true);
    }

    private static double newest(double[] values) {
        for (int i = values.length - 1; i >= 0; i--) {
            if (Double.isFinite(values[i])) {
                return values[i];
            }
        }
        return Double.NaN;
    }

    private static double playing(RunStore store) {
        return store.loaded().stream().filter(LiveRun::playing).count();
    }

    private static double viewers(RunStore store) {
        return store.loaded().stream().mapToInt(LiveRun::viewers).sum();
    }
}
