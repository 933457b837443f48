package dev.touchstone.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.touchstone.telemetry.RandomRecordings.At;
import dev.touchstone.testkit.Seeds;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A counter")
class CounterTest {
    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void shows_what_a_list_of_all_its_events_shows(long seed) {
        var run = new RandomRecordings(seed);
        Counter counter = run.telemetry.counter("x_total", "1", "X.");
        run.recordings.forEach(at -> counter.add(at.nanos(), at.count()));
        run.telemetry.advance(run.latestNanos);

        var windows = run.windows();
        Series rates = counter.series(Statistic.RATE, Long.MIN_VALUE, Long.MAX_VALUE);
        assertThat(windows).hasSizeLessThanOrEqualTo(RandomRecordings.MAX_WINDOWS);
        assertThat(rates.timesSeconds())
                .containsExactly(windows.stream().mapToDouble(w -> w.startNanos() / 1e9).toArray());
        assertThat(rates.values())
                .containsExactly(
                        windows.stream()
                                .mapToDouble(w ->
                                        w.seconds() == 0
                                                ? Double.NaN
                                                : count(w.recordings()) / w.seconds())
                                .toArray());
        assertThat(counter.total()).isEqualTo(count(run.recordings));
        assertThat(counter.total(Long.MIN_VALUE, Long.MAX_VALUE)).isEqualTo(counter.total());
    }

    @Test
    void refuses_to_count_down() {
        Counter counter = new Telemetry(Duration.ofSeconds(1), 4).counter("x_total", "1", "X.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> counter.add(0, -1))
                .withMessageContainingAll("x_total", "-1", "gauge");
    }

    private static long count(Iterable<At> recordings) {
        long count = 0;
        for (At at : recordings) {
            count += at.count();
        }
        return count;
    }
}
