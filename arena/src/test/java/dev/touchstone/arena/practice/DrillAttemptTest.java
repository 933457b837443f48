package dev.touchstone.arena.practice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.arena.practice.Decision.Kind;
import dev.touchstone.capacity.drill.Grade;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// D6, the classic: 307.2 GB.
@DisplayName("An attempt at a drill")
class DrillAttemptTest {
    private final Sitting sitting = new Sitting(Item.drill("D6"));

    @Test
    void is_easy_when_the_first_answer_is_right_within_half_the_time() {
        String right = right();
        sitting.waitsMinutes(5).does(answer(right, 3));
        assertThat(drill().over()).isTrue();
        assertThat(outcome().rating()).isEqualTo(Rating.EASY);
        assertThat(outcome().certainty()).isEqualTo(3);
        assertThat(drill().derivation()).isPresent();
    }

    @Test
    void is_good_when_the_first_answer_is_right_but_slow() {
        String right = right();
        sitting.waitsMinutes(6).does(answer(right, 1));
        assertThat(outcome().rating()).isEqualTo(Rating.GOOD);
    }

    @Test
    void is_hard_when_a_later_answer_is_right() {
        String right = right();
        sitting.does(answer("1 GB", 2));
        assertThat(drill().over()).isFalse();
        assertThat(drill().answer()).isEmpty();
        assertThat(drill().derivation()).isEmpty();
        sitting.does(answer(right, 3));
        assertThat(outcome().rating()).isEqualTo(Rating.HARD);
        assertThat(outcome().certainty()).isEqualTo(-2);
    }

    @Test
    void is_over_after_three_wrong_answers() {
        sitting.does(answer("1 GB", 1), answer("2 GB", 1));
        assertThat(drill().triesLeft()).isEqualTo(1);
        sitting.does(answer("3 GB", 1)).isRefused(answer("4 GB", 1), Kind.TOO_LATE, "over");
        assertThat(outcome().rating()).isEqualTo(Rating.AGAIN);
        assertThat(drill().answer()).isPresent();
    }

    @Test
    void counts_no_answer_that_cannot_be_read() {
        sitting.does(answer("lots", 3), answer("17", 3));
        assertThat(drill().triesLeft()).isEqualTo(3);
        assertThat(drill().tries().getFirst().grade()).isInstanceOf(Grade.Unreadable.class);
    }

    @Test
    void takes_no_answer_after_its_time_and_opens_when_given_up() {
        sitting.waitsMinutes(10)
                .isRefused(answer("1 GB", 1), Kind.TOO_LATE, "time ran out")
                .isRefused(new Move.OpenAnswer(), Kind.TOO_EARLY, "give up")
                .does(new Move.GiveUp());
        assertThat(outcome().attempted()).isFalse();
        assertThat(outcome().rating()).isEqualTo(Rating.AGAIN);
    }

    @Test
    void takes_nothing_else() {
        sitting.isRefused(new Move.Submit(), Kind.MALFORMED, "answers")
                .isRefused(answer(" ", 1), Kind.MALFORMED, "1 to 200")
                .isRefused(answer("1 GB", 7), Kind.MALFORMED, "1, 2 or 3");
    }

    /// From a sitting that gave up.
    private static String right() {
        var other = new Sitting(Item.drill("D6"));
        String answer =
                ((DrillAttempt) other.does(new Move.GiveUp()).attempt()).answer().orElseThrow();
        return answer.replaceAll(" \\(.*", "");
    }

    private DrillAttempt drill() {
        return (DrillAttempt) sitting.attempt();
    }

    private Outcome outcome() {
        return drill().outcome().orElseThrow();
    }

    private static Move answer(String text, int certainty) {
        return new Move.Answer(text, Optional.of(certainty));
    }
}
