package dev.touchstone.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.testing.Attempts;
import dev.touchstone.app.testing.Documents;
import dev.touchstone.app.testing.PracticeServer;
import dev.touchstone.app.testing.RawHttp;
import dev.touchstone.app.testing.RawHttp.Response;
import dev.touchstone.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@DisplayName("The API of designs")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class DesignApiTest {
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

    @Test
    void says_what_was_ordered_with_what_was_left_out_as_on_the_slide() throws IOException {
        Response started = http.postJson("/api/designs", "{\"gpus\": 7, \"ladder\": \"on\"}");

        assertThat(started.status()).isEqualTo(201);
        JsonNode order = Documents.read(started).get("order");
        assertThat(order.get("gpus").asInt()).isEqualTo(7);
        assertThat(order.get("ladder").asString()).isEqualTo("on");
        assertThat(order.get("tokenBudget").asInt()).isEqualTo(2_048);
        assertThat(order.get("router").asString()).isEqualTo("round-robin");
        stopped(Documents.read(started).get("id").asString());
    }

    @Test
    void opens_what_the_load_needs_with_the_answer_of_the_challenge() throws IOException {
        String id =
                Documents.read(http.postJson("/api/designs", "{\"gpus\": 3}")).get("id").asString();
        JsonNode shut = stopped(id).get("result");

        assertThat(shut.has("smallestThatKeepsIt")).isFalse();
        assertThat(shut.get("trials").get(0).has("derived")).isFalse();
        assertThat(shut.get("trials").get(0).get("times").asInt()).isEqualTo(1);
        assertThat(shut.get("trials").get(0).get("peakRequestsPerSecond").asDouble())
                .isEqualTo(166.667);
        assertThat(http.get("/design/" + id).body()).doesNotContain("take turns");

        new Attempts(http).compared("LLM");
        JsonNode open = look(id).get("result");
        assertThat(open.get("trials").get(0).get("derived").get("fleetSerial").asString())
                .isEqualTo("23 GPUs");
        assertThat(open.has("smallestThatKeepsIt")).isTrue();
        assertThat(http.get("/design/" + id).body()).contains("23 GPUs if they take turns");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"gpus": 0}             | gpus        | the nearest is 1
                    {"gpus": 257}           | gpus        | the nearest is 256
                    {"tokenBudget": 10}     | tokenBudget | the nearest is 64
                    {"kvType": "int8"}      | kvType      | There are: fp16, fp8
                    {"longGpus": 5}         | longGpus    | must be from 0 to 4
                    {"longAtOnce": -1}      | longAtOnce  | the nearest is 0
                    {"longFrom": 100000}    | longFrom    | the nearest is 16,384
                    {"router": "random"}    | router      | There are: balanced
                    {"ladder": "maybe"}     | ladder      | There are: off, on
                    {"gpu": 5}              | gpu         | gpu
                    """)
    void refuses_and_names_the_field(String order, String field, String detail) throws IOException {
        Response answer = http.postJson("/api/designs", order);

        assertThat(answer.status()).isEqualTo(400);
        JsonNode problem = Documents.read(answer);
        assertThat(problem.get("field").asString()).isEqualTo(field);
        assertThat(problem.get("detail").asString()).contains(detail);
    }

    @Test
    void knows_no_other_and_no_simulation_of_another_kind() throws IOException {
        JsonNode fleet =
                Documents.read(
                        http.postJson(
                                "/api/simulations",
                                "{\"sessions\": 5, \"minutes\": 1, \"replicas\": 1}"));

        assertThat(http.get("/api/designs/" + fleet.get("id").asString()).status()).isEqualTo(404);
        assertThat(http.get("/api/designs/none").status()).isEqualTo(404);
    }

    private JsonNode stopped(String id) throws IOException {
        assertThat(http.postJson("/api/designs/" + id + "/stop", "").status()).isEqualTo(202);
        Eventually.holds("the end of design " + id, () -> look(id).get("over").asBoolean());
        JsonNode document = look(id);
        assertThat(document.get("failure").isNull()).as("%s", document).isTrue();
        assertThat(document.get("result").get("stoppedEarly").asBoolean()).isTrue();
        return document;
    }

    private JsonNode look(String id) {
        try {
            return Documents.read(http.get("/api/designs/" + id));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
