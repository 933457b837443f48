package dev.touchstone.app.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.internal.llm.LiveEngine;
import dev.touchstone.app.testing.Documents;
import dev.touchstone.app.testing.ModelServer;
import dev.touchstone.app.testing.RawHttp.Response;
import dev.touchstone.testkit.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@DisplayName("The chat API")
@Timeout(60)
@SuppressWarnings("NullAway.Init") // set before each test
class ChatApiTest {
    private static final String CHAT = "/v1/chat/completions";

    private ModelServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ModelServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void streams_exactly_what_clients_expect() throws IOException {
        Response response =
                server.http()
                        .postJson(
                                CHAT,
                                asking("a\\\"\\n")
                                        .replace(
                                                "}]}",
                                                "}],\"stream\":true,\"stream_options\":{\"include_usage\":true}}"));
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Type")).isEqualTo("text/event-stream");
        String head =
                "data: {\"id\":\"ID\",\"object\":\"chat.completion.chunk\",\"created\":0,\"model\":\"echo\",\"choices\":[";
        String tail = "],\"usage\":null}\n\n";
        String said = response.body();
        assertThat(
                        said.replaceAll("chatcmpl-\\w+", "ID")
                                .replaceAll("created\":\\d+", "created\":0"))
                .isEqualTo(
                        head
                                + "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"logprobs\":null,\"finish_reason\":null}"
                                + tail
                                + head
                                + "{\"index\":0,\"delta\":{\"content\":\"a\"},\"logprobs\":null,\"finish_reason\":null}"
                                + tail
                                + head
                                + "{\"index\":0,\"delta\":{\"content\":\"\\\"\"},\"logprobs\":null,\"finish_reason\":null}"
                                + tail
                                + head
                                + "{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}"
                                + tail
                                + head
                                + "],\"usage\":{\"prompt_tokens\":23,\"completion_tokens\":3,\"total_tokens\":26,\"prompt_tokens_details\":{\"cached_tokens\":0}}}\n\n"
                                + "data: [DONE]\n\n");
    }

