package dev.touchstone.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.testing.Attempts;
import dev.touchstone.app.testing.Documents;
import dev.touchstone.app.testing.PracticeServer;
import dev.touchstone.app.testing.RawHttp;
import dev.touchstone.app.testing.RawHttp.Response;
import dev.touchstone.app.testing.ServerProcess;
import dev.touchstone.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@DisplayName("A design run within an attempt")
class AttemptDesignTest {
    /// The process is started so that it starts quickly, which makes it slow.
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /// One GPU is soon done: it turns nearly everybody away.
    private static final String ONE_GPU = "{\"gpus\": 1, \"tokenBudget\": 512}";

    @Test
    void is_kept_with_what_broke_outlives_a_kill_and_is_evidence(@TempDir Path data)
            throws Exception {
        String attempt;
        JsonNode kept;
        try (var server = ServerProcess.start(data)) {
            RawHttp http = server.http();
            attempt = new Attempts(http).written("LLM");
            run(http, attempt);
            kept = attempt(http, attempt).get("designs");
            server.kill();
        }
        assertThat(kept).hasSize(1);
        assertThat(kept.get(0).get("design").get("gpus").asInt()).isEqualTo(1);
        assertThat(kept.get(0).get("counts").asBoolean()).isTrue();
        assertThat(kept.get(0).get("results").valueStream().map(each -> each.get("times").asInt()))
                .containsExactly(1, 3, 10);
        JsonNode atLoad = kept.get(0).get("results").get(0);
        assertThat(atLoad.get("kept").asBoolean()).isFalse();
        assertThat(atLoad.get("breaches").get(0).get("kind").asString()).isEqualTo("TTFT");
        assertThat(atLoad.get("lostShare").asDouble()).isBetween(0.5, 1.0);
        assertThat(atLoad.get("dollarsPerMillionTokens").asDouble()).isPositive();

        try (var server = ServerProcess.start(data)) {
            RawHttp http = server.http();
            assertThat(attempt(http, attempt).get("designs")).isEqualTo(kept);
            JsonNode evidence = graded(http, attempt).get("evidence");
            assertThat(evidence.get("reasons").valueStream().map(JsonNode::asString))
                    .anyMatch(reason -> reason.startsWith("The design that was run, 1 GPUs,"));
            assertThat(evidence.get("facts").valueStream().map(each -> each.get("id").asString()))
                    .contains("ran-gpus", "ran-promise", "ran-cost");
        }
    }

    @Test
    void is_refused_where_nothing_is_run_and_kept_by_nobody_but_the_server(@TempDir Path data)
            throws Exception {
        try (var server = PracticeServer.start(data)) {
            RawHttp http = server.http();
            var attempts = new Attempts(http);
            String llm = attempts.start("challenge:LLM");
            String feed = attempts.start("challenge:FEED");
            String drill = attempts.start("drill:D1");

            refused(designs(http, feed), 422, "FEED has no fleet to run; LLM has");
            refused(designs(http, drill), 422, "only a challenge has a fleet to run");
            refused(designs(http, "llm-000000"), 404, "llm-000000");
            refused(
                    http.postJson("/api/attempts/" + llm + "/designs", "{\"gpus\": 0}"),
                    400,
                    "gpus: must be from 1 to 256");
            refused(
                    http.postJson(
                            "/api/attempts/" + llm + "/moves",
                            """
                            {"do": "try-design", "results": [], "design": {"gpus": 23,
                             "tokenBudget": 512, "kvType": "FP16", "router": "BALANCED",
                             "ladder": false,
                             "lane": {"fromTokens": 4096, "atOnce": 0, "gpus": 0}}}
                            """),
                    422,
                    "POST /api/attempts/%s/designs runs one".formatted(llm));
        }
    }

    @Test
    void is_one_at_a_time_and_is_not_kept_when_it_was_stopped(@TempDir Path data) throws Exception {
        try (var server = PracticeServer.start(data)) {
            RawHttp http = server.http();
            String attempt = new Attempts(http).start("challenge:LLM");
            Response started =
                    http.postJson("/api/attempts/" + attempt + "/designs", "{\"gpus\": 200}");
            assertThat(started.status()).as(started.body()).isEqualTo(201);
            String id = Documents.read(started).get("id").asString();

            refused(designs(http, attempt), 409, "a design of this attempt is being run");
            assertThat(http.postJson("/api/designs/" + id + "/stop", "").status()).isEqualTo(202);
            over(http, id);
            assertThat(attempt(http, attempt).get("designs")).isEmpty();
        }
    }

    private static Response designs(RawHttp http, String attempt) throws IOException {
        return http.postJson("/api/attempts/" + attempt + "/designs", ONE_GPU);
    }

    private static void run(RawHttp http, String attempt) throws IOException {
        Response started = designs(http, attempt);
        assertThat(started.status()).as(started.body()).isEqualTo(201);
        over(http, Documents.read(started).get("id").asString());
    }

    private static void over(RawHttp http, String id) {
        Eventually.within(
                PATIENCE,
                "the end of design " + id,
                () -> {
                    try {
                        return Documents.read(http.get("/api/designs/" + id))
                                .get("over")
                                .asBoolean();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    private static JsonNode attempt(RawHttp http, String attempt) throws IOException {
        return Documents.read(http.get("/api/attempts/" + attempt));
    }

    private static JsonNode graded(RawHttp http, String attempt) throws IOException {
        move(http, attempt, "{\"do\": \"submit\"}");
        move(http, attempt, "{\"do\": \"open-answer\"}");
        return move(
                http,
                attempt,
                """
                {"do": "self-grade", "levels": {"sizing": "SENIOR", "memory": "SENIOR",
                 "scheduling": "SENIOR", "routing": "SENIOR", "overload": "SENIOR",
                 "cost": "SENIOR"}}
                """);
    }

    private static JsonNode move(RawHttp http, String attempt, String move) throws IOException {
        Response answer = http.postJson("/api/attempts/" + attempt + "/moves", move);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return Documents.read(answer);
    }

    private static void refused(Response answer, int status, String why) throws IOException {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(Documents.read(answer).get("detail").asString()).contains(why);
    }
}
