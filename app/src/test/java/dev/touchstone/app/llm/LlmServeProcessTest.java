package dev.touchstone.app.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.testing.LlmProcess;
import dev.touchstone.app.testing.Processes;
import dev.touchstone.app.testing.RawHttp.Listening;
import dev.touchstone.app.testing.RawHttp.Response;
import dev.touchstone.testkit.Eventually;
import dev.touchstone.testkit.JavaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("touchstone llm serve, as it is started by its users,")
@Timeout(180)
class LlmServeProcessTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Path TINY =
            Path.of("../systems/llm/src/test/resources/dev/touchstone/llm/cpu/gguf/f32.gguf");

    @TempDir private Path home = Path.of("");

    @Test
    void answers_streams_and_says_how_it_stands() throws Exception {
        try (var server = LlmProcess.start(home)) {
            Response whole = server.http().postJson(CHAT, asking(false, 8, 1));
            assertThat(whole.status()).as(whole.body()).isEqualTo(200);
            assertThat(whole.body()).contains("\"completion_tokens\":8");

            Response stream = server.http().postJson(CHAT, asking(true, 8, 1));
            assertThat(stream.body()).startsWith("data: {").endsWith("data: [DONE]\n\n");

            assertThat(server.http().get("/metrics").body())
                    .contains("vllm:generation_tokens_total", "} 16\n");
            assertThat(server.http().get("/v1/usage").body()).contains("\"completion_tokens\":16");
            assertThat(server.http().get("/v1/models").body()).contains("touchstone-small");
            assertThat(server.http().get("/chat/status").body()).contains("\"context\":");
            for (String page : new String[] {"/health", "/chat"}) {
                assertThat(server.http().get(page).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void lets_answers_end_and_takes_no_new_ones_when_it_is_asked_to_stop() throws Exception {
        try (var server = LlmProcess.start(home);
                Listening answer = server.http().listen(CHAT, asking(true, 120, 16))) {
            server.stop();
            Eventually.holds("503 at /health", () -> health(server) == 503);
            Response late = server.http().postJson(CHAT, asking(false, 8, 1));
            assertThat(late.status()).isEqualTo(503);
            assertThat(late.header("Retry-After")).isEqualTo("1");
            assertThat(late.body()).contains("\"code\":\"stopping\"");

            assertThat(answer.rest()).endsWith("data: [DONE]\n\n");
            assertThat(server.awaitEnd()).contains("Stopping; answers under way: 1");
        }
    }

    private static int health(LlmProcess server) {
        try {
            return server.http().get("/health").status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void refuses_what_its_memory_can_never_hold_and_forgets_who_hangs_up() throws Exception {
        try (var server = LlmProcess.start(home, "--kv-memory", "2MB")) {
            Response tooLong =
                    server.http()
                            .postJson(CHAT, asking(false, 8, 1).replace("TTFT", "x".repeat(4000)));
            assertThat(tooLong.status()).isEqualTo(400);
            assertThat(tooLong.body())
                    .contains("context_length_exceeded", "shorten it by at least");

            Listening gone = server.http().listen(CHAT, asking(true, 200, 4));
            gone.close();
            Eventually.holds(
                    "nothing held",
                    () -> metrics(server).contains("finished_reason=\"abort\"} 4\n"));
            assertThat(metrics(server))
                    .containsPattern("vllm:kv_cache_usage_perc\\{[^}]*} 0.0\\n")
                    .containsPattern("vllm:num_requests_running\\{[^}]*} 0.0\\n");
        }
    }

    private static String metrics(LlmProcess server) {
        try {
            return server.http().get("/metrics").body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void says_that_its_port_is_taken() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String said = failing(1, "--port", Integer.toString(taken.getLocalPort()));
            assertThat(said)
                    .contains("cannot listen on 127.0.0.1 port", "choose another with --port");
        }
    }

    @Test
    void says_what_is_wrong_with_a_model_file() throws Exception {
        byte[] model = Files.readAllBytes(TINY);
        Path half = home.resolve("half.gguf");
        Files.write(half, Arrays.copyOf(model, model.length / 2));
        assertThat(failing(1, "--model", half.toString()))
                .contains("half.gguf: ends after", "fetch it again");

        Path strange = home.resolve("strange.gguf");
        String text = new String(model, StandardCharsets.ISO_8859_1);
        String other = text.replaceFirst("(general\\.architecture.{12})llama", "$1mamba");
        assertThat(other).isNotEqualTo(text);
        Files.write(strange, other.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(failing(1, "--model", strange.toString()))
                .contains("architecture 'mamba'", "not supported");
    }

    @Test
    void says_how_much_memory_a_conversation_needs() throws Exception {
        assertThat(failing(2, "--kv-memory", "1kB"))
                .contains("1,000 bytes for keys and values hold", "give --kv-memory at least");
    }

    /// Starts it with what cannot work, and returns what it says of it.
    private String failing(int code, String... options) throws Exception {
        String[] arguments = new String[options.length + 2];
        arguments[0] = "llm";
        arguments[1] = "serve";
        System.arraycopy(options, 0, arguments, 2, options.length);
        try (JavaProcess process = Processes.touchstone(home, arguments)) {
            assertThat(process.awaitExit(LIMIT)).as(process.output()).isEqualTo(code);
            assertThat(process.output()).doesNotContain("Exception", "\tat ");
            return process.output();
        }
    }

    private static String asking(boolean stream, int tokens, int choices) {
        return """
        {"model": "touchstone-small", "stream": %s, "max_completion_tokens": %d, "n": %d, "temperature": 1,
         "seed": 1, "messages": [{"role": "user", "content": "What is TTFT?"}]}\
        """
                .formatted(stream, tokens, choices);
    }
}
