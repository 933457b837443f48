package dev.touchstone.app.internal.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.app.testing.EchoModel;
import dev.touchstone.app.testing.ModelServer;
import dev.touchstone.app.testing.RawHttp.Response;
import dev.touchstone.llm.Request.Terms;
import dev.touchstone.testkit.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("How urgent a request is")
class UrgencyTest {
    @Test
    void is_its_priority_as_in_vllm_and_its_deadline() {
        assertThat(terms("")).isEqualTo(Terms.USUAL);
        assertThat(terms(",\"priority\": -3")).isEqualTo(Terms.USUAL.withPriority(-3));
        assertThat(terms(",\"deadline_ms\": 1500"))
                .isEqualTo(
                        Terms.USUAL.withDeadlines(Terms.NEVER, Duration.ofMillis(1500).toNanos()));
        assertThatThrownBy(() -> terms(",\"priority\": \"high\""))
                .hasMessage(
                        "priority: must be a whole number from -1000000 to 1000000, got \"high\"");
        assertThatThrownBy(() -> terms(",\"deadline_ms\": 0")).hasMessageContaining("got 0");
    }

    @Test
    void ends_an_answer_that_is_not_done_in_time_and_frees_its_memory() throws Exception {
        try (var server = new ModelServer(64, 4, 4)) {
            LiveEngine engine = server.host().engine();
            server.model().hold();
            CompletableFuture<Response> late =
                    CompletableFuture.supplyAsync(() -> ask(server, ",\"deadline_ms\": 1"));
            Eventually.holds("a request", () -> engine.load().waiting() == 1);
            long since = System.nanoTime();
            Eventually.holds("the deadline", () -> System.nanoTime() - since > 2_000_000);
            server.model().allow(1);

            assertThat(late.join().status()).isEqualTo(504);
            assertThat(late.join().body()).contains("\"code\":\"deadline_exceeded\"");
            server.model().letGo();
            server.awaitEmpty();
            assertThat(ask(server, ",\"deadline_ms\": 60000").status()).isEqualTo(200);
        }
    }

    private static Terms terms(String fields) {
        var here = new Wish.Terms(new EchoModel(), 1_000, () -> 1, new Question.Account("", ""));
        return Wish.chat(body(fields).getBytes(StandardCharsets.UTF_8), here).question().terms();
    }

    private static String body(String fields) {
        return "{\"model\": \"echo\", \"messages\": [{\"role\": \"user\", \"content\": \"say:abc\"}]%s}"
                .formatted(fields);
    }

    private static Response ask(ModelServer server, String fields) {
        try {
            return server.http().postJson("/v1/chat/completions", body(fields));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
