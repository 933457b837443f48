package dev.touchstone.app.internal.simulate;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.simulate.FleetPage.Fact;
import dev.touchstone.app.internal.simulate.SimulationPage.Row;
import dev.touchstone.arena.design.DesignTrial;
import dev.touchstone.llm.fleet.simulation.FleetReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A tried design for its page.
///
/// @param headline figures under the load as it is
/// @param loads what became of it under each load
/// @param table a row for each load
/// @param derived what the loads need
/// @param data what the charts are drawn from, to stand in a `script` element
public record DesignView(
        String design,
        boolean stoppedEarly,
        List<Fact> headline,
        List<Loaded> loads,
        List<Row> table,
        List<Fact> derived,
        String data) {

    /// One load.
    ///
    /// @param title `3 × the load`
    /// @param breaches what broke, the first first
    /// @param holds what did not
    public record Loaded(
            String title, String rate, String promise, List<String> breaches, String holds) {}

    /// The view of a study.
    public static DesignView of(DesignStudy study) {
        List<DesignTrial> trials = study.trials();
        return new DesignView(
                DesignWords.design(study.design()),
                study.stoppedEarly(),
                headline(trials.getFirst()),
                trials.stream().map(DesignView::loaded).toList(),
                trials.stream().map(DesignView::row).toList(),
                derived(study),
                data(trials));
    }

    private static List<Fact> headline(DesignTrial trial) {
        FleetReport report = trial.report();
        return List.of(
                new Fact("Promise", DesignWords.promise(trial)),
                new Fact("TTFT p95", Figures.seconds(report.ttft().p95Seconds())),
                new Fact("TPOT p95", Figures.seconds(report.tpot().p95Seconds())),
                new Fact("Per 1M tokens", dollars("$%.3f", report.cost().perMillionTokens())),
                new Fact("Per hour", dollars("$%,.0f", trial.design().dollarsPerHour())),
                new Fact("KV cache, mean", Figures.percent(report.load().kvMean())),
                new Fact("Lost", Figures.percent(trial.lostShare())));
    }

    private static String dollars(String format, double amount) {
        return String.format(Locale.ROOT, format, amount);
    }

    private static Loaded loaded(DesignTrial trial) {
        return new Loaded(
                DesignWords.load(trial),
                Figures.rate(DesignTrial.load(trial.times()).peakRequestsPerSecond())
                        + " requests/s",
                DesignWords.promise(trial),
                DesignWords.breaches(trial),
                DesignWords.holds(trial));
    }

    private static Row row(DesignTrial trial) {
        FleetReport report = trial.report();
        return new Row(
                DesignWords.load(trial),
                "",
                List.of(
                        Figures.rate(DesignTrial.load(trial.times()).peakRequestsPerSecond()),
                        Figures.seconds(report.ttft().p95Seconds()),
                        Figures.seconds(report.tpot().p95Seconds()),
                        Figures.percent(report.load().kvMean()),
                        Figures.percent(report.load().kvPeak()),
                        Figures.level(DesignWords.waiting(trial)),
                        Figures.percent(trial.lostShare()),
                        dollars("$%.3f", report.cost().perMillionTokens()),
                        dollars("$%,.0f", trial.design().dollarsPerHour())));
    }

    private static List<Fact> derived(DesignStudy study) {
        var facts = new ArrayList<Fact>();
        for (DesignTrial trial : study.trials()) {
            facts.add(
                    new Fact("Derived for " + DesignWords.load(trial), DesignWords.derived(trial)));
        }
        facts.add(new Fact("Simulated for the load", DesignWords.smallest(study)));
        return facts;
    }

    private static String data(List<DesignTrial> trials) {
        return Json.inScript(
                Map.of(
                        "courses",
                        trials.stream()
                                .map(trial ->
                                        FleetJson.ordered(
                                                "name", DesignWords.load(trial),
                                                "series",
                                                        FleetJson.report(trial.report())
                                                                .get("series")))
                                .toList()));
    }
}
