package dev.touchstone.llm.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.testkit.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("The text of an answer")
class AnswerTextTest {
    @Test
    void comes_token_by_token_when_nothing_could_stop_it() {
        var text = new AnswerText(List.of());
        assertThat(text.add(utf8("Hel"))).isEqualTo("Hel");
        assertThat(text.add(utf8("lo"))).isEqualTo("lo");
        assertThat(text.end()).isEmpty();
    }

    @Test
    void never_shows_the_beginning_of_a_stop_string_that_spans_tokens() {
        var text = new AnswerText(List.of("END"));
        assertThat(text.add(utf8("the E"))).isEqualTo("the ");
        assertThat(text.add(utf8("N"))).isEmpty();
        assertThat(text.add(utf8("D of it"))).isEmpty();
        assertThat(text.stopped()).isTrue();
        assertThat(text.end()).isEmpty();
    }

    @Test
    void shows_what_was_held_once_it_is_no_stop_string() {
        var text = new AnswerText(List.of("END"));
        assertThat(text.add(utf8("EN"))).isEmpty();
        assertThat(text.add(utf8("EN"))).isEqualTo("EN");
        assertThat(text.add(utf8("T"))).isEqualTo("ENT");
    }

    @Test
    void shows_what_is_held_when_it_ends() {
        var text = new AnswerText(List.of("END"));
        assertThat(text.add(utf8("friEN"))).isEqualTo("fri");
        assertThat(text.end()).isEqualTo("EN");
        assertThat(text.stopped()).isFalse();
    }

    @Test
    void stops_at_the_stop_string_that_is_complete_first() {
        var text = new AnswerText(List.of("bcde", "c", "bc", "d"));
        assertThat(text.add(utf8("abcde"))).isEqualTo("a");
        assertThat(text.stopped()).isTrue();
    }

    @Test
    void waits_for_the_rest_of_a_character() {
        var text = new AnswerText(List.of());
        byte[] smile = utf8("😀");
        assertThat(text.add(Arrays.copyOf(smile, 3))).isEmpty();
        assertThat(text.add(Arrays.copyOfRange(smile, 3, 4))).isEqualTo("😀");
    }

    @Test
    void replaces_half_a_character_at_its_end() {
        var text = new AnswerText(List.of());
        assertThat(text.add(Arrays.copyOf(utf8("😀"), 2))).isEmpty();
        assertThat(text.end()).isEqualTo("\uFFFD");
    }

    @Test
    void replaces_bytes_that_are_no_text() {
        var text = new AnswerText(List.of());
        assertThat(text.add(new byte[] {'a', (byte) 0xff, 'b'})).isEqualTo("a\uFFFDb");
    }

    @Test
    void refuses_an_empty_stop_string() {
        assertThatThrownBy(() -> new AnswerText(List.of("")))
                .hasMessage("a stop string needs at least 1 character");
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void is_the_text_before_the_stop_string_however_it_is_cut(long seed) {
        var random = new SplittableRandom(seed);
        String whole = draw(random, 40);
        List<String> stops = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            stops.add(draw(random, 1 + random.nextInt(3)));
        }
        String expected = beforeStop(whole, stops);

        var text = new AnswerText(stops);
        var shown = new StringBuilder();
        byte[] bytes = utf8(whole);
        for (int from = 0; from < bytes.length && !text.stopped(); ) {
            int to = Math.min(bytes.length, from + 1 + random.nextInt(5));
            shown.append(text.add(Arrays.copyOfRange(bytes, from, to)));
            assertThat(expected).startsWith(shown.toString());
            assertThat(text.shownChars()).isEqualTo(shown.length());
            from = to;
        }
        shown.append(text.end());
        assertThat(shown.toString()).isEqualTo(expected);
        assertThat(text.stopped()).isEqualTo(!expected.equals(whole));
    }

    /// Sign by sign, as it is defined.
    private static String beforeStop(String whole, List<String> stops) {
        for (int end = 1; end <= whole.length(); end++) {
            String sofar = whole.substring(0, end);
            var longest = stops.stream().filter(sofar::endsWith).mapToInt(String::length).max();
            if (longest.isPresent()) {
                return whole.substring(0, end - longest.getAsInt());
            }
        }
        return whole;
    }

    /// Few signs, so that stop strings and their beginnings are common; of one to four bytes.
    private static String draw(SplittableRandom random, int signs) {
        String[] alphabet = {"a", "b", "é", "€", "😀"};
        var drawn = new StringBuilder();
        for (int i = 0; i < signs; i++) {
            drawn.append(alphabet[random.nextInt(alphabet.length)]);
        }
        return drawn.toString();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
