package dev.touchstone.app.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.Sleeper;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionCreateParams;
import dev.touchstone.app.testing.ModelServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("OpenAI's own client")
@Timeout(60)
@SuppressWarnings({"NullAway.Init", "deprecation"}) // set in each test; seed is still sent
class OpenAiClientTest {
    private final List<Duration> waits = new ArrayList<>();
    private final Executor threads = Executors.newVirtualThreadPerTaskExecutor();
    private ModelServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void gets_an_answer_with_its_usage() throws IOException {
        server = new ModelServer();
        ChatCompletion answer = client().chat().completions().create(asking("Hello 😀").build());

        assertThat(answer.id()).startsWith("chatcmpl-");
        assertThat(answer.model()).isEqualTo("echo");
        ChatCompletion.Choice choice = answer.choices().getFirst();
        assertThat(choice.message().content()).contains("Hello 😀");
        assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        var usage = answer.usage().orElseThrow();
        assertThat(usage.completionTokens()).isEqualTo("Hello ".length() + 4 + 1);
        assertThat(usage.totalTokens()).isEqualTo(usage.promptTokens() + usage.completionTokens());
    }

    @Test
    void hears_a_stream_with_the_role_first_and_the_reason_last() throws IOException {
        server = new ModelServer();
        var params =
                asking("Hello 😀")
                        .streamOptions(
                                ChatCompletionStreamOptions.builder().includeUsage(true).build())
                        .build();
        List<ChatCompletionChunk> chunks = stream(params);

        var opening = chunks.getFirst().choices().getFirst();
        assertThat(opening.delta().role())
                .contains(ChatCompletionChunk.Choice.Delta.Role.ASSISTANT);
        List<ChatCompletionChunk> told = chunks.subList(0, chunks.size() - 1);
        assertThat(told.subList(0, told.size() - 1))
                .allMatch(chunk -> chunk.choices().getFirst().finishReason().isEmpty());
        assertThat(told.getLast().choices().getFirst().finishReason())
                .contains(ChatCompletionChunk.Choice.FinishReason.STOP);
        assertThat(text(told, 0)).isEqualTo("Hello 😀");
        assertThat(told).allMatch(chunk -> chunk.usage().isEmpty());
        assertThat(chunks.getLast().choices()).isEmpty();
        assertThat(chunks.getLast().usage().orElseThrow().completionTokens()).isEqualTo(11);
        assertThat(chunks).extracting(ChatCompletionChunk::id).containsOnly(chunks.getFirst().id());
    }

    @Test
    void never_sees_the_beginning_of_a_stop_text() throws IOException {
        server = new ModelServer();
        var params = asking("the ENTIRE END of it").stop("END").build();
        List<ChatCompletionChunk> chunks = stream(params);

        assertThat(text(chunks, 0)).isEqualTo("the ENTIRE ");
        assertThat(chunks.getLast().choices().getFirst().finishReason())
                .contains(ChatCompletionChunk.Choice.FinishReason.STOP);
        assertThat(chunks)
                .filteredOn(chunk -> !chunk.choices().isEmpty())
                .noneMatch(chunk ->
                        chunk.choices().getFirst().delta().content().orElse("").equals("EN"));
        server.awaitEmpty();
    }

    @Test
    void is_told_when_an_answer_was_cut_off() throws IOException {
        server = new ModelServer();
        var answer =
                client().chat()
                        .completions()
                        .create(asking("Hello").maxCompletionTokens(3).build())
                        .choices()
                        .getFirst();
        assertThat(answer.message().content()).contains("Hel");
        assertThat(answer.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.LENGTH);
    }

    @Test
    void gets_two_answers_each_with_one_end() throws IOException {
        server = new ModelServer();
        var params = asking("x").temperature(1.0).n(2).seed(7).maxCompletionTokens(8).build();
        List<ChatCompletionChunk> chunks = stream(params);

        for (long index : new long[] {0, 1}) {
            assertThat(text(chunks, index)).hasSize(8);
            assertThat(
                            chunks.stream()
                                    .flatMap(chunk -> chunk.choices().stream())
                                    .filter(choice -> choice.index() == index)
                                    .filter(choice -> choice.finishReason().isPresent()))
                    .hasSize(1);
        }
        assertThat(text(chunks, 0)).isNotEqualTo(text(chunks, 1));
        assertThat(client().chat().completions().create(params).choices())
                .extracting(choice -> choice.message().content().orElseThrow())
                .containsExactly(text(chunks, 0), text(chunks, 1));
    }

