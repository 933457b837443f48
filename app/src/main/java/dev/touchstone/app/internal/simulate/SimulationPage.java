package dev.touchstone.app.internal.simulate;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.llm.replay.Latency;
import dev.touchstone.llm.replay.ReplayReport;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A simulation as one HTML file that needs nothing else: style, scripts and data stand in it, so
/// it can be mailed, archived and opened without a network.
public final class SimulationPage {
    private static final String GENERATED = "gg.jte.generated.precompiled";
    private static final String TEMPLATE = "simulation.jte";
    private static final String OURS = "/dev/touchstone/app/simulation/";
    private static final String UPLOT = "META-INF/resources/webjars/uplot/1.6.30/dist/";

    private SimulationPage() {}

    /// A row of the latency table.
    public record Row(String name, String meaning, List<String> figures) {}

    /// What the template shows.
    ///
    /// @param latencies rows of mean, p50, p90, p95, p99 and max
    /// @param style of the page, to stand in a `style` element
    /// @param script of the page, to stand in a `script` element
    /// @param data the document of [SimulationJson], to stand in a `script` element
    public record View(
            String title,
            Summary summary,
            List<Row> latencies,
            String style,
            String script,
            String data) {}

    /// The page.
    public static String of(Simulation simulation) {
        var output = new StringOutput(256 * 1024);
        templates().render(TEMPLATE, view(simulation), output);
        return output.toString();
    }

    static TemplateEngine templates() {
        return TemplateEngine.createPrecompiled(
                null, ContentType.Html, SimulationPage.class.getClassLoader(), GENERATED);
    }

    static String style() {
        return library(UPLOT + "uPlot.min.css") + own("page.css");
    }

    static String script() {
        return library(UPLOT + "uPlot.iife.min.js") + own("page.js");
    }

    private static View view(Simulation simulation) {
        ReplayReport report = simulation.report();
        return new View(
                simulation.traceName(),
                new Summary(simulation),
                List.of(
                        row("TTFT", "arrival to first token", report.ttft()),
                        row("TPOT", "mean gap between a request's tokens", report.tpot()),
                        row("ITL", "every gap between two tokens", report.itl()),
                        row("queueing", "arrival to first step", report.queueing())),
                style(),
                script(),
                Json.inScript(SimulationJson.document(simulation)));
    }

    static Row row(String name, String meaning, Latency latency) {
        return new Row(
                name,
                meaning,
                List.of(
                        Figures.seconds(latency.meanSeconds()),
                        Figures.seconds(latency.p50Seconds()),
                        Figures.seconds(latency.p90Seconds()),
                        Figures.seconds(latency.p95Seconds()),
                        Figures.seconds(latency.p99Seconds()),
                        Figures.seconds(latency.maxSeconds())));
    }

    private static String own(String name) {
        return text(name, SimulationPage.class.getResourceAsStream(OURS + name));
    }

    /// A class sees the resources of its own module only, the loader those of libraries.
    private static String library(String name) {
        return text(name, SimulationPage.class.getClassLoader().getResourceAsStream(name));
    }

    private static String text(String name, @Nullable InputStream resource) {
        try (InputStream in = resource) {
            if (in == null) {
                throw new IllegalStateException(
                        "%s is not on the module path; the package is incomplete".formatted(name));
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8) + "\n";
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name, e);
        }
    }
}
