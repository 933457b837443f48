package dev.touchstone.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.telemetry.RandomRecordings.Window;
import dev.touchstone.testkit.Seeds;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A distribution recorded in milliseconds and read in seconds")
class DistributionTest {
    /// Buckets are narrower than this share of their values.
    private static final double WIDTH = 1.0 / 128;

    private final Telemetry telemetry = new Telemetry(Duration.ofNanos(10), 8);
    private final Distribution latency =
            telemetry.distribution("latency_seconds", "seconds", "Latency.", 1000);

    @Test
    void reads_in_its_unit() {
        latency.record(0, 100, 98);
        latency.record(0, 200);
        latency.record(0, 1500);

        assertThat(latency.count(0, 10)).isEqualTo(100);
        assertThat(latency.mean(0, 10)).isEqualTo((98 * 0.1 + 0.2 + 1.5) / 100);
        assertThat(latency.quantile(0.98, 0, 10)).isEqualTo(0.1);
        assertThat(latency.quantile(0.99, 0, 10)).isEqualTo(0.2);
        assertThat(latency.quantile(1, 0, 10)).isEqualTo(1.5);
        assertThat(latency.max(0, 10)).isEqualTo(1.5);
        assertThat(latency.fractionAbove(0.2, 0, 10)).isEqualTo(0.01);
        assertThat(latency.fractionAbove(0.199, 0, 10)).isEqualTo(0.02);
        assertThat(latency.fractionAbove(-1, 0, 10)).isEqualTo(1);
    }

    @Test
    void has_the_nth_of_a_hundred_values_as_its_nth_percentile() {
        for (int value = 1; value <= 100; value++) {
            latency.record(0, value);
        }

        for (int n = 1; n <= 100; n++) {
            assertThat(latency.quantile(n / 100.0, 0, 10)).isEqualTo(n / 1000.0);
        }
    }

    @Test
    void has_a_rate_but_no_values_where_nothing_was_recorded() {
        latency.record(0, 100);
        telemetry.advance(25);

        assertThat(latency.series(Statistic.RATE, 0, 30).values()).containsExactly(1e8, 0, 0);
        for (Statistic statistic : latency.statistics()) {
            double[] values = latency.series(statistic, 10, 30).values();
            assertThat(values).containsOnly(statistic == Statistic.RATE ? 0 : Double.NaN);
        }
        assertThat(latency.count(10, 30)).isZero();
        assertThat(latency.mean(10, 30)).isNaN();
        assertThat(latency.max(10, 30)).isNaN();
        assertThat(latency.quantile(0.99, 10, 30)).isNaN();
        assertThat(latency.fractionAbove(0.1, 10, 30)).isNaN();
    }

    @Test
    void keeps_up_to_the_greatest_long() {
        latency.record(0, 0);
        latency.record(0, Long.MAX_VALUE, 3);

        assertThat(latency.quantile(0.25, 0, 10)).isZero();
        assertThat(latency.quantile(0.5, 0, 10)).isEqualTo(Long.MAX_VALUE / 1000.0);
    }

    @Test
    void refuses_what_cannot_have_occurred() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> latency.record(0, -1))
                .withMessageContaining("got -1, 1 times");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> latency.record(0, 5, 0))
                .withMessageContaining("got 5, 0 times");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> latency.quantile(99, 0, 10))
                .withMessageContaining("0.99");
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void shows_what_a_list_of_all_its_values_shows(long seed) {
        var run = new RandomRecordings(seed);
        Distribution sketched = run.telemetry.distribution("x", "1", "X.", 1);
        run.recordings.forEach(at -> sketched.record(at.nanos(), at.value(), at.count()));
        run.telemetry.advance(run.latestNanos);

        List<Window> windows = run.windows();
        assertThat(sketched.series(Statistic.P99, Long.MIN_VALUE, Long.MAX_VALUE).values())
                .hasSameSizeAs(windows);
        for (int trial = 0; trial < 10; trial++) {
            int first = run.random.nextInt(windows.size());
            int last = run.random.nextInt(first, windows.size());
            long from = windows.get(first).startNanos();
            long to = windows.get(last).startNanos() + 1;
            long[] sorted =
                    windows.subList(first, last + 1).stream()
                            .flatMap(window -> window.recordings().stream())
                            .flatMapToLong(at -> LongStream.generate(at::value).limit(at.count()))
                            .sorted()
                            .toArray();

            assertThat(sketched.count(from, to)).isEqualTo(sorted.length);
            if (sorted.length > 0) {
                assertSame(sketched, from, to, sorted, run.random.nextDouble());
            }
        }
    }

    private static void assertSame(
            Distribution sketched, long from, long to, long[] sorted, double q) {
        double mean = LongStream.of(sorted).average().orElseThrow();
        assertThat(sketched.mean(from, to)).isCloseTo(mean, within(1e-9 * mean));
        assertThat(sketched.max(from, to)).isEqualTo((double) sorted[sorted.length - 1]);

        double exact = sorted[Math.max(0, (int) Math.ceil(q * sorted.length) - 1)];
        assertThat(sketched.quantile(q, from, to)).isBetween(exact, exact * (1 + WIDTH));

        assertThat(sketched.fractionAbove(exact, from, to))
                .isBetween(
                        fractionAbove(exact * (1 + WIDTH), sorted), fractionAbove(exact, sorted));
    }

    private static double fractionAbove(double threshold, long[] values) {
        return (double) LongStream.of(values).filter(v -> v > threshold).count() / values.length;
    }
}
