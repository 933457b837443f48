package dev.touchstone.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Telemetry with windows of one second, four at most")
class TelemetryTest {
    private static final long SECOND = 1_000_000_000;
    private static final long EVER = Long.MAX_VALUE;

    private final Telemetry telemetry = new Telemetry(Duration.ofSeconds(1), 4);
    private final Counter requests = telemetry.counter("requests_total", "requests", "Requests.");

    @Test
    void begins_its_first_window_at_the_first_time_it_sees() {
        requests.add(7 * SECOND + 1, 3);
        telemetry.advance(9 * SECOND + 1);

        assertThat(requests.series(Statistic.RATE, 0, EVER))
                .isEqualTo(series(new double[] {7 + 1e-9, 8 + 1e-9, 9 + 1e-9}, 3, 0, Double.NaN));
    }

    @Test
    void shows_nothing_before_time_has_begun() {
        assertThat(requests.series(Statistic.RATE, Long.MIN_VALUE, EVER)).isEqualTo(series());
    }

    @Test
    void divides_the_running_window_by_its_elapsed_part() {
        requests.add(0, 10);
        assertThat(rates()).containsExactly(Double.NaN);

        telemetry.advance(SECOND / 4);
        assertThat(rates()).containsExactly(40);
    }

    @Test
    void shows_whole_windows_that_overlap_the_range() {
        for (int second = 0; second < 4; second++) {
            requests.add(second * SECOND, second + 1);
        }
        telemetry.advance(4 * SECOND - 1);

        assertThat(requests.total(SECOND, 2 * SECOND)).isEqualTo(2);
        assertThat(requests.total(SECOND - 1, 2 * SECOND + 1)).isEqualTo(1 + 2 + 3);
        assertThat(requests.total(2 * SECOND, 2 * SECOND)).isZero();
        assertThat(requests.total(Long.MIN_VALUE, Long.MAX_VALUE)).isEqualTo(10);
        assertThat(requests.total(-SECOND, 0)).isZero();
        assertThat(requests.total(4 * SECOND, 9 * SECOND)).isZero();
    }

    @Test
    void merges_pairs_into_windows_twice_as_long_when_there_are_too_many() {
        for (int second = 0; second < 5; second++) {
            requests.add(second * SECOND, 1 << second);
        }
        telemetry.advance(5 * SECOND);

        assertThat(telemetry.window()).isEqualTo(Duration.ofSeconds(2));
        assertThat(requests.series(Statistic.RATE, 0, EVER))
                .isEqualTo(series(new double[] {0, 2, 4}, (1 + 2) / 2.0, (4 + 8) / 2.0, 16));
    }

    @Test
    void survives_a_silence_of_a_century_within_its_bound() {
        requests.add(0, 5);
        telemetry.advance(Duration.ofDays(36_500).toNanos());

        assertThat(rates()).hasSizeBetween(2, 4);
        assertThat(requests.total(0, EVER)).isEqualTo(5);
    }

    @Test
    void gives_late_instruments_the_windows_they_missed() {
        telemetry.advance(0);
        telemetry.advance(2 * SECOND);
        Gauge late = telemetry.gauge("late", "1", "Made in the third window.");
        late.set(2 * SECOND, 8);
        telemetry.advance(3 * SECOND);

        assertThat(late.series(Statistic.MEAN, 0, EVER).values())
                .containsExactly(Double.NaN, Double.NaN, 8, 8);
    }

    @Test
    void refuses_a_time_before_the_last() {
        requests.add(10, 1);
        requests.add(10, 1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> requests.add(9, 1))
                .withMessageContaining("from 10 ns to 9 ns");
        assertThat(requests.total()).isEqualTo(2);
    }

    @Test
    void finds_an_instrument_again_by_its_name_and_labels_in_any_order() {
        Gauge made = telemetry.gauge("vllm:busy", "1", "Busy.", "zone", "b", "replica", "3");

        assertThat(telemetry.gauge("vllm:busy", "1", "Busy.", "replica", "3", "zone", "b"))
                .isSameAs(made);
        assertThat(telemetry.find("vllm:busy{replica=\"3\",zone=\"b\"}")).contains(made);
        assertThat(telemetry.find("vllm:busy")).isEmpty();
        assertThat(telemetry.instruments()).containsExactly(requests, made);
    }

    @Test
    void keeps_apart_labels_that_look_alike() {
        Gauge one = telemetry.gauge("x", "1", "X.", "a", "1\",b=\"2");
        Gauge two = telemetry.gauge("x", "1", "X.", "a", "1", "b", "2");

        assertThat(one.metric().id()).isNotEqualTo(two.metric().id());
    }

    @Test
    void refuses_one_name_for_two_things() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> telemetry.gauge("requests_total", "requests", "Requests."))
                .withMessageContainingAll("a Counter of requests", "a Gauge of requests");
        telemetry.distribution("wait_seconds", "seconds", "Wait.", 1_000_000_000);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> telemetry.distribution("wait_seconds", "seconds", "Wait.", 1000))
                .withMessageContainingAll("1000000000 recorded", "1000 recorded");
    }

    @Test
    void refuses_names_that_prometheus_would() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> telemetry.gauge("queue-length", "1", "Queue."))
                .withMessageContaining("queue-length");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> telemetry.gauge("queue", "1", "Queue.", "__name", "x"))
                .withMessageContaining("__name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> telemetry.gauge("queue", "1", "Queue.", "lonely"))
                .withMessageContaining("pairs");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> telemetry.counter("requests", "requests", "Requests."))
                .withMessageContaining("requests_total");
    }

    @Test
    void refuses_a_statistic_that_an_instrument_does_not_have() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> requests.series(Statistic.P99, 0, EVER))
                .withMessageContainingAll("requests_total has no P99", "[RATE]");
    }

    private double[] rates() {
        return requests.series(Statistic.RATE, Long.MIN_VALUE, EVER).values();
    }

    private static Series series(double[] timesSeconds, double... values) {
        return new Series(timesSeconds, values);
    }

    private static Series series() {
        return new Series(new double[0], new double[0]);
    }
}
