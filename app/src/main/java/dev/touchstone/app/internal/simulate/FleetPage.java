package dev.touchstone.app.internal.simulate;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.simulate.FleetStudy.Point;
import dev.touchstone.app.internal.simulate.SimulationPage.Row;
import dev.touchstone.llm.fleet.simulation.FleetReport;
import gg.jte.output.StringOutput;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A study as one HTML file that needs nothing else.
public final class FleetPage {
    /// The term under which [#facts] says what is derived.
    public static final String DERIVED = "Derived";

    private static final String TEMPLATE = "fleet.jte";

    private FleetPage() {}

    /// A term and what is to be said of it.
    public record Fact(String term, String text) {}

    /// What the template shows.
    ///
    /// @param sweep rows of a sweep; none for a single fleet
    /// @param latencies rows of mean, p50, p90, p95, p99 and max, of the last fleet
    /// @param data what the charts are drawn from, to stand in a `script` element
    public record View(
            String title,
            boolean stoppedEarly,
            List<Fact> facts,
            List<Row> sweep,
            List<Row> latencies,
            String style,
            String script,
            String data) {}

    /// The page.
    public static String of(FleetStudy study) {
        var output = new StringOutput(256 * 1024);
        SimulationPage.templates().render(TEMPLATE, view(study), output);
        return output.toString();
    }

    private static View view(FleetStudy study) {
        Point last = study.points().getLast();
        return new View(
                study.name(),
                study.stoppedEarly(),
                facts(study, last),
                study.points().size() == 1 ? List.of() : sweep(study),
                latencies(last),
                SimulationPage.style(),
                SimulationPage.script(),
                data(study));
    }

    /// The figures of a fleet that people ask for first.
    public static List<Fact> headline(FleetStudy study, Point point) {
        FleetReport report = point.report();
        String replicas = point.replicas() == 0 ? "none found" : Figures.count(point.replicas());
        return List.of(
                new Fact("Promise", FleetText.kept(study, point)),
                new Fact("Replicas", replicas),
                new Fact("TTFT p95", Figures.seconds(report.ttft().p95Seconds())),
                new Fact("TPOT p95", Figures.seconds(report.tpot().p95Seconds())),
                new Fact("Per 1M tokens", "$%.3f".formatted(report.cost().perMillionTokens())),
                new Fact("KV cache, mean", Figures.percent(report.load().kvMean())),
                new Fact("KV cache, peak", Figures.percent(report.load().kvPeak())));
    }

    /// What was simulated beside what the plan derives, where it knows the model and the hardware.
    public static List<Fact> derived(FleetStudy study) {
        return study.derivation()
                .map(derivation ->
                        List.of(
                                new Fact(
                                        "if prefill and decode overlap",
                                        derivation.text("fleet_overlapped")),
                                new Fact("if they take turns", derivation.text("fleet_serial")),
                                new Fact("with the haircut", derivation.text("fleet")),
                                new Fact("cost", derivation.text("cost"))))
                .orElse(List.of());
    }

    /// What the charts of a fleet are drawn from, to stand in a `script` element.
    public static String data(FleetStudy study) {
        List<?> points = (List<?>) FleetJson.document(study).get("points");
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("series", points == null ? null : ((Map<?, ?>) points.getLast()).get("series"));
        return Json.inScript(data);
    }

    /// What is said of a fleet in words.
    public static List<Fact> facts(FleetStudy study, Point point) {
        var facts = new ArrayList<Fact>();
        FleetText.loadLines(study).forEach(text -> facts.add(new Fact("Load", text)));
        facts.add(new Fact("Fleet", FleetText.hardware(point)));
        facts.addAll(FleetText.about(point));
        if (point.fleet().search()) {
            facts.add(new Fact("Search", FleetText.search(point)));
        }
        facts.add(new Fact("Requests", FleetText.requests(point.report())));
        facts.add(new Fact("Promise", FleetText.promise(study, point)));
        facts.add(new Fact("Cost", FleetText.cost(point.report())));
        study.derivation()
                .ifPresent(derivation ->
                        FleetText.derived(derivation)
                                .forEach(text -> facts.add(new Fact(DERIVED, text))));
        FleetText.simulated(study, point).ifPresent(text -> facts.add(new Fact("Simulated", text)));
        facts.add(new Fact("Tokens", FleetText.tokens(point.report())));
        facts.add(new Fact("Memory", FleetText.memory(point.report())));
        facts.add(new Fact("Balance", FleetText.balance(point.report())));
        return facts;
    }

    /// Latencies of a fleet as rows of a table.
    public static List<Row> latencies(Point point) {
        return List.of(
                SimulationPage.row("TTFT", "arrival to first token", point.report().ttft()),
                SimulationPage.row(
                        "TPOT", "mean gap between a request's tokens", point.report().tpot()),
                SimulationPage.row("ITL", "every gap between two tokens", point.report().itl()),
                SimulationPage.row("queueing", "arrival to first step", point.report().queueing()),
                SimulationPage.row(
                        "whole answer", "arrival to last token", point.report().latency()));
    }

    private static List<Row> sweep(FleetStudy study) {
        var rows = new ArrayList<Row>();
        for (Point point : study.points()) {
            rows.add(
                    new Row(
                            point.fleet().label(),
                            "",
                            List.of(
                                    point.replicas() == 0
                                            ? "none"
                                            : Figures.count(point.replicas()),
                                    Figures.seconds(point.report().ttft().p95Seconds()),
                                    Figures.seconds(point.report().tpot().p95Seconds()),
                                    Figures.percent(point.report().load().kvMean()),
                                    Figures.percent(point.report().tokens().hitShare()),
                                    "$%.4f".formatted(point.report().cost().perMillionTokens()))));
        }
        return rows;
    }
}