    @Test
    void gets_the_same_answer_for_the_same_seed() throws IOException {
        server = new ModelServer();
        var first = asking("x").temperature(1.0).seed(42).maxCompletionTokens(20).build();
        var other = asking("x").temperature(1.0).seed(43).maxCompletionTokens(20).build();
        assertThat(content(first)).isEqualTo(content(first)).isNotEqualTo(content(other));
    }

    @Test
    void gets_the_likelihood_of_each_token() throws IOException {
        server = new ModelServer();
        var answer =
                client().chat()
                        .completions()
                        .create(asking("Hi").logprobs(true).topLogprobs(2).build())
                        .choices()
                        .getFirst();
        var tokens = answer.logprobs().orElseThrow().content().orElseThrow();
        assertThat(tokens).extracting(token -> token.token()).containsExactly("H", "i");
        assertThat(tokens.getFirst().logprob()).isEqualTo(-0.25);
        assertThat(tokens.getFirst().bytes().orElseThrow()).containsExactly((long) 'H');
        assertThat(tokens.getFirst().topLogprobs())
                .extracting(top -> top.token())
                .containsExactly("H", "?");
    }

    @Test
    void continues_a_text() throws IOException {
        server = new ModelServer();
        var params =
                CompletionCreateParams.builder()
                        .model("echo")
                        .prompt("say:one two three")
                        .maxTokens(7)
                        .temperature(0.0)
                        .logprobs(1)
                        .build();
        var choice = client().completions().create(params).choices().getFirst();
        assertThat(choice.text()).isEqualTo("one two");
        assertThat(choice.logprobs().orElseThrow().tokens().orElseThrow()).hasSize(7);
    }

    @Test
    void finds_the_model_in_the_list() throws IOException {
        server = new ModelServer();
        assertThat(client().models().list().data())
                .extracting(model -> model.id())
                .containsExactly("echo");
        assertThat(client().models().retrieve("echo").ownedBy()).isEqualTo("touchstone");
    }

    @Test
    void waits_as_long_as_it_is_told_when_the_queue_is_full_and_tries_twice_more()
            throws Exception {
        server = new ModelServer(1024, 1, 1);
        server.model().pace(Duration.ofMillis(20));
        CompletableFuture<String> waiting;
        try (var running =
                client().chat().completions().createStreaming(asking("a".repeat(900)).build())) {
            var chunks = running.stream().iterator();
            chunks.next();
            waiting = CompletableFuture.supplyAsync(() -> content(asking("later").build()));
            while (server.host().engine().load().waiting() == 0) {
                chunks.next();
            }

            assertThatThrownBy(() -> client().chat().completions().create(asking("x").build()))
                    .isInstanceOfSatisfying(
                            RateLimitException.class,
                            e -> {
                                assertThat(e.type()).contains("rate_limit_error");
                                assertThat(e.headers().values("Retry-After-Ms")).hasSize(1);
                                assertThat(e.getMessage()).contains("try again later");
                            });
            assertThat(waits).hasSize(2);
            assertThat(waits).allMatch(wait -> wait.compareTo(Duration.ofMinutes(1)) < 0);
            assertThat(waits.get(1)).isGreaterThan(waits.get(0));
        }
        assertThat(waiting.get()).isEqualTo("later");
        server.awaitEmpty();
    }

    @Test
    void does_not_come_back_when_it_would_wait_too_long() throws Exception {
        server = new ModelServer(1024, 1, 1);
        server.model().pace(Duration.ofMillis(20));
        try (var running =
                client().chat().completions().createStreaming(asking("a".repeat(900)).build())) {
            var chunks = running.stream().iterator();
            chunks.next();
            var waiting = CompletableFuture.supplyAsync(() -> content(asking("later").build()));
            while (server.host().engine().load().waiting() == 0) {
                chunks.next();
            }
            var crowd = new ArrayList<CompletableFuture<Integer>>();
            for (int i = 0; i < 125; i++) {
                crowd.add(CompletableFuture.supplyAsync(this::askOnce, threads));
            }
            assertThat(crowd).extracting(CompletableFuture::join).containsOnly(429);

            assertThatThrownBy(() -> client().chat().completions().create(asking("x").build()))
                    .isInstanceOfSatisfying(
                            RateLimitException.class,
                            e ->
                                    assertThat(e.headers().values("X-Should-Retry"))
                                            .containsExactly("false"));
            // Just below the limit it is told to come back once more.
            assertThat(waits).hasSizeLessThan(2);
            server.model().letGo();
            assertThat(waiting.get()).isEqualTo("later");
        }
    }

