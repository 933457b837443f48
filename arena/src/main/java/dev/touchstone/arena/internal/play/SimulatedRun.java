package dev.touchstone.arena.internal.play;

import dev.touchstone.arena.Action;
import dev.touchstone.arena.ContentException;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.IncidentRun;
import dev.touchstone.arena.Observation;
import dev.touchstone.arena.Outcome;
import dev.touchstone.arena.Report;
import dev.touchstone.arena.RunRecord;
import dev.touchstone.arena.internal.Moments;
import dev.touchstone.arena.internal.Names;
import dev.touchstone.arena.internal.content.IncidentPlan;
import dev.touchstone.arena.internal.content.Variant;
import dev.touchstone.arena.internal.rules.Deed;
import dev.touchstone.guardrails.Timeline;
import dev.touchstone.telemetry.Series;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// A run on a [Simulation].
///
/// Every action but waiting is a deed: it is checked ([ActionCheck]), costs its time, and takes
/// effect when that has passed. Where the clock ends first, time runs up to the end, the deed stays
/// without effect and the run has timed out.
public final class SimulatedRun implements IncidentRun {
    private static final String PLAYER = "you";

    private final IncidentPlan plan;
    private final Incident incident;
    private final long seed;
    private final Simulation simulation;
    private final Grading grading;
    private final RunLog log = new RunLog();
    private final List<Timeline.Change> changes;
    private final Map<String, String> levers = new LinkedHashMap<>();
    private final Map<String, String> findings = new LinkedHashMap<>();
    private final Set<String> cited = new LinkedHashSet<>();
    private final Map<String, Double> figuresBefore;
    private final Map<String, Double> figuresAtPage;
    private Observation.Phase phase = Observation.Phase.OPEN;
    private Optional<Observation> closing = Optional.empty();
    private Optional<Played> played = Optional.empty();
    private Optional<Report> report = Optional.empty();

    /// Starts a run and lets the history pass.
    ///
    /// @throws ContentException when the incident's file asks for a figure that the deployment
    ///   lacks
    public SimulatedRun(IncidentPlan plan, long seed, Simulation simulation, Grading grading) {
        Variant variant = plan.variant(seed);
        this.plan = plan;
        this.incident = variant.incident();
        this.seed = seed;
        this.simulation = simulation;
        this.grading = grading;
        this.changes = new ArrayList<>(incident.changes());
        incident.levers().forEach(lever -> levers.put(lever.id(), lever.initial()));
        simulation.advanceTo(earlier(variant.onset(), Duration.ZERO));
        this.figuresBefore = simulation.deployment().figures();
        simulation.advanceTo(Duration.ZERO);
        this.figuresAtPage = simulation.deployment().figures();
        checkFigures(plan, variant, figuresAtPage);
    }

    private static void checkFigures(
            IncidentPlan plan, Variant variant, Map<String, Double> figures) {
        for (String figure : plan.figuresUsed(variant)) {
            if (!figures.containsKey(figure)) {
                throw new ContentException(
                        "%s: facts, rules or evidence use figure '%s', which deployment '%s' does not have; %s"
                                .formatted(
                                        plan.file(),
                                        figure,
                                        plan.deployment(),
                                        Names.hint(figure, figures.keySet())));
            }
        }
    }

    @Override
    public Incident incident() {
        return incident;
    }

    @Override
    public long seed() {
        return seed;
    }

    @Override
    public Outcome act(Action action) {
        var check = new ActionCheck(plan, incident, simulation.deployment());
        Optional<Outcome.Refused> refusal =
                phase == Observation.Phase.OPEN
                        ? check.refusal(action, levers, findings.keySet(), log.size())
                        : Optional.of(ended());
        if (refusal.isPresent()) {
            return refusal.get();
        }
        Outcome.Done done =
                switch (action) {
                    case Action.Wait(Duration duration) -> await(duration);
                    case Action.Probe(String probe) ->
                            carryOut(action, check.probe(probe).cost(), () -> probe(probe));
                    case Action.Pull(String lever, String option) ->
                            carryOut(action, check.lever(lever).cost(), () -> pull(lever, option));
                    case Action.Announce(String status) ->
                            carryOut(action, incident.announceCost(), () -> announce(status));
                    case Action.Note _ ->
                            carryOut(action, Duration.ZERO, () -> Effect.of("Noted."));
                    case Action.Cite(String signal) ->
                            carryOut(action, Duration.ZERO, () -> cite(signal));
                    case Action.Declare _ -> carryOut(action, Duration.ZERO, () -> declare());
                };
        if (phase == Observation.Phase.OPEN && !left().isPositive()) {
            phase = Observation.Phase.TIMED_OUT;
        }
        return done;
    }

    private Outcome.Refused ended() {
        String how =
                phase == Observation.Phase.DECLARED
                        ? "the cause was declared"
                        : "the clock ran out";
        return new Outcome.Refused(
                Outcome.Kind.ENDED,
                "the run is over: %s %s; ask for its report or start another run"
                        .formatted(how, Moments.at(observe().now())));
    }

