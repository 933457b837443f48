package dev.touchstone.app.internal.llm.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.app.internal.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A client's request")
class CallTest {
    @Test
    void is_read_as_far_as_the_router_needs_it() {
        String body =
                """
                {"model": "m", "stream": true, "max_tokens": 7, "user": "u",
                 "messages": [{"role": "user", "content": "hello"}], "stop": ["a", "b"]}\
                """;
        Call call = read(body, Optional.empty());

        assertThat(call.stream()).isTrue();
        assertThat(call.maxTokens()).isEqualTo(7);
        assertThat(call.session()).isEqualTo("u");
        assertThat(body.substring(call.promptFrom(), call.promptTo()))
                .isEqualTo("[{\"role\": \"user\", \"content\": \"hello\"}]");
        assertThat(read(body, Optional.of("s")).session()).isEqualTo("s");
    }

    @Test
    void has_a_text_as_its_prompt_from_end_to_end() {
        String text = "once upon a time ".repeat(500);
        String body = "{\"prompt\": \"%s\", \"stream\": false}".formatted(text);
        Call call = read(body, Optional.empty());

        assertThat(body.substring(call.promptFrom(), call.promptTo())).isEqualTo('"' + text + '"');
        assertThat(call.promptTokens()).isEqualTo((text.length() + 2) / 4);
    }

    @Test
    void that_is_no_object_is_refused() {
        for (String body : List.of("", "[]", "7", "{\"a\": }", "{} {}", "{\"messages\": [")) {
            assertThatThrownBy(() -> read(body, Optional.empty()))
                    .isInstanceOf(Json.Malformed.class);
        }
    }

    private static Call read(String body, Optional<String> session) {
        return Call.read(
                "/v1/completions", body.getBytes(StandardCharsets.UTF_8), List.of(), session);
    }
}