    @Test
    void hears_which_field_was_wrong_and_does_not_try_again() throws IOException {
        server = new ModelServer();
        assertThatThrownBy(() -> content(asking("x").temperature(3.0).build()))
                .isInstanceOfSatisfying(
                        BadRequestException.class,
                        e -> {
                            assertThat(e.param()).contains("temperature");
                            assertThat(e.getMessage())
                                    .contains("must be a number from 0.0 to 2.0, got 3");
                        });
        assertThatThrownBy(() -> content(asking("x").model("gpt").build()))
                .isInstanceOfSatisfying(
                        NotFoundException.class,
                        e -> assertThat(e.code()).contains("model_not_found"));
        assertThat(waits).isEmpty();
    }

    @Test
    void hears_what_to_change_when_a_prompt_can_never_fit() throws IOException {
        server = new ModelServer();
        assertThatThrownBy(() -> content(asking("x".repeat(2000)).build()))
                .isInstanceOfSatisfying(
                        BadRequestException.class,
                        e -> {
                            assertThat(e.code()).contains("context_length_exceeded");
                            assertThat(e.getMessage()).contains("shorten it by at least 997");
                        });
    }

    @Test
    void needs_a_key_where_there_are_keys() throws IOException {
        server = new ModelServer(64, 4, 4, "a-key-of-some-length");
        assertThat(content(asking("in").build(), "a-key-of-some-length")).isEqualTo("in");
        assertThatThrownBy(() -> content(asking("in").build(), "another-key-of-length"))
                .isInstanceOfSatisfying(
                        UnauthorizedException.class,
                        e -> assertThat(e.code()).contains("invalid_api_key"));
    }

    @Test
    void that_stops_listening_frees_the_memory_at_once() throws IOException {
        server = new ModelServer();
        server.model().pace(Duration.ofMillis(5));
        try (var stream =
                client().chat().completions().createStreaming(asking("a".repeat(900)).build())) {
            stream.stream().iterator().next();
        }
        server.awaitEmpty();
    }

    @Test
    void is_told_of_a_failure_in_the_middle_of_a_stream() throws IOException {
        server = new ModelServer();
        server.model().hold();
        server.model().allow(1);
        try (var stream = client().chat().completions().createStreaming(asking("Hello").build())) {
            var chunks = stream.stream().iterator();
            chunks.next();
            server.model().failNext("the cache is on fire");
            server.model().letGo();
            assertThatThrownBy(() -> chunks.forEachRemaining(_ -> {}))
                    .hasMessageContaining("a step of the engine failed");
        }
        assertThat(content(asking("again").build())).isEqualTo("again");
    }

    private int askOnce() {
        try {
            return server.http()
                    .postJson(
                            "/v1/chat/completions",
                            "{\"model\": \"echo\", \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}")
                    .status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String content(ChatCompletionCreateParams params) {
        return content(params, "none");
    }

    private String content(ChatCompletionCreateParams params, String key) {
        return client(key)
                .chat()
                .completions()
                .create(params)
                .choices()
                .getFirst()
                .message()
                .content()
                .orElseThrow();
    }

    private List<ChatCompletionChunk> stream(ChatCompletionCreateParams params) {
        try (StreamResponse<ChatCompletionChunk> response =
                client().chat().completions().createStreaming(params)) {
            return response.stream().toList();
        }
    }

    private static String text(List<ChatCompletionChunk> chunks, long index) {
        return chunks.stream()
                .flatMap(chunk -> chunk.choices().stream())
                .filter(choice -> choice.index() == index)
                .map(choice -> choice.delta().content().orElse(""))
                .collect(Collectors.joining());
    }

    private static ChatCompletionCreateParams.Builder asking(String text) {
        return ChatCompletionCreateParams.builder()
                .model("echo")
                .temperature(0.0)
                .addUserMessage(text);
    }

    private OpenAIClient client() {
        return client("none");
    }

    /// One that notes how long it would wait instead of waiting.
    private OpenAIClient client(String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(server.url() + "v1")
                .apiKey(key)
                .sleeper(
                        new Sleeper() {
                            @Override
                            public void sleep(Duration duration) {
                                waits.add(duration);
                            }

                            @Override
                            public CompletableFuture<Void> sleepAsync(Duration duration) {
                                waits.add(duration);
                                return CompletableFuture.completedFuture(null);
                            }

                            @Override
                            public void close() {}
                        })
                .build();
    }
}
