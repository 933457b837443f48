package dev.touchstone.app.internal.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The estimate of when a full queue has a place")
class DrainEstimateTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final DrainEstimate estimate = new DrainEstimate();

    @Test
    void follows_how_fast_places_become_free() {
        for (int i = 0; i < 50; i++) {
            estimate.freed(i * 2L * SECOND, true);
        }
        assertThat(estimate.comeBackNanos(100 * SECOND))
                .isCloseTo(2 * SECOND, Percentage.withPercentage(1));
    }

    @Test
    void learns_nothing_from_a_queue_that_was_not_full() {
        long before = new DrainEstimate().comeBackNanos(0);
        estimate.freed(0, false);
        estimate.freed(1000 * SECOND, false);
        assertThat(estimate.comeBackNanos(1000 * SECOND)).isEqualTo(before);
    }

    @Test
    void gives_each_who_is_sent_away_a_later_place() {
        long first = estimate.comeBackNanos(0);
        assertThat(estimate.comeBackNanos(0)).isEqualTo(2 * first);
        assertThat(estimate.comeBackNanos(first)).isCloseTo(2 * first, within(1L));
    }

    @Test
    void forgets_places_whose_time_has_passed() {
        long first = estimate.comeBackNanos(0);
        estimate.comeBackNanos(0);
        assertThat(estimate.comeBackNanos(1000 * SECOND)).isEqualTo(first);
    }

    @Test
    void promises_no_place_that_is_too_far_away() {
        long longest = 0;
        for (int i = 0; i < 1000; i++) {
            longest = Math.max(longest, estimate.comeBackNanos(0));
        }
        assertThat(longest)
                .isGreaterThanOrEqualTo(DrainEstimate.LONGEST.toNanos())
                .isLessThan(DrainEstimate.LONGEST.toNanos() + SECOND);
    }
}
