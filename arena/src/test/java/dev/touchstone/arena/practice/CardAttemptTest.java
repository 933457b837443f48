package dev.touchstone.arena.practice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.arena.practice.Decision.Kind;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An attempt at a card")
class CardAttemptTest {
    private final Sitting photos = new Sitting(Item.card("storage/photos"));
    private final Sitting log = new Sitting(Item.card("storage/log"));
    private final Sitting erratum = new Sitting(Item.erratum("E1"));

    @Test
    void shows_the_question_then_the_answer_then_takes_the_rating() {
        log.isRefused(new Move.Rate(Rating.GOOD), Kind.TOO_EARLY, "turn the card")
                .does(new Move.OpenAnswer());
        assertThat(card(log).back().orElseThrow().answer()).contains("The log.");
        assertThat(card(log).outcome()).isEmpty();
        log.does(new Move.Rate(Rating.HARD))
                .isRefused(new Move.Rate(Rating.EASY), Kind.TOO_LATE, "done");
        assertThat(card(log).outcome().orElseThrow().rating()).isEqualTo(Rating.HARD);
    }

    @Test
    void checks_a_number_that_was_typed() {
        assertThat(card(photos).face().unit()).isEqualTo("TB");
        photos.does(new Move.Answer("2000 GB", Optional.of(3)), new Move.OpenAnswer());
        assertThat(card(photos).check().orElseThrow().isRight()).isTrue();
        assertThat(card(photos).suggested()).contains(Rating.EASY);
        assertThat(card(photos).back().orElseThrow().figures()).hasSize(1);
        photos.does(new Move.Rate(Rating.GOOD));
        assertThat(card(photos).outcome().orElseThrow().certainty()).isEqualTo(3);
    }

    @Test
    void suggests_another_go_when_the_answer_is_wrong() {
        photos.does(new Move.Answer("2 GB", Optional.of(1)), new Move.OpenAnswer());
        assertThat(card(photos).check().orElseThrow().reason()).isEqualTo("1,000 times too little");
        assertThat(card(photos).suggested()).contains(Rating.AGAIN);
    }

    @Test
    void keeps_the_answer_as_it_was_when_the_card_was_turned() {
        photos.does(
                        new Move.Answer("1 TB", Optional.empty()),
                        new Move.Answer("2 TB", Optional.empty()),
                        new Move.OpenAnswer())
                .isRefused(new Move.Answer("3 TB", Optional.empty()), Kind.TOO_LATE, "turned");
        assertThat(card(photos).typed().orElseThrow().text()).isEqualTo("2 TB");
    }

    @Test
    void wants_the_error_named_before_it_shows_it() {
        assertThat(card(erratum).face().claim()).contains("2 GB");
        erratum.isRefused(new Move.OpenAnswer(), Kind.INCOMPLETE, "say what is wrong")
                .does(
                        new Move.Answer("It is 2 TB, not 2 GB.", Optional.empty()),
                        new Move.OpenAnswer());
        assertThat(card(erratum).check().orElseThrow().isRight()).isTrue();
    }

    @Test
    void ends_when_it_is_given_up() {
        erratum.does(new Move.GiveUp());
        assertThat(card(erratum).back()).isPresent();
        assertThat(card(erratum).outcome().orElseThrow().attempted()).isFalse();
        assertThat(card(erratum).outcome().orElseThrow().rating()).isEqualTo(Rating.AGAIN);
    }

    private static CardAttempt card(Sitting sitting) {
        return (CardAttempt) sitting.attempt();
    }
}
