package dev.touchstone.app.internal.simulate;

import static dev.touchstone.app.internal.simulate.Figures.count;
import static dev.touchstone.app.internal.simulate.Figures.percent;
import static dev.touchstone.app.internal.simulate.Figures.plural;
import static dev.touchstone.app.internal.simulate.Figures.rate;
import static dev.touchstone.app.internal.simulate.Figures.span;

import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.replay.ReplayReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A simulation in sentences: what the terminal and the page say in the same words.
public final class Summary {
    private final Simulation simulation;
    private final SimulationSettings settings;
    private final ReplayReport report;

    Summary(Simulation simulation) {
        this.simulation = simulation;
        this.settings = simulation.settings();
        this.report = simulation.report();
    }

    /// Which model on which hardware.
    public String hardware() {
        String accelerator = settings.accelerator().name().toUpperCase(Locale.ROOT);
        return "%s with %s"
                .formatted(
                        settings.replicas() == 1
                                ? "one " + accelerator
                                : count(settings.replicas()) + " × " + accelerator,
                        settings.model().name());
    }

    public String trace() {
        return "%s in %s · %s prompt tokens · %s output tokens"
                .formatted(
                        plural(simulation.trace().size(), "request"),
                        span(simulation.trace().span()),
                        count(simulation.tracePromptTokens()),
                        count(simulation.traceOutputTokens()));
    }

    public String batching() {
        int waiting = settings.batching().maxWaiting();
        return "%s · %s a step · at most %s%s · %s"
                .formatted(
                        settings.continuousBatching() ? "continuous" : "static",
                        plural(settings.batching().tokenBudget(), "token"),
                        plural(settings.batching().maxSequences(), "sequence"),
                        waiting == Integer.MAX_VALUE ? "" : " and " + count(waiting) + " waiting",
                        settings.chunkedPrefill()
                                ? "prefill in chunks"
                                : "each prompt read in one step");
    }

    public String cache() {
        KvCacheLayout layout = settings.layout();
        return "%s · %s · %s blocks of %d tokens per replica · prefix cache %s"
                .formatted(
                        settings.reservedCache()
                                ? "reserved in pieces of %s tokens"
                                        .formatted(count(SimulationSettings.RESERVED_PIECE_TOKENS))
                                : "paged",
                        settings.model().kvType().name().toLowerCase(Locale.ROOT),
                        count(layout.blockCount()),
                        layout.blockTokens(),
                        simulation.sharedPrefixes() ? "on" : "off");
    }

    public String requests() {
        var parts = new ArrayList<String>();
        parts.add(count(report.finished()) + " finished");
        if (report.refused() > 0) {
            parts.add(count(report.refused()) + " refused");
        }
        if (report.unfinished() > 0) {
            parts.add(count(report.unfinished()) + " unfinished");
        }
        return String.join(" · ", parts);
    }

    /// What a reader must know before believing the numbers; often nothing.
    public List<String> warnings() {
        var warnings = new ArrayList<String>();
        if (simulation.stoppedEarly()) {
            warnings.add("stopped early: everything below covers what was done so far");
        }
        if (report.refusedNeverFits() > 0) {
            warnings.add(
                    "%s can never fit: prompt and answer exceed a replica's whole cache (%s tokens)"
                            .formatted(
                                    plural(report.refusedNeverFits(), "request"),
                                    count(settings.layout().capacityTokens())));
        }
        if (report.refusedQueueFull() > 0) {
            warnings.add(
                    "%s came when %s were waiting, as many as may"
                            .formatted(
                                    plural(report.refusedQueueFull(), "request"),
                                    count(settings.batching().maxWaiting())));
        }
        double lateSeconds =
                (report.duration().toNanos() - simulation.trace().span().toNanos()) / 1e9;
        if (!simulation.stoppedEarly() && lateSeconds > 60) {
            warnings.add(
                    "overloaded: the last answer came %s after the last request"
                            .formatted(Figures.seconds(lateSeconds)));
        }
        return warnings;
    }

    public String duration() {
        return "%s · %s busy %s of it"
                .formatted(
                        span(report.duration()),
                        settings.replicas() == 1 ? "replica" : "replicas",
                        percent(report.busy()));
    }

    public String throughput() {
        return "%s requests/s · %s prompt tokens/s · %s output tokens/s"
                .formatted(
                        rate(report.requestsPerSecond()),
                        rate(report.promptTokensPerSecond()),
                        rate(report.outputTokensPerSecond()));
    }

    public String tokens() {
        String cached =
                simulation.sharedPrefixes()
                        ? " · %s of them from the prefix cache"
                                .formatted(
                                        percent(
                                                (double) report.cachedTokens()
                                                        / report.promptTokens()))
                        : "";
        return "%s prompt%s · %s in prefill · %s output"
                .formatted(
                        count(report.promptTokens()),
                        cached,
                        count(report.prefillTokens()),
                        count(report.outputTokens()));
    }

    public String engine() {
        return "%s · %s"
                .formatted(
                        plural(report.steps(), "step"), plural(report.preemptions(), "preemption"));
    }

    public String memory() {
        return "KV cache %s full on average · %s at most"
                .formatted(percent(report.kvMean()), percent(report.kvPeak()));
    }
}
