package dev.touchstone.arena.design;

import dev.touchstone.arena.design.Breach.Kind;
import dev.touchstone.capacity.Derivation;
import dev.touchstone.capacity.Plans;
import dev.touchstone.capacity.Refusal;
import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.fleet.simulation.FleetProgress;
import dev.touchstone.llm.fleet.simulation.FleetReport;
import dev.touchstone.llm.fleet.simulation.FleetReport.Outcomes;
import dev.touchstone.llm.fleet.simulation.FleetSimulation;
import dev.touchstone.llm.fleet.simulation.SessionLoad;
import dev.touchstone.llm.fleet.simulation.Slo;
import dev.touchstone.telemetry.Series;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A design under a multiple of the challenge's load, and what came of it.
///
/// @param times as many users as in the challenge
/// @param breaches what broke, the first first
/// @param stopped whether somebody stopped it
public record DesignTrial(
        FleetDesign design, int times, FleetReport report, List<Breach> breaches, boolean stopped) {
    /// Under which multiples a design is tried.
    public static final List<Integer> TIMES = List.of(1, 3, 10);

    /// What the challenge promises.
    public static final Slo PROMISE = Slo.COURSE;

    /// What a million tokens may cost, likewise.
    public static final double MOST_DOLLARS = 2;

    /// Of everything that is drawn: designs are compared on the same people.
    public static final long SEED = 1;

    /// A limit is broken when this many points of a chart in a row are beyond it: one alone is a
    /// burst.
    private static final int IN_A_ROW = 3;

    private static final int BEATS_PER_SECOND = 4;
    private static final double FULL = 0.95;
    private static final double WAITING_FOR_ONE = 1;
    private static final double LOST = 0.01;
    private static final double SHORTENED = 0.95;

    public DesignTrial {
        breaches = List.copyOf(breaches);
    }

    /// For how long each is simulated, at the day's peak: long enough to settle, and no longer, for
    /// what is overloaded breaks soon.
    public static Duration span(int times) {
        return times == 1 ? Duration.ofMinutes(10) : Duration.ofMinutes(Math.max(2, 15 / times));
    }

    /// The challenge's users, so many times as many of them, around the day's peak.
    public static SessionLoad load(int times) {
        SessionLoad course = SessionLoad.COURSE;
        return new SessionLoad(
                course.sessions() * times,
                course.requestsPerHour(),
                course.peak(),
                span(times),
                course.conversation(),
                course.lowPriorityShare());
    }

    /// Simulates it. A fleet that is still not done when as much time again has passed is left.
    ///
    /// @param progress may stop it; what came of it then covers what was done so far
    public static DesignTrial run(FleetDesign design, int times, FleetProgress progress) {
        long most = span(times).toSeconds() * BEATS_PER_SECOND;
        var overtime = new long[1];
        var stopped = new boolean[1];
        FleetReport report =
                FleetSimulation.run(
                        load(times),
                        design.settings(SEED),
                        (fraction, running, waiting) -> {
                            stopped[0] |= !progress.reached(fraction, running, waiting);
                            overtime[0] += fraction >= 1 ? 1 : 0;
                            return !stopped[0] && overtime[0] <= most;
                        });
        return new DesignTrial(design, times, report, breaches(design, report), stopped[0]);
    }

    /// What is kept of it.
    public TrialResult result() {
        return TrialResult.of(this);
    }

    /// Whether everyone was served within the promise.
    public boolean kept() {
        return PROMISE.isMetBy(report);
    }

    /// Share of the requests that got no answer, or the small model's.
    public double lostShare() {
        return lostShare(report.outcomes());
    }

    /// What `touchstone plan llm` derives for this load and this kind of cache.
    public Derivation derivation() {
        return switch (Plans.named("llm").read(planInputs())) {
            case Derivation derivation -> derivation;
            case Refusal refusal -> throw new IllegalStateException(refusal.toString());
        };
    }

    /// The load in the words of `touchstone plan llm`.
    public Map<String, String> planInputs() {
        SessionLoad load = load(times);
        Map<String, String> given = new LinkedHashMap<>();
        given.put("sessions", String.valueOf(load.sessions()));
        given.put("price", String.valueOf(FleetDesign.DOLLARS_PER_HOUR));
        if (design.kvType() == ElementType.FP8) {
            given.put("kv_element", "1");
        }
        return given;
    }

    private static double lostShare(Outcomes outcomes) {
        long lost =
                outcomes.rejected()
                        + outcomes.neverFits()
                        + outcomes.failed()
                        + outcomes.shed()
                        + outcomes.fallback()
                        + outcomes.timedOut();
        return (double) lost / Math.max(1, outcomes.requests());
    }

    private static List<Breach> breaches(FleetDesign design, FleetReport report) {
        var course = report.course();
        var found = new ArrayList<Breach>();
        above(Kind.TTFT, course.ttftP95(), PROMISE.ttftP95Seconds()).ifPresent(found::add);
        above(Kind.TPOT, course.tpotP95(), PROMISE.tpotP95Seconds()).ifPresent(found::add);
        above(Kind.QUEUE, waitingForOne(course.waiting(), course.running()), WAITING_FOR_ONE)
                .ifPresent(found::add);
        above(Kind.MEMORY, course.kvOccupancy(), FULL).ifPresent(found::add);
        if (lostShare(report.outcomes()) > LOST) {
            found.add(whole(Kind.LOST, lostShare(report.outcomes()), LOST));
        }
        double answers =
                (double) report.tokens().output()
                        / Math.max(1, report.outcomes().finished())
                        / SessionLoad.COURSE.conversation().answerTokens();
        if (design.ladder() && answers < SHORTENED) {
            found.add(whole(Kind.SHORTENED, answers, SHORTENED));
        }
        if (report.cost().perMillionTokens() > MOST_DOLLARS) {
            found.add(whole(Kind.COST, report.cost().perMillionTokens(), MOST_DOLLARS));
        }
        found.sort(
                Comparator.comparing(
                        (Breach each) -> each.at().orElse(Duration.ofDays(1)),
                        Comparator.naturalOrder()));
        return found;
    }

    private static Breach whole(Kind kind, double value, double limit) {
        return new Breach(kind, Optional.empty(), value, limit);
    }

    private static Series waitingForOne(Series waiting, Series running) {
        double[] shares = new double[waiting.values().length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = waiting.values()[i] / Math.max(1, running.values()[i]);
        }
        return new Series(waiting.timesSeconds(), shares);
    }

    /// The breach of a limit from above, if [#IN_A_ROW] points are beyond it.
    private static Optional<Breach> above(Kind kind, Series series, double limit) {
        double[] values = series.values();
        int since = -1;
        int row = 0;
        double worst = 0;
        for (int i = 0; i < values.length; i++) {
            if (Double.isNaN(values[i])) {
                continue;
            }
            worst = Math.max(worst, values[i]);
            row = values[i] > limit ? row + 1 : 0;
            if (row == IN_A_ROW && since < 0) {
                since = i - IN_A_ROW + 1;
            }
        }
        if (since < 0) {
            return Optional.empty();
        }
        Duration at = Duration.ofMillis((long) (1e3 * series.timesSeconds()[since]));
        return Optional.of(new Breach(kind, Optional.of(at), worst, limit));
    }
}
