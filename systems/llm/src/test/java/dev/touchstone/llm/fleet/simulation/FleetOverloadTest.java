package dev.touchstone.llm.fleet.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.llm.fleet.DegradationLadder;
import dev.touchstone.llm.replay.Trace;
import dev.touchstone.telemetry.Series;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A fleet that is asked for more than it can do")
class FleetOverloadTest {
    private static final int REPLICAS = 3;
    private static final int CALM_SECONDS = 120;
    private static final int STORM_SECONDS = 180;
    private static final int SETTLING_SECONDS = 20;

    /// Whether answers are cut under load or given in full.
    @ParameterizedTest(name = "answers of at most {0} tokens")
    @ValueSource(ints = {200, 100_000})
    void serves_as_many_as_it_can_and_nobody_in_vain(int shortAnswer) {
        double capacity = capacity();
        DegradationLadder.Config usual = DegradationLadder.Config.DEFAULT;
        var ladder =
                new DegradationLadder.Config(
                        usual.scaleOut(),
                        usual.shorten(),
                        usual.queue(),
                        usual.fallback(),
                        usual.margin(),
                        usual.calm(),
                        shortAnswer,
                        usual.longestWait());
        Control control = Control.NONE.with(ladder).withPatience(Duration.ofSeconds(10));

        FleetReport report =
                FleetSimulation.run(
                        storm(0.6 * capacity, 1.5 * capacity),
                        Fleets.of(REPLICAS, 1).with(control),
                        FleetProgress.NONE);

        FleetCourse course = report.course();
        int over = CALM_SECONDS + STORM_SECONDS;
        double goodput = mean(course.inTime(), CALM_SECONDS + SETTLING_SECONDS, over);
        assertThat(goodput).isGreaterThan(0.95 * capacity);
        assertThat(report.outcomes().timedOut()).isZero();
        assertThat(report.outcomes().inTime())
                .isGreaterThan((long) (0.95 * report.outcomes().finished()));
        assertThat(mean(course.turnedAway(), CALM_SECONDS, over)).isPositive();
        // Thirty seconds after the storm it is as if there had been none.
        assertThat(mean(course.turnedAway(), over + 30, Integer.MAX_VALUE)).isZero();
        assertThat(most(course.ttftP95(), over + 30)).isLessThan(Slo.COURSE.ttftP95Seconds());
    }

    /// Requests a second that get what they are promised, at the greatest load at which 95 % do.
    private static double capacity() {
        double capacity = 0;
        for (double rate = 30; rate < 60; rate += 1) {
            FleetReport report =
                    FleetSimulation.run(steady(rate), Fleets.of(REPLICAS, 1), FleetProgress.NONE);
            if (report.outcomes().inTime() < 0.95 * report.outcomes().requests()) {
                break;
            }
            capacity = mean(report.course().inTime(), SETTLING_SECONDS, STORM_SECONDS);
        }
        assertThat(capacity).isPositive();
        return capacity;
    }

    private static TraceLoad steady(double rate) {
        var trace = new Trace.Builder();
        add(trace, new SplittableRandom(1), 0, STORM_SECONDS, rate);
        return new TraceLoad(trace.build(), 1);
    }

    private static TraceLoad storm(double calm, double storm) {
        var random = new SplittableRandom(1);
        var trace = new Trace.Builder();
        add(trace, random, 0, CALM_SECONDS, calm);
        add(trace, random, CALM_SECONDS, STORM_SECONDS, storm);
        add(trace, random, CALM_SECONDS + STORM_SECONDS, CALM_SECONDS, calm);
        return new TraceLoad(trace.build(), 1);
    }

    private static void add(
            Trace.Builder trace, SplittableRandom random, int from, int seconds, double perSecond) {
        for (double at = from; at < from + seconds; at += random.nextExponential() / perSecond) {
            int prompt = 200 + (int) Math.min(6_000, 800 * random.nextExponential());
            int answer = 20 + (int) Math.min(1_500, 280 * random.nextExponential());
            trace.add((long) (at * 1e9), prompt, answer);
        }
    }

    private static double mean(Series series, int fromSecond, int toSecond) {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < series.values().length; i++) {
            double at = series.timesSeconds()[i];
            if (at >= fromSecond && at < toSecond) {
                sum += series.values()[i];
                count++;
            }
        }
        assertThat(count).isPositive();
        return sum / count;
    }

    private static double most(Series series, int fromSecond) {
        double most = 0;
        for (int i = 0; i < series.values().length; i++) {
            if (series.timesSeconds()[i] >= fromSecond && Double.isFinite(series.values()[i])) {
                most = Math.max(most, series.values()[i]);
            }
        }
        return most;
    }
}