    private Outcome.Done await(Duration duration) {
        Duration from = simulation.now();
        simulation.advanceTo(from.plus(earlier(duration, left())));
        return log.waited(from, simulation.now());
    }

    private Outcome.Done carryOut(Action action, Duration cost, Supplier<Effect> effect) {
        simulation.log("action", ActionText.of(action));
        Map<String, Double> figuresBegun = figuresFor(action);
        Duration begun = simulation.now();
        boolean finished = cost.compareTo(left()) <= 0;
        simulation.advanceTo(begun.plus(earlier(cost, left())));
        Effect came =
                finished ? effect.get() : Effect.of("The clock ran out before this took effect.");
        Duration done = simulation.now();
        var outcome = new Outcome.Done(begun, done, came.text, came.findings);
        log.add(
                new Deed(
                        log.nextDeed(),
                        action,
                        begun,
                        done,
                        finished,
                        figuresBegun,
                        cost.isZero() ? figuresBegun : figuresFor(action)),
                outcome);
        return outcome;
    }

    /// Notes and citations are free and nothing is read off them, so figures would be wasted there.
    private Map<String, Double> figuresFor(Action action) {
        return switch (action) {
            case Action.Probe _, Action.Pull _, Action.Announce _ ->
                    simulation.deployment().figures();
            case Action.Wait _, Action.Note _, Action.Cite _, Action.Declare _ -> Map.of();
        };
    }

    private Effect probe(String probe) {
        Outcome.Finding finding = simulation.deployment().probe(probe);
        if (!finding.signal().equals(probe)) {
            throw new IllegalStateException(
                    "deployment %s answers probe %s with signal %s; a finding's signal is its probe's id"
                            .formatted(plan.deployment(), probe, finding.signal()));
        }
        findings.put(probe, finding.title());
        return new Effect(finding.text(), List.of(finding));
    }

    private Effect pull(String lever, String option) {
        String text = simulation.deployment().pull(lever, option);
        if (!plan.momentary().contains(lever)) {
            levers.put(lever, option);
        }
        String what = log.story(incident).describe(new Action.Pull(lever, option));
        changed(Timeline.Kind.CONFIG, lever, what);
        return Effect.of(text);
    }

    private Effect announce(String status) {
        changed(Timeline.Kind.INCIDENT, "status line", status);
        return Effect.of("Posted.");
    }

    private Effect cite(String signal) {
        return Effect.of(cited.add(signal) ? "Cited." : "Cited again.");
    }

    private Effect declare() {
        phase = Observation.Phase.DECLARED;
        return Effect.of("Declared. The rest of the clock runs without you.");
    }

    private void changed(Timeline.Kind kind, String target, String summary) {
        changes.add(
                new Timeline.Change(
                        incident.page().plus(simulation.now()), kind, target, summary, PLAYER));
    }

    private Duration left() {
        return incident.clock().minus(simulation.now());
    }

    @Override
    public Observation observe() {
        return closing.orElseGet(this::current);
    }

    private Observation current() {
        return new Observation(
                phase,
                simulation.now(),
                phase == Observation.Phase.OPEN ? left() : Duration.ZERO,
                log.entries(),
                changes,
                levers,
                signals(),
                cited,
                simulation.deployment().harm());
    }

    private List<Incident.Term> signals() {
        List<Incident.Term> signals = new ArrayList<>();
        for (Incident.Panel panel : incident.panels()) {
            for (Incident.Line line : panel.lines()) {
                signals.add(new Incident.Term(line.signal(), panel.title() + ": " + line.label()));
            }
        }
        findings.forEach((probe, title) -> signals.add(new Incident.Term(probe, title)));
        return signals;
    }

    @Override
    public Map<String, Series> series(Duration from) {
        return simulation.series(from, observe().now());
    }

    @Override
    public RunRecord record() {
        return new RunRecord(incident.id(), seed, log.actions());
    }

    @Override
    public Report report() {
        if (phase == Observation.Phase.OPEN) {
            throw new IllegalStateException(
                    "the run is open for another %s; declare or let the clock run out first"
                            .formatted(Moments.length(left())));
        }
        if (report.isEmpty()) {
            report = Optional.of(grading.grade(finish()));
        }
        return report.orElseThrow();
    }

    /// Lets the clock run out with the deployment as it stands, and says what came of it.
    /// Observations stay as they were when the player stopped.
    public Played finish() {
        if (played.isEmpty()) {
            closing = Optional.of(current());
            simulation.advanceTo(incident.clock());
            played =
                    Optional.of(
                            new Played(
                                    plan,
                                    seed,
                                    log.story(incident),
                                    simulation.trajectory(log.marks(incident)),
                                    new Played.Snapshots(
                                            figuresBefore,
                                            figuresAtPage,
                                            simulation.deployment().figures()),
                                    simulation.hash()));
        }
        return played.orElseThrow();
    }

    private static Duration earlier(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    /// What an action that took effect has to say.
    private record Effect(String text, List<Outcome.Finding> findings) {
        static Effect of(String text) {
            return new Effect(text, List.of());
        }
    }
}
