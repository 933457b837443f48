package dev.touchstone.arena.internal.play;

import dev.touchstone.arena.ContentException;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.Report;
import dev.touchstone.arena.internal.Deployment;
import dev.touchstone.arena.internal.DeploymentFactory;
import dev.touchstone.arena.internal.Names;
import dev.touchstone.arena.internal.Scene;
import dev.touchstone.arena.internal.content.IncidentPlan;
import dev.touchstone.arena.internal.content.Variant;
import dev.touchstone.simulation.EventLog;
import dev.touchstone.telemetry.Instrument;
import dev.touchstone.telemetry.Metric;
import dev.touchstone.telemetry.Series;
import dev.touchstone.telemetry.Telemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A deployment and its clock, on the page's time: zero is the page, the history is negative.
///
/// Harm is sampled on a grid that does not depend on when the player acts; so are the figures,
/// where they are asked for.
public final class Simulation {
    private static final Duration HARM_SAMPLE = Duration.ofSeconds(15);
    private static final int HARM_SAMPLES_PER_FIGURE_SAMPLE = 4;

    private final Duration history;
    private final boolean sampleFigures;
    private final EventLog log = new EventLog();
    private final Deployment deployment;
    private final List<Charted> lines;
    private final List<Double> harm = new ArrayList<>();
    private final List<Trajectory.FigureSample> figures = new ArrayList<>();
    private Duration now;

    /// Builds the deployment, at the start of its history.
    ///
    /// @param faulty false for the healthy twin
    /// @param sampleFigures whether to sample the figures along the way
    /// @throws ContentException when a panel shows a metric that the deployment does not have
    public Simulation(
            IncidentPlan plan,
            DeploymentFactory factory,
            long seed,
            boolean faulty,
            boolean sampleFigures) {
        Variant variant = plan.variant(seed);
        Incident incident = variant.incident();
        this.history = incident.history();
        this.sampleFigures = sampleFigures;
        this.now = history.negated();
        log.add(0, log.kind("run"), seed, faulty ? 1 : 0);
        log.add(0, log.kind("incident"), incident.id());
        this.deployment =
                factory.build(
                        new Scene(
                                seed,
                                variant.parameters(),
                                faulty,
                                history.toNanos(),
                                history.plus(incident.clock()).toNanos(),
                                log));
        this.lines = charted(plan.file(), incident, deployment.telemetry());
    }

    Deployment deployment() {
        return deployment;
    }

    /// The moment up to which time has passed.
    Duration now() {
        return now;
    }

    /// Adds an entry to the event log at this moment.
    void log(String kind, String text) {
        log.add(nanos(now), log.kind(kind), text);
    }

    /// SHA-256 of the event log so far.
    String hash() {
        return log.hash();
    }

    /// Lets time pass.
    public void advanceTo(Duration moment) {
        for (Duration next = nextSample(); next.compareTo(moment) <= 0; next = nextSample()) {
            deployment.advanceTo(nanos(next));
            now = next;
            sample();
        }
        deployment.advanceTo(nanos(moment));
        now = moment;
    }

    private Duration nextSample() {
        return HARM_SAMPLE.multipliedBy(harm.size());
    }

    private void sample() {
        if (sampleFigures && harm.size() % HARM_SAMPLES_PER_FIGURE_SAMPLE == 0) {
            figures.add(new Trajectory.FigureSample(now, deployment.figures()));
        }
        harm.add(deployment.harm());
    }

    /// The panels' series by signal; times are seconds since the page.
    Map<String, Series> series(Duration from, Duration to) {
        Map<String, Series> series = new LinkedHashMap<>();
        for (Charted line : lines) {
            series.put(line.line.signal(), line.series(nanos(from), nanos(to), history));
        }
        return series;
    }

    /// What there is to keep once the clock has run out.
    ///
    /// @param marks what was done and when
    public Trajectory trajectory(List<Report.Mark> marks) {
        double[] times = new double[harm.size()];
        double[] values = new double[harm.size()];
        for (int i = 0; i < times.length; i++) {
            times[i] = HARM_SAMPLE.toSeconds() * (double) i;
            values[i] = harm.get(i);
        }
        return new Trajectory(
                deployment.harm(),
                new Series(times, values),
                series(history.negated(), now),
                figures,
                marks);
    }

    private long nanos(Duration moment) {
        return history.plus(moment).toNanos();
    }

    private static List<Charted> charted(String file, Incident incident, Telemetry telemetry) {
        List<Charted> lines = new ArrayList<>();
        for (Incident.Panel panel : incident.panels()) {
            for (Incident.Line line : panel.lines()) {
                lines.add(new Charted(line, instrument(file, line, telemetry)));
            }
        }
        return lines;
    }

    private static Instrument instrument(String file, Incident.Line line, Telemetry telemetry) {
        Optional<Instrument> instrument = telemetry.find(line.metric());
        if (instrument.isEmpty()) {
            throw new ContentException(
                    "%s: line '%s' shows metric '%s', which the deployment does not have; %s"
                            .formatted(
                                    file,
                                    line.signal(),
                                    line.metric(),
                                    Names.hint(line.metric(), metrics(telemetry))));
        }
        if (!instrument.get().statistics().contains(line.statistic())) {
            throw new ContentException(
                    "%s: line '%s' shows the %s of metric '%s', which has only %s"
                            .formatted(
                                    file,
                                    line.signal(),
                                    line.statistic(),
                                    line.metric(),
                                    instrument.get().statistics()));
        }
        return instrument.get();
    }

    private static List<String> metrics(Telemetry telemetry) {
        return telemetry.instruments().map(Instrument::metric).map(Metric::id).toList();
    }

    /// A line and the instrument behind it.
    private record Charted(Incident.Line line, Instrument instrument) {
        Series series(long fromNanos, long toNanos, Duration history) {
            Series series = instrument.series(line.statistic(), fromNanos, toNanos);
            double[] times = series.timesSeconds();
            double[] values = series.values();
            for (int i = 0; i < times.length; i++) {
                times[i] -= history.toMillis() / 1e3;
                values[i] *= line.factor();
            }
            return series;
        }
    }
}
