package dev.touchstone.arena.practice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("AttemptLimits")
class AttemptLimitsTest {
    @Test
    void decide_how_long_the_next_attempt_takes_and_not_one_that_has_begun() {
        var quick =
                new AttemptLimits(minutes(5), minutes(4), minutes(3), minutes(2), minutes(0), 1);
        Event start = Sitting.TOY.start(Item.challenge("PAGER"), 0, Sitting.START, quick);
        assertThat(Sitting.TOY.replay(List.of(start)).deadline())
                .contains(Sitting.START.plus(minutes(3)));
    }

    @Test
    void refuse_times_that_nobody_can_work_in() {
        assertThatThrownBy(() ->
                        new AttemptLimits(
                                minutes(0), minutes(4), minutes(3), minutes(2), minutes(0), 1))
                .hasMessageContaining("no time");
        assertThatThrownBy(() ->
                        new AttemptLimits(
                                minutes(9), minutes(-4), minutes(3), minutes(2), minutes(0), 1))
                .hasMessageContaining("between 0 and PT24H, got PT-4M");
        assertThatThrownBy(() ->
                        new AttemptLimits(
                                minutes(9), minutes(4), minutes(3), minutes(2), minutes(0), 0))
                .hasMessageContaining("at least 1");
    }

    private static Duration minutes(long minutes) {
        return Duration.ofMinutes(minutes);
    }
}
