package dev.touchstone.app.testing;

import dev.touchstone.arena.Action;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.Incident.Lever;
import dev.touchstone.arena.Incident.Probe;
import dev.touchstone.arena.Incident.Term;
import dev.touchstone.arena.IncidentRun;
import dev.touchstone.arena.Observation;
import dev.touchstone.arena.Observation.LogEntry;
import dev.touchstone.arena.Observation.Phase;
import dev.touchstone.arena.Outcome;
import dev.touchstone.arena.Outcome.Finding;
import dev.touchstone.arena.Report;
import dev.touchstone.arena.Report.Dimension;
import dev.touchstone.arena.Report.Fact;
import dev.touchstone.arena.Report.Mark;
import dev.touchstone.arena.Report.Verdict;
import dev.touchstone.arena.RunRecord;
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
import java.util.SplittableRandom;
import java.util.TreeMap;

/// A run of the practice incident: formulas of time and of when the levers took effect.
final class PracticeRun implements IncidentRun {
    private static final int WINDOW_SECONDS = 15;

    private final Incident incident;
    private final long seed;
    private final List<Action> actions = new ArrayList<>();
    private final List<LogEntry> log = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private final Set<String> cited = new LinkedHashSet<>();
    private final Map<String, String> levers = new LinkedHashMap<>();
    private final List<Timeline.Change> changes = new ArrayList<>();

    /// When each of the two mending levers began to work, in seconds; infinite while it does not.
    private double cappedAt = Double.POSITIVE_INFINITY;

    private double chunkedAt = Double.POSITIVE_INFINITY;
    private Duration now = Duration.ZERO;
    private Phase phase = Phase.OPEN;

    PracticeRun(Incident incident, long seed) {
        this.incident = incident;
        this.seed = seed;
        incident.levers().forEach(lever -> levers.put(lever.id(), lever.initial()));
        changes.addAll(incident.changes());
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
        if (phase != Phase.OPEN) {
            return new Outcome.Refused(
                    Outcome.Kind.ENDED, "the run is over; start another one to try again");
        }
        Duration startedAt = now;
        Outcome outcome =
                switch (action) {
                    case Action.Wait(Duration duration) -> waitFor(duration);
                    case Action.Probe(String id) -> probe(id);
                    case Action.Pull(String lever, String option) -> pull(lever, option);
                    case Action.Announce(String status) -> announce(status);
                    case Action.Note _ -> done("Noted.", List.of());
                    case Action.Cite(String signal) -> cite(signal);
                    case Action.Declare(String component, var _, var _, var _) ->
                            declare(component);
                };
        if (!(outcome instanceof Outcome.Done(var _, var _, String text, List<Finding> found))) {
            return outcome;
        }
        actions.add(action);
        var done = new Outcome.Done(startedAt, now, text, found);
        if (!(action instanceof Action.Wait)) {
            log.add(new LogEntry(action, done));
        }
        return done;
    }

