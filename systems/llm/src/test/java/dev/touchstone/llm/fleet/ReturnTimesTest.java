package dev.touchstone.llm.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Times to come back")
class ReturnTimesTest {
    private static final long SECOND = 1_000_000_000;

    private final ReturnTimes times = new ReturnTimes();

    @Test
    void follow_one_another_at_the_pace_of_the_fleet() {
        for (int i = 0; i < 5; i++) {
            assertThat(times.away(0, 2)).isEqualTo(Duration.ofMillis(2_000 + 250 * i));
            times.book(0, 2, 0.25);
        }
        assertThat(times.away(SECOND, 2)).isEqualTo(Duration.ofMillis(2_250));
    }

    @Test
    void begin_anew_when_all_have_come_back() {
        times.book(0, 2, 0.25);

        assertThat(times.outstanding(2 * SECOND)).isTrue();
        assertThat(times.outstanding(3 * SECOND)).isFalse();
        assertThat(times.away(3 * SECOND, 1.5)).isEqualTo(Duration.ofMillis(1_500));
    }

    @Test
    void are_a_second_away_at_least() {
        assertThat(times.away(0, 0.01)).isEqualTo(Duration.ofSeconds(1));
    }
}
