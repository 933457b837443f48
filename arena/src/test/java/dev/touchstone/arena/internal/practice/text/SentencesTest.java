package dev.touchstone.arena.internal.practice.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Sentences")
class SentencesTest {
    @Test
    void end_at_full_stops_question_marks_and_lines() {
        assertThat(cut("One. Two? Three!\n- four\n\n- five"))
                .containsExactly("One.", "Two?", "Three!", "- four", "- five");
    }

    @Test
    void do_not_end_inside_numbers_and_abbreviations() {
        assertThat(cut("It takes 1.5 s, e.g. at noon. Then 2.5 s."))
                .containsExactly("It takes 1.5 s, e.g. at noon.", "Then 2.5 s.");
    }

    @Test
    void are_none_in_blank_text() {
        assertThat(cut(" \n\t ")).isEmpty();
    }

    private static List<String> cut(String text) {
        return Sentences.of(text).stream().map(span -> span.of(text)).toList();
    }
}