    @ParameterizedTest(name = "{0} to {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"model":"echo",                        | not JSON: line 1, column 17: the object is not closed: '}' expected
                    {"model": echo}                         | not JSON: line 1, column 11: 'echo' is no value: a text in double quotes, a number, true, false, null, a list or an object expected
                    {"model": }                             | not JSON: line 1, column 11: a value expected, got '}'
                    {"model" "echo"}                        | not JSON: line 1, column 10: ':' expected between a name and its value, got '"'
                    {"model":"echo" "n":1}                  | not JSON: line 1, column 17: ',' or '}' expected, got '"'
                    {"stop":["a" "b"]}                      | not JSON: line 1, column 14: ',' or ']' expected, got '"'
                    {model:"echo"}                          | not JSON: line 1, column 2: a field's name in double quotes expected, got 'm'
                    {"model":"ec                            | not JSON: line 1, column 13: a text is not closed: '"' expected
                    {"n":01}                                | not JSON: line 1, column 7: a number as JSON writes it expected, without leading zeros
                    {"stop":"\\q"}                          | not JSON: line 1, column 11: after '\\' one of " \\ / b f n r t u expected, got 'q'
                    {} {}                                   | not JSON: line 1, column 4: something follows the document's end
                    []                                      | not JSON: the body must be a JSON object
                    {"model":"echo"}                        | messages: is missing
                    {"messages":[]}                         | model: is missing; here it is 'echo'
                    {"model":"echo","messages":[]}          | messages: must be a list of at least one message
                    {"model":"echo","messages":[{"role":"user"}]} | messages[0].content: is missing
                    {"model":"echo","messages":[{"role":"me","content":"x"}]} | messages[0].role: must be system, developer, user, assistant or tool, got 'me'
                    {"model":"echo","messages":[{"role":"user","content":"x"}],"n":99} | n: must be a whole number from 1 to 16, got 99
                    {"model":"echo","messages":[{"role":"user","content":"x"}],"stop":["1","2","3","4","5"]} | stop: may hold at most 4 strings, got 5
                    {"model":"echo","messages":[{"role":"user","content":"x"}],"top_logprobs":2} | top_logprobs: needs logprobs to be true
                    {"model":"echo","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function"}]} | tools: this model calls no tools; leave them out, or ask a server that does
                    {"model":"echo","messages":[{"role":"user","content":[{"type":"image_url"}]}]} | messages[0].content: this model reads text only; leave other parts out
                    {"model":"echo","messages":[{"role":"user","content":"x"}],"max_completion_tokens":2000} | the prompt has 21 tokens and max_completion_tokens asks for 2000 more, but this model holds 1024 together; lower max_completion_tokens to 1003 or shorten the prompt
                    """)
    void says_what_is_wrong_with(String body, String message) throws IOException {
        Response response = server.http().postJson(CHAT, body);
        assertThat(response.status()).as(response.body()).isEqualTo(400);
        JsonNode error = Documents.read(response).get("error");
        assertThat(error.get("message").stringValue()).isEqualTo(message);
        assertThat(error.get("type").stringValue()).isEqualTo("invalid_request_error");
        assertThat(error.has("param") && error.has("code")).isTrue();
    }

    @Test
    void ignores_fields_that_clients_send_for_other_servers() throws IOException {
        String body =
                asking("hi")
                        .replace(
                                "}]}",
                                "}],\"user\":\"me\",\"store\":false,\"metadata\":{},\"tools\":[],\"presence_penalty\":0.0,\"stop\":null,\"new_thing\":{\"a\":1}}");
        Response response = server.http().postJson(CHAT, body);
        assertThat(response.status()).as(response.body()).isEqualTo(200);
    }

    @Test
    void tells_what_is_unknown_in_the_same_form() throws IOException {
        Response response = server.http().postJson("/v1/embeddings", "{}");
        assertThat(response.status()).isEqualTo(404);
        assertThat(Documents.read(response).get("error").get("message").stringValue())
                .contains("/v1/embeddings");
    }

    @Test
    void frees_the_memory_of_a_client_that_goes_before_its_first_token() throws IOException {
        server.model().pace(Duration.ofMillis(20));
        try (Socket socket = ask(asking("x".repeat(500)))) {
            LiveEngine engine = server.host().engine();
            Eventually.holds("a running request", () -> engine.load().running() > 0);
            assertThat(socket.isConnected()).isTrue();
        }
        server.awaitEmpty();
        assertThat(server.http().get("/metrics").body()).contains("finished_reason=\"abort\"} 1");
    }

    @Test
    void fails_at_once_when_a_step_fails_and_goes_on() throws IOException {
        server.model().failNext("out of order");
        Response failed = server.http().postJson(CHAT, asking("x"));
        assertThat(failed.status()).isEqualTo(500);
        assertThat(Documents.read(failed).get("error").get("message").stringValue())
                .contains("a step of the engine failed")
                .doesNotContain("out of order", "Exception");
        assertThat(server.http().postJson(CHAT, asking("x")).status()).isEqualTo(200);
        server.awaitEmpty();
    }

    @Test
    void counts_under_the_names_that_vllm_gave() throws IOException {
        server.http().postJson(CHAT, asking("hello"));
        String metrics = server.http().get("/metrics").body();
        assertThat(metrics)
                .contains(
                        "vllm:num_requests_running{model_name=\"echo\",engine=\"0\"} 0.0\n",
                        "vllm:num_requests_waiting{",
                        "vllm:kv_cache_usage_perc{model_name=\"echo\",engine=\"0\"} 0.0\n",
                        "vllm:prompt_tokens_total{model_name=\"echo\",engine=\"0\"} 25\n",
                        "vllm:generation_tokens_total{model_name=\"echo\",engine=\"0\"} 6\n",
                        "vllm:request_success_total{model_name=\"echo\",engine=\"0\",finished_reason=\"stop\"} 1\n",
                        "vllm:time_to_first_token_seconds_count{model_name=\"echo\",engine=\"0\"} 1\n",
                        "vllm:inter_token_latency_seconds_count{model_name=\"echo\",engine=\"0\"} 5\n",
                        "vllm:e2e_request_latency_seconds_bucket{model_name=\"echo\",engine=\"0\",le=\"0.3\"}",
                        "vllm:request_time_per_output_token_seconds_count{model_name=\"echo\",engine=\"0\"} 1\n",
                        "vllm:request_prompt_tokens_sum{model_name=\"echo\",engine=\"0\"} 25.0\n",
                        "vllm:request_prompt_tokens_bucket{model_name=\"echo\",engine=\"0\",le=\"20.0\"} 0\n",
                        "vllm:request_generation_tokens_sum{model_name=\"echo\",engine=\"0\"} 6.0\n",
                        "vllm:cache_config_info{model_name=\"echo\",engine=\"0\",block_size=\"16\",num_gpu_blocks=\"1024\"");
        assertThat(server.http().get("/health").status()).isEqualTo(200);
    }

    @Test
    void says_who_used_how_much() throws IOException {
        server.http()
                .send(
                        "POST",
                        CHAT,
                        asking("hello").getBytes(StandardCharsets.UTF_8),
                        "Content-Type: application/json",
                        "X-Session-Id: monday");
        server.http()
                .postJson(CHAT, asking("x").replace("}]}", "}],\"prompt_cache_key\":\"tuesday\"}"));
        JsonNode usage = Documents.read(server.http().get("/v1/usage"));
        assertThat(usage.get("sessions").valueStream().map(line -> line.get("name").stringValue()))
                .containsExactlyInAnyOrder("monday", "tuesday");
        JsonNode all = usage.get("keys").get(0);
        assertThat(all.get("prompt_tokens").intValue()).isEqualTo(25 + 21);
        JsonNode one = Documents.read(server.http().get("/v1/usage?session=tuesday"));
        assertThat(one.get("sessions").size()).isEqualTo(1);
        assertThat(one.get("sessions").get(0).get("completion_tokens").intValue()).isEqualTo(2);
        assertThat(all.get("completion_tokens").intValue()).isEqualTo(6 + 2);
        assertThat(all.get("accelerator_seconds").doubleValue())
                .isCloseTo(
                        usage.get("accelerator_seconds").doubleValue(),
                        Percentage.withPercentage(0.1))
                .isCloseTo(all.get("dollars").doubleValue(), Percentage.withPercentage(0.1));
    }

    @Test
    void counts_a_prompt_once_for_all_choices_and_from_the_cache_as_its_client_is_told()
            throws IOException {
        int prompt = 0;
        int answer = 0;
        for (int i = 0; i < 2; i++) {
            Response response =
                    server.http()
                            .postJson(CHAT, asking("a".repeat(40)).replace("}]}", "}],\"n\":3}"));
            JsonNode told = Documents.read(response).get("usage");
            prompt += told.get("prompt_tokens").intValue();
            answer += told.get("completion_tokens").intValue();
        }
        JsonNode counted = Documents.read(server.http().get("/v1/usage")).get("keys").get(0);
        assertThat(counted.get("prompt_tokens").intValue()).isEqualTo(prompt);
        assertThat(counted.get("completion_tokens").intValue()).isEqualTo(answer);
    }

    private Socket ask(String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        var socket =
                new Socket(InetAddress.getLoopbackAddress(), URI.create(server.url()).getPort());
        String head =
                "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                        .formatted(CHAT, bytes.length);
        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return socket;
    }

    private static String asking(String text) {
        return "{\"model\":\"echo\",\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                .formatted(text);
    }
}
