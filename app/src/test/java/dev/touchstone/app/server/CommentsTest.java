package dev.touchstone.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.internal.practice.Commentator.Endpoint;
import dev.touchstone.app.testing.Documents;
import dev.touchstone.app.testing.PracticeServer;
import dev.touchstone.app.testing.RawHttp;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@DisplayName("Comments of a language model")
@SuppressWarnings("NullAway.Init") // set before each test
class CommentsTest {
    private static final String SAID =
            """
            {"id": "x", "choices": [{"index": 0, "message":
              {"role": "assistant", "content": "You forgot <b>KV reads</b>."}}]}
            """;

    private final List<String> asked = new ArrayList<>();
    private WebServer model;
    private int status = 200;

    @BeforeEach
    void start() {
        model =
                WebServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .shutdownHook(false)
                        .routing(routing ->
                                routing.post(
                                        "/v1/chat/completions",
                                        (request, response) -> {
                                            asked.add(
                                                    request.headers()
                                                            .get(HeaderNames.AUTHORIZATION)
                                                            .get());
                                            asked.add(request.content().as(String.class));
                                            response.status(status).send(SAID);
                                        }))
                        .build()
                        .start();
    }

    @AfterEach
    void stop() {
        model.stop();
    }

    @Test
    void stand_labelled_beside_the_evidence_and_change_no_grade(@TempDir Path data)
            throws IOException {
        try (var server = PracticeServer.start(data, Optional.empty(), Optional.of(endpoint()))) {
            RawHttp http = server.http();
            String attempt = graded(http);
            JsonNode before = Documents.read(http.get("/api/attempts/" + attempt));
            assertThat(http.postForm("/attempts/" + attempt + "/comments", "").status())
                    .isEqualTo(303);

            assertThat(asked.getFirst()).isEqualTo("Bearer secret");
            assertThat(asked.getLast()).contains("The store holds 42 features.", "small-model");
            String page = http.get("/attempts/" + attempt, "Accept: text/html").body();
            assertThat(page)
                    .contains("Comments of a language model", "words, no points")
                    .contains("You forgot &lt;b&gt;KV reads&lt;/b&gt;.");
            assertThat(Documents.read(http.get("/api/attempts/" + attempt))).isEqualTo(before);
        }
    }

    @Test
    void are_not_asked_for_before_the_evidence_is_open(@TempDir Path data) throws IOException {
        try (var server = PracticeServer.start(data, Optional.empty(), Optional.of(endpoint()))) {
            RawHttp http = server.http();
            String attempt = started(http);
            assertThat(http.postForm("/attempts/" + attempt + "/comments", "").status())
                    .isEqualTo(422);
            assertThat(asked).isEmpty();
        }
    }

    @Test
    void that_do_not_come_are_told_as_a_problem(@TempDir Path data) throws IOException {
        status = 500;
        try (var server = PracticeServer.start(data, Optional.empty(), Optional.of(endpoint()))) {
            RawHttp http = server.http();
            var answer = http.postForm("/attempts/" + graded(http) + "/comments", "");
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).contains("answered 500");
        }
    }

    @Test
    void are_offered_only_where_a_model_is_configured(@TempDir Path data) throws IOException {
        try (var server = PracticeServer.start(data)) {
            RawHttp http = server.http();
            String attempt = graded(http);
            assertThat(http.get("/attempts/" + attempt, "Accept: text/html").body())
                    .doesNotContain("language model");
            assertThat(http.postForm("/attempts/" + attempt + "/comments", "").status())
                    .isEqualTo(409);
        }
    }

    private Endpoint endpoint() {
        return new Endpoint(
                URI.create("http://127.0.0.1:%d/v1".formatted(model.port())),
                "small-model",
                Optional.of("secret"));
    }

    private static String started(RawHttp http) throws IOException {
        var started = http.postJson("/api/attempts", "{\"item\": \"challenge:FEATURES\"}");
        return Documents.read(started).get("id").asString();
    }

    /// An attempt written, handed in, compared and graded by its writer.
    private static String graded(RawHttp http) throws IOException {
        String attempt = started(http);
        JsonNode brief = Documents.read(http.get("/api/challenges/FEATURES"));
        for (JsonNode section : brief.get("form")) {
            move(
                    http,
                    attempt,
                    "{\"do\": \"save\", \"section\": \"%s\", \"text\": \"The store holds 42 features.\"}"
                            .formatted(section.get("id").asString()));
        }
        move(http, attempt, "{\"do\": \"submit\"}");
        move(http, attempt, "{\"do\": \"open-answer\"}");
        var levels = new ArrayList<String>();
        for (JsonNode dimension : brief.get("rubric")) {
            levels.add("\"%s\": \"SENIOR\"".formatted(dimension.get("id").asString()));
        }
        move(
                http,
                attempt,
                "{\"do\": \"self-grade\", \"levels\": {%s}}".formatted(String.join(", ", levels)));
        return attempt;
    }

    private static void move(RawHttp http, String attempt, String move) throws IOException {
        var answer = http.postJson("/api/attempts/" + attempt + "/moves", move);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }
}
