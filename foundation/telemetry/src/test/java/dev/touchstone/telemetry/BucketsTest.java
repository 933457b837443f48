package dev.touchstone.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.testkit.Seeds;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("Buckets less than 1/128 of their values wide")
class BucketsTest {
    @Test
    void follow_one_another_without_gap_or_overlap() {
        assertThat(Buckets.bucket(0)).isZero();
        int last = Buckets.bucket(Long.MAX_VALUE);
        for (int bucket = 0; bucket < last; bucket++) {
            long upper = Buckets.upperBound(bucket);
            assertThat(Buckets.bucket(upper)).isEqualTo(bucket);
            assertThat(Buckets.bucket(upper + 1)).isEqualTo(bucket + 1);
        }
        assertThat(Buckets.upperBound(last)).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void agree_with_hdr_histogram_of_two_significant_digits(long seed) {
        var random = new SplittableRandom(seed);
        var buckets = new Buckets();
        var peer = new org.HdrHistogram.Histogram(2);
        for (int i = random.nextInt(1, 500); i > 0; i--) {
            long value = random.nextLong(1L << random.nextInt(1, 60));
            long count = random.nextInt(1, 100);
            buckets.add(value, count);
            peer.recordValueWithCount(value, count);
        }

        Histogram histogram = buckets.histogram();
        assertThat(histogram.count()).isEqualTo(peer.getTotalCount());
        for (int percent = 1; percent <= 100; percent++) {
            double expected = Math.min(peer.getValueAtPercentile(percent), histogram.max());
            assertThat(histogram.quantile(percent / 100.0)).isEqualTo(expected);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void are_as_new_once_cleared(long seed) {
        var random = new SplittableRandom(seed);
        var buckets = new Buckets();
        for (int i = random.nextInt(100); i > 0; i--) {
            buckets.add(random.nextLong(1L << random.nextInt(1, 60)), 1);
        }
        buckets.clear();
        buckets.add(5, 2);

        Histogram histogram = buckets.histogram();
        assertThat(histogram.buckets()).containsExactly(5);
        assertThat(histogram.counts()).containsExactly(2);
        assertThat(histogram.quantile(1)).isEqualTo(5);
        assertThat(histogram.mean()).isEqualTo(5);
    }
}
