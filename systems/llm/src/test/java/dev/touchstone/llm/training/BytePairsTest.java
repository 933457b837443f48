package dev.touchstone.llm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.llm.text.ChatMessage;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Byte-pair tokens")
class BytePairsTest {
    private static final String TEXT =
            "the cache keeps the keys and the values; the cache is cut into blocks of the same size";

    private final BytePairs tokens = BytePairs.learn(TEXT, 270);

    @Test
    void join_what_a_text_repeats_most() {
        assertThat(new String(tokens.bytes(256), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("he");
        assertThat(tokens.encode(" the")).hasSize(1);
        assertThat(tokens.vocabulary()).isEqualTo(270);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "the cache",
                "",
                "never seen: 1,500 tokens?!\n\n  x",
                "Größe – 漢字 \uD83D\uDE80",
                "<|im_end|> is plain text"
            })
    void give_back_every_text(String text) {
        assertThat(tokens.decode(tokens.encode(text))).isEqualTo(text);
        assertThat(Arrays.stream(tokens.encode(text))).allMatch(token -> token < 267);
    }

    @Test
    void write_a_conversation_as_chatml_up_to_the_answer() {
        int[] prompt = tokens.prompt(List.of(new ChatMessage("user", "the cache")));
        assertThat(prompt[0]).isEqualTo(tokens.control(BytePairs.BEGIN_MESSAGE));
        assertThat(tokens.decode(prompt)).isEqualTo("user\nthe cache\nassistant\n");
        assertThat(tokens.endsAnswer(tokens.control(BytePairs.END_MESSAGE))).isTrue();
        assertThat(tokens.endsAnswer(prompt[0])).isFalse();
    }

    @Test
    void refuse_to_learn_more_pairs_than_a_text_has() {
        assertThatThrownBy(() -> BytePairs.learn("ab", 1024)).hasMessageContaining("too short");
    }
}
