package dev.touchstone.app.internal.llm.proxy;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/// A server that speaks OpenAI's API and the metrics of vLLM or SGLang, and can be told to
/// misbehave.
final class FakeServer implements AutoCloseable {
    static final String TOOL_CALLS =
            """
            {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m",\
            "choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant",\
            "content":null,"tool_calls":[{"id":"call_1","type":"function",\
            "function":{"name":"add","arguments":"{\\"a\\":1}"}}]}}]}\
            """;

    /// The same call as a stream of deltas, its arguments in two parts.
    private static final List<String> TOOL_EVENTS =
            Stream.of(
                            """
                            [{"index":0,"finish_reason":null,"delta":{"role":"assistant","content":null,\
                            "tool_calls":[{"index":0,"id":"call_1","type":"function",\
                            "function":{"name":"add","arguments":"{\\"a\\""}}]}}]\
                            """,
                            """
                            [{"index":0,"finish_reason":null,"delta":{\
                            "tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}}]\
                            """,
                            """
                            [{"index":0,"finish_reason":"tool_calls","delta":{}}]\
                            """)
                    .map(
                            """
                            data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":%s}

                            """
                                    ::formatted)
                    .toList();

    enum Dialect {
        VLLM,
        SGLANG,
        NONE
    }

    enum Mood {
        WELL,
        BUSY,
        BROKEN,
        DIES_IN_THE_STREAM,
        DIES_WITHIN_AN_EVENT,
        STANDS_STILL_IN_THE_STREAM,
        NEVER_ANSWERS
    }

    final List<String> bodies = new CopyOnWriteArrayList<>();
    final List<String> keys = new CopyOnWriteArrayList<>();
    final CountDownLatch gone = new CountDownLatch(1);
    final CountDownLatch asked = new CountDownLatch(1);
    volatile Mood mood = Mood.WELL;
    volatile int running;
    volatile int waiting;
    volatile double kvUsage;

    private final String name;
    private final Dialect dialect;
    private final WebServer server;
    private final URI url;
    private final CountDownLatch closing = new CountDownLatch(1);

    FakeServer(String name, Dialect dialect) {
        this.name = name;
        this.dialect = dialect;
        server =
                WebServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .shutdownHook(false)
                        .routing(routing ->
                                routing.get("/metrics", (_, response) -> response.send(metrics()))
                                        .post("/v1/chat/completions", this::complete)
                                        .get(
                                                "/v1/models",
                                                (_, response) ->
                                                        response.send(
                                                                "{\"data\":[{\"id\":\"model-of-%s\"}]}"
                                                                        .formatted(name))))
                        .build()
                        .start();
        url = URI.create("http://127.0.0.1:" + server.port());
    }

    URI url() {
        return url;
    }

    private String metrics() {
        return switch (dialect) {
            case VLLM ->
                    """
                    vllm:num_requests_running{engine="0"} %d
                    vllm:num_requests_waiting{engine="0"} %d
                    vllm:kv_cache_usage_perc{engine="0"} %s
                    """
                            .formatted(running, waiting, kvUsage);
            case SGLANG ->
                    """
                    sglang:num_running_reqs %d
                    sglang:num_queue_reqs %d
                    sglang:token_usage %s
                    """
                            .formatted(running, waiting, kvUsage);
            case NONE -> "";
        };
    }

    private void complete(ServerRequest request, ServerResponse response)
            throws IOException, InterruptedException {
        String body = request.content().as(String.class);
        bodies.add(body);
        request.headers().first(HeaderNames.AUTHORIZATION).ifPresent(keys::add);
        asked.countDown();
        switch (mood) {
            case BUSY ->
                    response.status(429)
                            .header(HeaderNames.create("Retry-After-Ms"), "120")
                            .send("{\"error\":{\"message\":\"busy\"}}");
            case BROKEN -> response.status(500).send("{\"error\":{\"message\":\"broken\"}}");
            case NEVER_ANSWERS -> closing.await();
            case WELL, DIES_IN_THE_STREAM, DIES_WITHIN_AN_EVENT, STANDS_STILL_IN_THE_STREAM -> {
                String packed = body.replaceAll("\\s", "");
                if (packed.contains("\"stream\":true")) {
                    stream(response, packed.contains("\"tools\":["));
                } else {
                    response.header(HeaderNames.CONTENT_TYPE, "application/json").send(TOOL_CALLS);
                }
            }
        }
    }

    private void stream(ServerResponse response, boolean tools)
            throws IOException, InterruptedException {
        response.header(HeaderNames.CONTENT_TYPE, "text/event-stream");
        OutputStream out = response.outputStream();
        if (tools) {
            for (String event : TOOL_EVENTS) {
                write(out, event);
            }
            write(out, "data: [DONE]\n\n");
            out.close();
            return;
        }
        write(out, "data: {\"from\":\"%s\",\"n\":1}\n\n".formatted(name));
        if (mood == Mood.STANDS_STILL_IN_THE_STREAM) {
            closing.await();
        }
        if (mood == Mood.DIES_WITHIN_AN_EVENT) {
            write(out, "data: [ERROR]"); // As a server of others was seen to do.
        }
        if (mood == Mood.DIES_IN_THE_STREAM || mood == Mood.DIES_WITHIN_AN_EVENT) {
            throw new IllegalStateException("dies, as it was told");
        }
        write(out, "data: {\"from\":\"%s\",\"n\":2}\n\n".formatted(name));
        write(out, "data: [DONE]\n\n");
        out.close();
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop();
    }
}
