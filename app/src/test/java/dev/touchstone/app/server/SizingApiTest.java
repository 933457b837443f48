package dev.touchstone.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.testing.Documents;
import dev.touchstone.app.testing.PracticeServer;
import dev.touchstone.app.testing.RawHttp;
import dev.touchstone.app.testing.RawHttp.Response;
import dev.touchstone.capacity.drill.Drill;
import dev.touchstone.capacity.drill.Drills;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@DisplayName("The API of plans and drills")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class SizingApiTest {
    private PracticeServer server;
    private RawHttp http;

    @BeforeAll
    void start(@TempDir Path data) throws IOException {
        server = PracticeServer.start(data);
        http = server.http();
    }

    @AfterAll
    void stop() throws IOException {
        server.close();
    }

    private static JsonNode step(JsonNode sheet, String id) {
        return StreamSupport.stream(sheet.get("steps").spliterator(), false)
                .filter(step -> step.get("id").asString().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void lists_plans_and_derives_them_from_what_they_assume() throws IOException {
        assertThat(Documents.read(http.get("/api/plans")).size()).isEqualTo(10);
        JsonNode sheet = Documents.read(http.get("/api/plans/llm"));

        assertThat(sheet.get("headline").get(0).asString()).isEqualTo("fleet");
        assertThat(step(sheet, "fleet").get("number").asInt()).isEqualTo(33);
        assertThat(step(sheet, "mean_rate").get("substitution").asString())
                .isEqualTo("50,000 sessions × 4 requests/session/h");
        assertThat(sheet.get("inputs").get(0).get("source").asString()).isNotEmpty();
        assertThat(sheet.get("checks").get(0).get("holds").asBoolean()).isTrue();
    }

    @Test
    void derives_a_plan_from_inputs_and_measured_steps() throws IOException {
        JsonNode sheet =
                Documents.read(
                        http.postJson(
                                "/api/plans/llm",
                                "{\"inputs\": {\"memory\": \"141 GB\", \"decode_rate\": \"9k/s\"}}"));

        assertThat(step(sheet, "decode_rate").get("given").asBoolean()).isTrue();
        assertThat(step(sheet, "decode_gpus").get("text").asString()).isEqualTo("11 GPUs");
        assertThat(step(sheet, "pool").get("text").asString()).isEqualTo("111 GB/GPU");
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    /api/plans/llm | {"inputs": {"sesions": "80k"}}  | 422 | refused-input | sesions  | did you mean sessions?
                    /api/plans/llm | {"inputs": {"mfu": "60"}}       | 422 | refused-input | mfu      | it must lie between 0.1 % and 100 %
                    /api/plans/llm | {"inputs": {"memory": "20 GB"}} | 422 | refused-input | memory   | leave nothing of 20 GB/GPU
                    /api/plans/llm | {"inputs": {"sessions": null}}  | 400 | bad-field     | inputs.sessions | leave it out
                    /api/plans/llm | {"sessions": "80k"}             | 400 | bad-field     | inputs   | is missing
                    /api/plans/lm  | {"inputs": {}}                  | 404 | unknown-plan  |          | did you mean llm?
                    /api/drills/D9/answer | {"seed": 1, "answer": "3"} | 404 | unknown-drill |       | there are D1
                    /api/drills/D1/answer | {"seed": 1}              | 400 | bad-field     | answer   | either an answer or
                    /api/drills/D1/answer | {"seed": 1, "answer": "3", "giveUp": true} | 400 | bad-field | answer | either an answer or
                    /api/drills/D1/answer | {"answer": "3"}          | 400 | bad-field     | seed     | is missing
                    """)
    void refuses_and_names_what_is_at_fault(
            String path, String body, int status, String kind, String field, String detail)
            throws IOException {
        Response answer = http.postJson(path, body);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        JsonNode problem = Documents.read(answer);
        assertThat(problem.get("type").asString()).isEqualTo("urn:touchstone:problem:" + kind);
        assertThat(problem.get("detail").asString()).contains(detail);
        assertThat(problem.path("field").asString("")).isEqualTo(field == null ? "" : field);
    }

    @Test
    void asks_the_same_for_a_seed_and_draws_one_otherwise() throws IOException {
        assertThat(http.get("/api/drills/d3?seed=5").body())
                .isEqualTo(http.get("/api/drills/D3?seed=5").body());
        JsonNode drawn = Documents.read(http.get("/api/drills/D3"));
        assertThat(drawn.get("seed").asLong()).isBetween(1L, 999_999L);
        assertThat(drawn.get("question").asString())
                .isEqualTo(Drills.drill("D3", drawn.get("seed").asLong()).question());
        assertThat(http.get("/api/drills/D3?seed=five").status()).isEqualTo(400);
    }

    @Test
    void judges_an_answer_and_reveals_it_only_when_it_is_right() throws IOException {
        JsonNode wrong = answer("{\"seed\": 0, \"answer\": \"400 GB\"}");
        assertThat(wrong.get("kind").asString()).isEqualTo("WRONG");
        assertThat(wrong.get("slips").get(0).get("name").asString()).isEqualTo("GB for GiB");
        assertThat(wrong.get("revealed").isNull()).isTrue();

        JsonNode right = answer("{\"seed\": 0, \"answer\": \"0.43 TB\"}");
        assertThat(right.get("kind").asString()).isEqualTo("RIGHT");
        assertThat(right.get("revealed").get("answer").asString()).isEqualTo("429.5 GB (400 GiB)");
        assertThat(step(right.get("revealed").get("derivation"), "total").get("text").asString())
                .isEqualTo("429.5 GB");

        assertThat(answer("{\"seed\": 0, \"giveUp\": true}").get("kind").asString())
                .isEqualTo("GIVEN_UP");
        for (String reply : List.of("430", "3 s", "lots", "1e99 GB", "0 GB", "1 GB/0 s")) {
            JsonNode verdict = answer("{\"seed\": 0, \"answer\": \"%s\"}".formatted(reply));
            assertThat(verdict.get("kind").asString()).as(reply).isNotEqualTo("RIGHT");
            assertThat(verdict.get("message").asString()).isNotBlank();
            assertThat(verdict.get("revealed").isNull()).isTrue();
        }
    }

    @Test
    void never_tells_an_answer_before_it_was_asked_to() throws IOException {
        assertThat(http.get("/api/drills").body()).doesNotContain("answer");
        for (String id : Drills.ids()) {
            for (long seed = 0; seed < 40; seed++) {
                Drill drill = Drills.drill(id, seed);
                String told = drill.answer().text(drill.unit());
                String query = "%s?seed=%d".formatted(id, seed);
                String page = http.get("/drill/" + query, "Accept: text/html").body();
                String wrong =
                        http.postJson(
                                        "/api/drills/%s/answer".formatted(id),
                                        "{\"seed\": %d, \"answer\": \"1 week\"}".formatted(seed))
                                .body();

                assertThat(page.replace(drill.question(), ""))
                        .as(query)
                        .doesNotContain(told, "the-answer", "derivation", "substitution");
                assertThat(Documents.read(http.get("/api/drills/" + query)).propertyNames())
                        .containsExactlyInAnyOrder(
                                "id", "seed", "title", "question", "unit", "whole");
                assertThat(wrong).as(query).doesNotContain(told).contains("\"revealed\":null");
            }
        }
    }

    private JsonNode answer(String body) throws IOException {
        return Documents.read(http.postJson("/api/drills/D2/answer", body));
    }
}
