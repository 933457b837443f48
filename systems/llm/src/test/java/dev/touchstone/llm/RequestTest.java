package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A request")
class RequestTest {
    @Test
    void holds_its_prompt_and_its_answer() {
        assertThat(Request.of(1, 100, 20).maximumTokens()).isEqualTo(120);
    }

    @Test
    void has_a_prompt_and_wants_an_answer() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Request.of(7, 0, 5))
                .withMessage("request 7 needs at least 1 prompt and 1 output token, got 0 and 5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Request.of(7, 5, 0))
                .withMessageContaining("got 5 and 0");
    }

    @Test
    void is_not_endless() {
        assertThat(Request.of(7, 1, Request.MAX_TOKENS - 1).maximumTokens())
                .isEqualTo(Request.MAX_TOKENS);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Request.of(7, 1, Integer.MAX_VALUE))
                .withMessage("request 7 may hold at most 1073741824 tokens, got 1 and 2147483647");
    }

    @Test
    void has_at_least_one_token_of_its_own() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Request(7, 50, 5, 0, 1, 50, PrefixHashes.NONE))
                .withMessage(
                        "request 7 shares 50 tokens with its session but has only 50; at least its"
                                + " last token must be its own");
    }
}