    private Outcome waitFor(Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            return new Outcome.Refused(
                    Outcome.Kind.INVALID, "a wait must be positive, got " + duration);
        }
        pass(duration);
        return done("", List.of());
    }

    private Outcome probe(String id) {
        Optional<Probe> probe =
                incident.probes().stream().filter(candidate -> candidate.id().equals(id)).findAny();
        if (probe.isEmpty()) {
            return unknown("probe", id);
        }
        pass(probe.get().cost());
        var finding =
                new Finding(
                        "probe:" + id,
                        probe.get().title(),
                        "9 sequences hold 97 % of the cache: 3 of them are over 24k tokens and hold 15.7 of 20.2 GB.",
                        List.of(
                                List.of(
                                        "prompt",
                                        "sequences",
                                        "held",
                                        "share",
                                        "tokens read",
                                        "oldest of them"),
                                List.of("up to 2k", "5", "1.7 GB", "8 %", "9,812", "14.2 s"),
                                List.of("2k to 8k", "1", "1.2 GB", "6 %", "7,330", "3.0 s"),
                                List.of("over 24k", "3", "15.7 GB", "78 %", "95,870", "612 s")));
        findings.add(finding);
        return done("Looked at it.", List.of(finding));
    }

    private Outcome pull(String id, String option) {
        Optional<Lever> lever =
                incident.levers().stream().filter(candidate -> candidate.id().equals(id)).findAny();
        if (lever.isEmpty()) {
            return unknown("lever", id);
        }
        Optional<Term> term =
                lever.get().options().stream().filter(o -> o.id().equals(option)).findAny();
        if (term.isEmpty()) {
            return unknown("option", option);
        }
        if (option.equals(levers.get(id))) {
            return new Outcome.Refused(
                    Outcome.Kind.NOT_NOW,
                    "%s is at %s already".formatted(lever.get().title(), term.get().label()));
        }
        pass(lever.get().cost());
        levers.put(id, option);
        boolean mends = !option.equals(lever.get().initial());
        double from = mends ? seconds(now) : Double.POSITIVE_INFINITY;
        switch (id) {
            case "context-cap", "long-lane" -> cappedAt = from;
            case "chunk" -> chunkedAt = from;
            default -> {}
        }
        changes.add(
                new Timeline.Change(
                        incident.page().plus(now),
                        Timeline.Kind.CONFIG,
                        id,
                        term.get().label(),
                        "you"));
        return done("%s is now %s.".formatted(lever.get().title(), term.get().label()), List.of());
    }

    private Outcome announce(String status) {
        if (status.isBlank() || status.length() > 280) {
            return new Outcome.Refused(
                    Outcome.Kind.INVALID,
                    "a status line has 1 to 280 characters, got " + status.length());
        }
        pass(incident.announceCost());
        return done("Posted.", List.of());
    }

    private Outcome cite(String signal) {
        if (signals().stream().noneMatch(term -> term.id().equals(signal))) {
            return unknown("signal", signal);
        }
        cited.add(signal);
        return done("Cited.", List.of());
    }

    private Outcome declare(String component) {
        if (incident.components().stream().noneMatch(term -> term.id().equals(component))) {
            return unknown("component", component);
        }
        phase = Phase.DECLARED;
        return done("Declared.", List.of());
    }

    private Outcome done(String text, List<Finding> found) {
        return new Outcome.Done(now, now, text, found);
    }

    private static Outcome unknown(String what, String id) {
        return new Outcome.Refused(
                Outcome.Kind.UNKNOWN, "the incident has no %s '%s'".formatted(what, id));
    }

    private void pass(Duration duration) {
        now = now.plus(duration);
        if (now.compareTo(incident.clock()) >= 0) {
            now = incident.clock();
            phase = Phase.TIMED_OUT;
        }
    }

    @Override
    public Observation observe() {
        return new Observation(
                phase,
                now,
                incident.clock().minus(now),
                log,
                changes,
                levers,
                signals(),
                cited,
                harm(seconds(now), cappedAt));
    }

    private List<Term> signals() {
        var signals = new ArrayList<Term>();
        incident.panels()
                .forEach(panel ->
                        panel.lines()
                                .forEach(line ->
                                        signals.add(
                                                new Term(
                                                        line.signal(),
                                                        panel.title() + ", " + line.label()))));
        findings.forEach(finding -> signals.add(new Term(finding.signal(), finding.title())));
        return signals;
    }

    @Override
    public Map<String, Series> series(Duration from) {
        return series(seconds(from), seconds(now), cappedAt, chunkedAt);
    }

    private Map<String, Series> series(
            double fromSeconds, double toSeconds, double capped, double chunked) {
        int first =
                (int)
                        Math.floor(
                                Math.max(fromSeconds, -seconds(incident.history()))
                                        / WINDOW_SECONDS);
        int last = (int) Math.floor(toSeconds / WINDOW_SECONDS);
        int points = Math.max(0, last - first);
        var all = new LinkedHashMap<String, Series>();
        for (var panel : incident.panels()) {
            for (var line : panel.lines()) {
                double[] times = new double[points];
                double[] values = new double[points];
                for (int i = 0; i < points; i++) {
                    times[i] = (double) (first + i) * WINDOW_SECONDS;
                    values[i] = value(line.signal(), first + i, times[i], capped, chunked);
                }
                all.put(line.signal(), new Series(times, values));
            }
        }
        return all;
    }

    private double value(String signal, int window, double t, double capped, double chunked) {
        var random = new SplittableRandom(seed * 1_000_003 + window * 31L + signal.hashCode());
        double noise = random.nextDouble(-1, 1);
        double onset = seconds(PracticeIncident.ONSET);
        double hurt = rise(t, onset, 420) * (1 - rise(t, capped, 150));
        double stutter =
                rise(t, onset, 300)
                        * (1 - 0.8 * rise(t, chunked, 120))
                        * (1 - 0.6 * rise(t, capped, 150));
        double saw = (t / 210) % 1;
        return switch (signal) {
            case "tokens" -> 2400 - 1690 * hurt + 70 * noise;
            case "itl-p99" -> 47 + 163 * stutter * (0.85 + 0.3 * saw) + 3 * noise;
            case "itl-p50" -> 16 - 3 * hurt + 0.6 * noise;
            case "ttft-p99" -> 430 + 60 * hurt + 30 * noise;
            case "ttft-p50" -> 170 + 10 * noise;
            case "kv-max" -> Math.min(100, 66 + (22 + 14 * saw) * hurt + 2 * noise);
            case "kv-mean" -> 58 + 30 * hurt + 2 * noise;
            case "running" -> 38 - 29 * hurt + noise;
            case "waiting" -> Math.max(0, 1 + 34 * hurt * (0.6 + 0.5 * saw) + noise);
            case "short" -> 41 + 4 * Math.sin(t / 900) + 1.5 * noise;
            case "long" -> 0.4 + 2.6 * rise(t, onset, 200) + 0.2 * noise;
            case "preempted" -> Math.max(0, 0.3 + 11 * hurt * saw + noise);
            case "restarts" -> window % 60 == 40 && hurt > 0.4 ? 4 : 0;
            default -> Double.NaN;
        };
    }

    /// 0 before `at`, then on to 1 within about `over` seconds.
    private static double rise(double t, double at, double over) {
        return t <= at ? 0 : 1 - Math.exp(-(t - at) / (over / 2));
    }

    private static double harm(double t, double capped) {
        double open = Math.min(t, capped);
        return Math.rint(1.7 * open + Math.min(120, 0.4 * Math.max(0, t - open)));
    }

    @Override
    public RunRecord record() {
        var merged = new ArrayList<Action>();
        for (Action action : actions) {
            if (action instanceof Action.Wait(Duration more)
                    && !merged.isEmpty()
                    && merged.getLast() instanceof Action.Wait(Duration before)) {
                merged.set(merged.size() - 1, new Action.Wait(before.plus(more)));
            } else {
                merged.add(action);
            }
        }
        return new RunRecord(incident.id(), seed, merged);
    }

    @Override
    public Report report() {
        if (phase == Phase.OPEN) {
            throw new IllegalStateException("the run is open; declare or let the clock run out");
        }
        boolean mended = Double.isFinite(cappedAt);
        boolean told = log.stream().anyMatch(entry -> entry.action() instanceof Action.Announce);
        var dimensions =
                List.of(
                        new Dimension(
                                "harm",
                                "Harm",
                                mended ? 31 : 4,
                                40,
                                List.of(
                                        new Verdict(
                                                mended ? 31 : 4,
                                                40,
                                                "Harm is %s that of nobody acting; the expert's is 14 %%."
                                                        .formatted(mended ? "29 %" : "100 %"),
                                                Optional.empty()))),
                        new Dimension(
                                "order",
                                "Order of actions",
                                mended ? 17 : 5,
                                25,
                                List.of(
                                        new Verdict(
                                                mended ? 10 : 0,
                                                10,
                                                mended
                                                        ? "The context cap came before anything slow."
                                                        : "Nothing stopped the bleeding.",
                                                at(Action.Pull.class)),
                                        new Verdict(
                                                7,
                                                8,
                                                "The first look was free and told most.",
                                                at(Action.Probe.class)),
                                        new Verdict(
                                                0,
                                                7,
                                                "The step trace came first; it slows a replica that users are on.",
                                                Optional.of(Duration.ofMinutes(6))))),
                        new Dimension(
                                "cause",
                                "Cause",
                                15,
                                15,
                                List.of(
                                        new Verdict(
                                                6,
                                                6,
                                                "Admission and context limits is the component.",
                                                at(Action.Declare.class)),
                                        new Verdict(
                                                6,
                                                6,
                                                "Long sequences hold the KV cache: named first.",
                                                at(Action.Declare.class)),
                                        new Verdict(
                                                3,
                                                3,
                                                "Onset within a minute of 13:37.",
                                                at(Action.Declare.class)))),
                        new Dimension(
                                "evidence",
                                "Evidence",
                                Math.min(10, 3.0 * cited.size()),
                                10,
                                List.of(
                                        new Verdict(
                                                Math.min(10, 3.0 * cited.size()),
                                                10,
                                                cited.isEmpty()
                                                        ? "Nothing was cited."
                                                        : "Cited: "
                                                                + String.join(", ", cited)
                                                                + ".",
                                                at(Action.Cite.class)))),
                        new Dimension(
                                "communication",
                                "Communication",
                                told ? 8 : 0,
                                10,
                                List.of(
                                        new Verdict(
                                                told ? 8 : 0,
                                                10,
                                                told
                                                        ? "A status line went out within ten minutes."
                                                        : "Nobody outside the room was told.",
                                                at(Action.Announce.class)))));
        double points = dimensions.stream().mapToDouble(Dimension::points).sum();
        return new Report(
                incident.id(),
                seed,
                "Context limit raised without capacity by context",
                (int) Math.round(points),
                dimensions,
                List.of(),
                List.of(
                        run("you", cappedAt, chunkedAt, marks()),
                        run(
                                "expert",
                                180,
                                900,
                                List.of(
                                        new Mark(Duration.ZERO, "KV occupancy by context length"),
                                        new Mark(Duration.ofMinutes(2), "Context limit 8k"),
                                        new Mark(Duration.ofMinutes(3), "Status line"),
                                        new Mark(Duration.ofMinutes(15), "Prefill chunk 512"))),
                        run(
                                "nobody",
                                Double.POSITIVE_INFINITY,
                                Double.POSITIVE_INFINITY,
                                List.of())),
                List.of(
                        "At 13:37 the context limit for enterprise keys went from 8k to 32k. One 32k sequence holds sixteen times the cache of a 2k one, so nine sequences filled what had held thirty-eight. The GPU was never short of arithmetic; it was short of places.",
                        "Mean time between tokens went down while the fleet collapsed, because fewer sequences shared a step. A mean over requests that run says nothing about those that wait.",
                        "Cap or fence first, since both are configuration and take a minute; then chunked prefill, since it is what short chats feel; then pages and fp8 for the cache. More GPUs buy a linear share of a sixteenfold problem."),
                List.of(
                        new Fact(
                                "Throughput per GPU",
                                "2,402 tokens/s",
                                "712 tokens/s",
                                mended ? "2,388 tokens/s" : "709 tokens/s"),
                        new Fact(
                                "Short chats, p99 between tokens",
                                "48 ms",
                                "209 ms",
                                mended ? "57 ms" : "211 ms"),
                        new Fact("Sequences per GPU", "38", "9", mended ? "37" : "9"),
                        new Fact("KV cache in use", "62 %", "97 %", mended ? "66 %" : "97 %")),
                "%064x".formatted(record().hashCode() & 0xffff_ffffL));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private Optional<Duration> at(Class<? extends Action> kind) {
        return log.stream()
                .filter(entry -> kind.isInstance(entry.action()))
                .map(entry -> entry.outcome().endedAt())
                .findFirst();
    }

    private List<Mark> marks() {
        return log.stream()
                .filter(entry -> !(entry.action() instanceof Action.Cite))
                .map(entry -> new Mark(entry.outcome().endedAt(), entry.outcome().text()))
                .toList();
    }

    private Report.Run run(String name, double capped, double chunked, List<Mark> marks) {
        double end = seconds(incident.clock());
        int points = (int) (end / WINDOW_SECONDS);
        double[] times = new double[points];
        double[] values = new double[points];
        for (int i = 0; i < points; i++) {
            times[i] = i * (double) WINDOW_SECONDS;
            values[i] = harm(times[i], capped);
        }
        return new Report.Run(
                name,
                harm(end, capped),
                new Series(times, values),
                new TreeMap<>(series(-seconds(incident.history()), end, capped, chunked)),
                marks);
    }
}
