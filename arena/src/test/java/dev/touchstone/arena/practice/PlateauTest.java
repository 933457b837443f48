package dev.touchstone.arena.practice;

import static dev.touchstone.arena.practice.Level.JUNIOR;
import static dev.touchstone.arena.practice.Level.NONE;
import static dev.touchstone.arena.practice.Level.PRINCIPAL;
import static dev.touchstone.arena.practice.Level.SENIOR;
import static dev.touchstone.arena.practice.Level.STAFF;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A dimension is sent to its reading")
class PlateauTest {
    @Test
    void after_two_re_attempts_without_gain() {
        assertThat(Practice.stuck(outcomes(SENIOR, SENIOR, SENIOR))).containsExactly("numbers");
        assertThat(Practice.stuck(outcomes(JUNIOR, SENIOR, JUNIOR, SENIOR)))
                .containsExactly("numbers");
    }

    @Test
    void but_not_after_one_and_not_after_a_gain() {
        assertThat(Practice.stuck(outcomes(SENIOR))).isEmpty();
        assertThat(Practice.stuck(outcomes(SENIOR, SENIOR))).isEmpty();
        assertThat(Practice.stuck(outcomes(NONE, SENIOR, STAFF))).isEmpty();
        assertThat(Practice.stuck(outcomes(SENIOR, JUNIOR, STAFF))).isEmpty();
    }

    @Test
    void nor_when_there_is_nothing_left_to_gain() {
        assertThat(Practice.stuck(outcomes(PRINCIPAL, PRINCIPAL, PRINCIPAL))).isEmpty();
    }

    static List<Outcome> outcomes(Level... levels) {
        List<Outcome> outcomes = new ArrayList<>();
        for (Level level : levels) {
            outcomes.add(
                    new Outcome(
                            Item.challenge("TOY"),
                            Sitting.START,
                            Sitting.START,
                            true,
                            Rating.GOOD,
                            level,
                            List.of(new Outcome.Dimension("numbers", STAFF, level)),
                            0,
                            0,
                            0,
                            ""));
        }
        return outcomes;
    }
}
