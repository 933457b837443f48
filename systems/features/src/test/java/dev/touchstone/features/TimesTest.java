package dev.touchstone.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.Seeds;
import java.math.BigInteger;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("Times")
class TimesTest {
    private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);

    @ParameterizedTest(name = "seed {0}")
    @Seeds(50)
    void are_subtracted_as_on_an_endless_line(long seed) {
        RandomGenerator random = new RandomStreams(seed).stream("times");
        for (int i = 0; i < 1000; i++) {
            long time = random.nextLong() >> random.nextInt(64);
            long span = random.nextLong() >>> (1 + random.nextInt(63));
            BigInteger exact = BigInteger.valueOf(time).subtract(BigInteger.valueOf(span));
            assertThat(Times.minus(time, span)).isEqualTo(exact.max(MIN).longValueExact());
        }
    }

    @Test
    void keep_their_infinities() {
        assertThat(Times.minus(Times.INFINITY, 7)).isEqualTo(Times.INFINITY);
        assertThat(Times.minus(Times.MINUS_INFINITY, 7)).isEqualTo(Times.MINUS_INFINITY);
        assertThat(Times.minus(Times.MINUS_INFINITY + 7, 7)).isEqualTo(Times.MINUS_INFINITY);
        assertThat(Times.minus(Times.MINUS_INFINITY + 6, 7)).isEqualTo(Times.MINUS_INFINITY);
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(50)
    void are_read_back_from_their_text(long seed) {
        long time = new RandomStreams(seed).stream("text").nextLong();
        assertThat(Times.parse(Times.text(time))).isEqualTo(time);
    }

    @Test
    void reach_from_the_first_to_the_last_nanosecond() {
        for (long time : new long[] {Long.MIN_VALUE, Long.MIN_VALUE + 1, -1, 0, Long.MAX_VALUE}) {
            assertThat(Times.parse(Times.text(time))).isEqualTo(time);
        }
        assertThatThrownBy(() -> Times.of(Instant.parse("2300-01-01T00:00:00Z")))
                .hasMessageContainingAll("2300", "1677 to 2262", "infinity");
    }

    @Test
    void without_a_zone_are_refused() {
        assertThatThrownBy(() -> Times.parse("2026-03-01T12:00:00"))
                .hasMessageContainingAll("2026-03-01T12:00:00'", "zone", "Z or");
    }
}
