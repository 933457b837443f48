package dev.touchstone.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.telemetry.RandomRecordings.Window;
import dev.touchstone.testkit.Seeds;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A gauge with windows of ten nanoseconds")
class GaugeTest {
    private final Telemetry telemetry = new Telemetry(Duration.ofNanos(10), 8);
    private final Gauge gauge = telemetry.gauge("queue_length", "requests", "Waiting.");

    @Test
    void weighs_a_value_by_how_long_it_held() {
        gauge.set(0, 100);
        gauge.set(1, 0);
        telemetry.advance(10);

        assertThat(values(Statistic.MEAN)).containsExactly(10, 0);
        assertThat(values(Statistic.MIN)).containsExactly(0, 0);
        assertThat(values(Statistic.MAX)).containsExactly(100, 0);
        assertThat(values(Statistic.LAST)).containsExactly(0, 0);
    }

    @Test
    void carries_its_value_through_windows_in_which_it_is_not_set() {
        gauge.set(0, 7);
        telemetry.advance(35);

        assertThat(values(Statistic.MEAN)).containsExactly(7, 7, 7, 7);
    }

    @Test
    void does_not_show_a_value_replaced_at_the_instant_a_window_begins() {
        gauge.set(0, 1);
        gauge.set(10, 5);
        telemetry.advance(15);

        assertThat(values(Statistic.MIN)).containsExactly(1, 5);
    }

    @Test
    void has_no_value_before_the_first_and_after_a_nan() {
        telemetry.advance(0);
        gauge.set(14, 3);
        gauge.set(16, Double.NaN);
        telemetry.advance(30);

        assertThat(values(Statistic.MEAN)).containsExactly(Double.NaN, 3, Double.NaN, Double.NaN);
        assertThat(values(Statistic.LAST)).containsOnly(Double.NaN);
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void shows_what_a_nanosecond_by_nanosecond_replay_shows(long seed) {
        var run = new RandomRecordings(seed);
        Gauge replayed = run.telemetry.gauge("x", "1", "X.");
        run.recordings.forEach(at -> replayed.set(at.nanos(), (double) at.value()));
        run.telemetry.advance(run.latestNanos);

        List<Window> windows = run.windows();
        double[] mean = values(replayed, Statistic.MEAN);
        double[] min = values(replayed, Statistic.MIN);
        double[] max = values(replayed, Statistic.MAX);
        double[] last = values(replayed, Statistic.LAST);
        assertThat(mean).hasSameSizeAs(windows);
        for (int i = 0, next = 0; i < windows.size(); i++) {
            double value = i == 0 ? Double.NaN : last[i - 1];
            double sum = 0;
            double least = Double.POSITIVE_INFINITY;
            double greatest = Double.NEGATIVE_INFINITY;
            Window window = windows.get(i);
            for (long t = window.startNanos(); t < window.endNanos(); t++) {
                for (; hasNext(run, next, t); next++) {
                    value = run.recordings.get(next).value();
                }
                sum += value;
                least = Math.min(least, value);
                greatest = Math.max(greatest, value);
            }
            for (; i == windows.size() - 1 && hasNext(run, next, run.latestNanos); next++) {
                value = run.recordings.get(next).value();
            }
            assertThat(last[i]).isEqualTo(value);
            boolean elapsed = window.endNanos() > window.startNanos();
            double expectedMean = elapsed ? sum / (window.endNanos() - window.startNanos()) : value;
            assertThat(mean[i]).isCloseTo(expectedMean, within(1e-9 * expectedMean));
            assertThat(min[i]).isEqualTo(elapsed ? least : value);
            assertThat(max[i]).isEqualTo(elapsed ? greatest : value);
        }
    }

    private static boolean hasNext(RandomRecordings run, int next, long nanos) {
        return next < run.recordings.size() && run.recordings.get(next).nanos() <= nanos;
    }

    private double[] values(Statistic statistic) {
        return values(gauge, statistic);
    }

    private static double[] values(Gauge gauge, Statistic statistic) {
        return gauge.series(statistic, Long.MIN_VALUE, Long.MAX_VALUE).values();
    }
}
