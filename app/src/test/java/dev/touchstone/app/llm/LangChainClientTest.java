package dev.touchstone.app.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.FinishReason;
import dev.touchstone.app.testing.ModelServer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("LangChain4j's client")
@Timeout(60)
@SuppressWarnings("NullAway.Init") // set before each test
class LangChainClientTest {
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
    void gets_an_answer_with_its_usage() {
        ChatResponse answer = model("echo").chat(UserMessage.from("Hello"));
        assertThat(answer.aiMessage().text()).isEqualTo("Hello");
        assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(answer.tokenUsage().outputTokenCount()).isEqualTo(6);
    }

    @Test
    void finds_the_conversation_so_far_in_the_cache() {
        String story = "Once upon a time there was a scheduler that never starved anybody.";
        model("echo").chat(SystemMessage.from(story), UserMessage.from("one"));
        ChatResponse second =
                model("echo")
                        .chat(
                                SystemMessage.from(story),
                                UserMessage.from("one"),
                                AiMessage.from("one"),
                                UserMessage.from("two"));
        assertThat(second.aiMessage().text()).isEqualTo("two");
        var usage = (OpenAiTokenUsage) second.tokenUsage();
        assertThat(usage.inputTokensDetails().cachedTokens()).isEqualTo(96);
    }

    @Test
    void finds_its_own_answer_in_the_cache() {
        String story = "one ".repeat(40).strip();
        model("echo").chat(UserMessage.from(story));
        ChatResponse second =
                model("echo")
                        .chat(
                                UserMessage.from(story),
                                AiMessage.from(story),
                                UserMessage.from("two"));
        assertThat(second.aiMessage().text()).isEqualTo("two");
        int before = "user\nsay:%s\nassistant\n%s".formatted(story, story).length();
        var usage = (OpenAiTokenUsage) second.tokenUsage();
        assertThat(usage.inputTokensDetails().cachedTokens()).isEqualTo(before / 16 * 16);
    }

    @Test
    void hears_a_stream() throws Exception {
        var whole = new CompletableFuture<ChatResponse>();
        var parts = new StringBuilder();
        streaming()
                .chat(
                        "the ENTIRE END of it",
                        new StreamingChatResponseHandler() {
                            @Override
                            public void onPartialResponse(String part) {
                                parts.append(part);
                            }

                            @Override
                            public void onCompleteResponse(ChatResponse response) {
                                whole.complete(response);
                            }

                            @Override
                            public void onError(Throwable error) {
                                whole.completeExceptionally(error);
                            }
                        });
        ChatResponse response = whole.get(30, TimeUnit.SECONDS);
        assertThat(parts.toString()).isEqualTo("the ENTIRE ");
        assertThat(response.aiMessage().text()).isEqualTo("the ENTIRE ");
        assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(response.tokenUsage().outputTokenCount()).isEqualTo(14);
    }

    @Test
    void is_told_of_a_failure_in_the_middle_of_a_stream() {
        server.model().hold();
        var end = new CompletableFuture<String>();
        streaming()
                .chat(
                        "Hello",
                        new StreamingChatResponseHandler() {
                            @Override
                            public void onPartialResponse(String part) {
                                server.model().failNext("the cache is on fire");
                                server.model().letGo();
                            }

                            @Override
                            public void onCompleteResponse(ChatResponse response) {
                                end.complete("complete");
                            }

                            @Override
                            public void onError(Throwable error) {
                                end.complete("failed");
                            }
                        });
        server.model().allow(1);
        assertThat(end.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo("failed");
    }

    @Test
    void hears_what_was_wrong() {
        assertThatThrownBy(() -> model("gpt").chat("x"))
                .isInstanceOf(ModelNotFoundException.class)
                .hasMessageContaining("there is no model 'gpt' here; ask for 'echo'");
        assertThatThrownBy(() -> model("echo").chat("x".repeat(2000)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("shorten it by at least");
    }

    private OpenAiChatModel model(String name) {
        return OpenAiChatModel.builder()
                .baseUrl(server.url() + "v1")
                .apiKey("none")
                .modelName(name)
                .temperature(0.0)
                .maxRetries(0)
                .build();
    }

    private OpenAiStreamingChatModel streaming() {
        return OpenAiStreamingChatModel.builder()
                .baseUrl(server.url() + "v1")
                .apiKey("none")
                .modelName("echo")
                .temperature(0.0)
                .stop(List.of("END"))
                .build();
    }
}
