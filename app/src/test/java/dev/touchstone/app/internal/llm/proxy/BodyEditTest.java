package dev.touchstone.app.internal.llm.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A body that is changed")
class BodyEditTest {
    @Test
    void keeps_every_byte_but_the_value() {
        assertThat(
                        shortened(
                                "{ \"max_tokens\" : 1000 , \"x\": {\"max_tokens\": 7}, \"é\": \"\\u00e9\"}"))
                .isEqualTo(
                        "{ \"max_tokens\" : 200 , \"x\": {\"max_tokens\": 7}, \"é\": \"\\u00e9\"}");
        assertThat(shortened("{\"max_completion_tokens\":9999}"))
                .isEqualTo("{\"max_completion_tokens\":200}");
        assertThat(shortened("{\"max_tokens\":1e3,\"max_completion_tokens\":null}"))
                .isEqualTo("{\"max_tokens\":200,\"max_completion_tokens\":200}");
    }

    @Test
    void gets_the_field_when_it_has_none() {
        assertThat(shortened("  {\"messages\": [1]}"))
                .isEqualTo("  {\"max_tokens\":200,\"messages\": [1]}");
        assertThat(shortened("{}")).isEqualTo("{\"max_tokens\":200}");
    }

    @Test
    void names_another_model() {
        byte[] body = "{\"model\": \"llama-13b é\", \"n\": 1}".getBytes(StandardCharsets.UTF_8);
        assertThat(new String(BodyEdit.withModel(body, "a \"small\" one"), StandardCharsets.UTF_8))
                .isEqualTo("{\"model\": \"a \\\"small\\\" one\", \"n\": 1}");
    }

    private static String shortened(String body) {
        return new String(
                BodyEdit.withAnswerTokens(body.getBytes(StandardCharsets.UTF_8), 200),
                StandardCharsets.UTF_8);
    }
}
