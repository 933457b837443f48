package dev.touchstone.app.internal.llm.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.Sleeper;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.touchstone.app.internal.llm.proxy.FakeServer.Dialect;
import dev.touchstone.app.internal.llm.proxy.FakeServer.Mood;
import dev.touchstone.app.internal.server.LlmServer;
import dev.touchstone.app.internal.server.ProxyServer;
import dev.touchstone.llm.fleet.RouterConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Through the proxy")
@Timeout(60)
@SuppressWarnings("NullAway.Init") // set before each test
class ProxyClientsTest {
    private final List<Duration> waits = new ArrayList<>();
    private FakeServer server;
    private ProxyServer proxy;

    @BeforeEach
    void start() throws IOException {
        server = new FakeServer("a", Dialect.VLLM);
        proxy =
                ProxyServer.start(
                        new LlmServer.Settings("127.0.0.1", 0, List.of()),
                        new ProxySettings(
                                List.of(server.url()),
                                Optional.empty(),
                                RouterConfig.DEFAULT,
                                ProxySettings.USUAL_SCALING,
                                ProxySettings.USUAL_STALL));
    }

    @AfterEach
    void stop() {
        proxy.close();
        server.close();
    }

    @Test
    void openais_client_is_asked_to_call_a_tool() {
        ChatCompletion answer = openAi().chat().completions().create(withTool());
        ChatCompletion.Choice choice = answer.choices().getFirst();
        assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
        var call = choice.message().toolCalls().orElseThrow().getFirst().asFunction();
        assertThat(call.id()).isEqualTo("call_1");
        assertThat(call.function().name()).isEqualTo("add");
        assertThat(call.function().arguments()).isEqualTo("{\"a\":1}");
        assertThat(server.bodies.getFirst()).contains("\"tools\"", "\"adds\"");
    }

    @Test
    void openais_client_hears_a_call_as_it_is_written() {
        try (var stream = openAi().chat().completions().createStreaming(withTool())) {
            List<ChatCompletionChunk.Choice> choices =
                    stream.stream().flatMap(chunk -> chunk.choices().stream()).toList();
            assertThat(
                            choices.stream()
                                    .flatMap(choice -> choice.delta().toolCalls().stream())
                                    .flatMap(List::stream)
                                    .flatMap(call -> call.function().stream())
                                    .flatMap(function -> function.arguments().stream())
                                    .collect(Collectors.joining()))
                    .isEqualTo("{\"a\":1}");
            assertThat(choices.getLast().finishReason())
                    .contains(ChatCompletionChunk.Choice.FinishReason.TOOL_CALLS);
        }
    }

    @Test
    void openais_client_comes_back_when_it_was_told_to() {
        server.mood = Mood.BUSY;
        assertThat(openAi().chat().completions().create(withTool()).choices()).hasSize(1);
        assertThat(waits).containsExactly(Duration.ofMillis(120));
    }

    @Test
    void openais_client_does_not_take_a_stream_that_broke_off_for_a_whole_one() {
        server.mood = Mood.DIES_IN_THE_STREAM;
        var params = ChatCompletionCreateParams.builder().model("m").addUserMessage("x").build();
        try (var stream = openAi().chat().completions().createStreaming(params)) {
            assertThatThrownBy(() -> stream.stream().forEach(_ -> {}))
                    .hasMessageContaining("went away in the middle of the answer");
        }
    }

    @Test
    void langchains_client_is_asked_to_call_a_tool() {
        var model =
                OpenAiChatModel.builder()
                        .baseUrl(proxy.url() + "v1")
                        .apiKey("none")
                        .modelName("m")
                        .build();
        assertAdds(model.chat(request()));
    }

    @Test
    void langchains_client_hears_a_call_as_it_is_written() throws Exception {
        var model =
                OpenAiStreamingChatModel.builder()
                        .baseUrl(proxy.url() + "v1")
                        .apiKey("none")
                        .modelName("m")
                        .build();
        var whole = new CompletableFuture<ChatResponse>();
        model.chat(
                request(),
                new StreamingChatResponseHandler() {
                    @Override
                    public void onPartialResponse(String part) {}

                    @Override
                    public void onCompleteResponse(ChatResponse response) {
                        whole.complete(response);
                    }

                    @Override
                    public void onError(Throwable error) {
                        whole.completeExceptionally(error);
                    }
                });
        assertAdds(whole.get(30, TimeUnit.SECONDS));
    }

    private static void assertAdds(ChatResponse response) {
        ToolExecutionRequest call = response.aiMessage().toolExecutionRequests().getFirst();
        assertThat(call.id()).isEqualTo("call_1");
        assertThat(call.name()).isEqualTo("add");
        assertThat(call.arguments()).isEqualTo("{\"a\":1}");
    }

    private static ChatRequest request() {
        return ChatRequest.builder()
                .messages(UserMessage.from("What is 1 more than 0?"))
                .toolSpecifications(
                        ToolSpecification.builder().name("add").description("adds").build())
                .build();
    }

    private static ChatCompletionCreateParams withTool() {
        return ChatCompletionCreateParams.builder()
                .model("m")
                .addUserMessage("What is 1 more than 0?")
                .addTool(
                        ChatCompletionFunctionTool.builder()
                                .function(
                                        FunctionDefinition.builder()
                                                .name("add")
                                                .description("adds")
                                                .parameters(
                                                        FunctionParameters.builder()
                                                                .putAdditionalProperty(
                                                                        "type",
                                                                        JsonValue.from("object"))
                                                                .putAdditionalProperty(
                                                                        "properties",
                                                                        JsonValue.from(Map.of()))
                                                                .build())
                                                .build())
                                .build())
                .build();
    }

    /// A client that notes how long it would wait, during which the server recovers.
    private OpenAIClient openAi() {
        return OpenAIOkHttpClient.builder()
                .baseUrl(proxy.url() + "v1")
                .apiKey("none")
                .sleeper(
                        new Sleeper() {
                            @Override
                            public void sleep(Duration duration) {
                                waits.add(duration);
                                server.mood = Mood.WELL;
                            }

                            @Override
                            public CompletableFuture<Void> sleepAsync(Duration duration) {
                                sleep(duration);
                                return CompletableFuture.completedFuture(null);
                            }

                            @Override
                            public void close() {}
                        })
                .build();
    }
}
