package dev.touchstone.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.testing.Documents;
import dev.touchstone.app.testing.PracticeServer;
import dev.touchstone.app.testing.RawHttp;
import dev.touchstone.app.testing.RawHttp.Response;
import dev.touchstone.app.testing.Simulated;
import java.io.IOException;
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

@DisplayName("The API of simulations")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class SimulationApiTest {
    /// Enough users and time that nothing else in a test takes as long.
    private static final String LONG = "{\"sessions\": 50000, \"minutes\": 60, \"replicas\": 24}";

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
    void says_what_was_ordered_and_what_came_of_it_beside_what_is_derived() throws IOException {
        JsonNode document =
                Simulated.run(http, "{\"sessions\": 300, \"minutes\": 3, \"replicas\": 2}");

        assertThat(document.get("order").get("model").asString()).isEqualTo("13b-gqa");
        assertThat(document.get("failure").isNull()).isTrue();
        JsonNode result = document.get("result");
        assertThat(result.get("stoppedEarly").asBoolean()).isFalse();
        assertThat(result.get("derived").get("fleet").asString()).isEqualTo("1 GPU");
        JsonNode point = result.get("points").get(0);
        assertThat(point.get("replicas").asInt()).isEqualTo(2);
        assertThat(point.get("requests").get("finished").asInt())
                .isEqualTo(point.get("requests").get("total").asInt())
                .isPositive();
    }

    @Test
    void finds_the_replicas_where_none_are_ordered() throws IOException {
        JsonNode document = Simulated.run(http, "{\"sessions\": 300, \"minutes\": 3}");

        JsonNode point = document.get("result").get("points").get(0);
        assertThat(point.get("replicas").asInt()).isEqualTo(1);
        assertThat(point.get("tried").get("1").asBoolean()).isTrue();
    }

    @Test
    void comes_to_the_same_each_time() throws IOException {
        String order = "{\"sessions\": 200, \"minutes\": 2, \"replicas\": 1, \"kvType\": \"fp8\"}";

        assertThat(Simulated.run(http, order).get("result"))
                .isEqualTo(Simulated.run(http, order).get("result"));
    }

    @Test
    void derives_for_fp8_too_and_for_no_other_hardware() throws IOException {
        String order = "{\"sessions\": 10, \"minutes\": 1, \"replicas\": 1, %s}";

        JsonNode fp8 = Simulated.run(http, order.formatted("\"kvType\": \"fp8\""));
        assertThat(fp8.get("result").get("derived").get("fleet").asString()).isEqualTo("1 GPU");
        JsonNode other = Simulated.run(http, order.formatted("\"accelerator\": \"h200\""));
        assertThat(other.get("result").has("derived")).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"model": "13b"}           | model       | did you mean '13b-gqa'?
                    {"accelerator": "h1000"}   | accelerator | did you mean 'h100'?
                    {"accelerator": "a10g"}    | accelerator | a10g has 24 GB in all
                    {"replicas": 0}            | replicas    | the nearest is 1
                    {"replicas": 257}          | replicas    | the nearest is 256
                    {"replicas": "auto"}       | replicas    |
                    {"sessions": 50001}        | sessions    | the nearest is 50,000
                    {"sessions": 0}            | sessions    | the nearest is 1
                    {"minutes": 61}            | minutes     | the nearest is 60
                    {"tokenBudget": 1}         | tokenBudget | the nearest is 16
                    {"kvType": "int4"}         | kvType      | There are: fp16, fp8
                    {"router": "random"}       | router      | There are: balanced
                    {"scaleTo": 5}             | scaleTo     | needs a number of replicas to begin with
                    {"replicas": 3, "scaleTo": 2} | scaleTo  | the nearest is 3
                    {"maxSpend": 5}            | maxSpend    | say how far it may scale out as well
                    {"ladder": "80,70,60,50"}  | ladder      | each above the one before
                    {"longShare": 1}           | longShare   | must be above 0 and below 1
                    {"longShare": 0.2, "prefillShare": 0.2} | prefillShare | leave one out
                    {"link": 0}                | link        | must be above 0
                    {"conversation": "moon"}   | conversation | did you mean 'mooncake'?
                    {"regions": "us"}          | regions     | write name:share:hours later
                    {"users": 5}               | users       |
                    """)
    void refuses_and_names_the_field(String order, String field, String detail) throws IOException {
        Response answer = http.postJson("/api/simulations", order);

        assertThat(answer.status()).isEqualTo(400);
        JsonNode problem = Documents.read(answer);
        assertThat(problem.get("field").asString()).isEqualTo(field);
        assertThat(problem.get("detail").asString()).contains(detail == null ? field : detail);
    }

    @Test
    void runs_two_at_once_and_stops_them_with_what_they_have() throws IOException {
        JsonNode first = Documents.read(http.postJson("/api/simulations", LONG));
        JsonNode second = Documents.read(http.postJson("/api/simulations", LONG));
        Response third = http.postJson("/api/simulations", LONG);

        assertThat(third.status()).isEqualTo(503);
        assertThat(Documents.read(third).get("type").asString())
                .isEqualTo("urn:touchstone:problem:too-many-simulations");
        for (JsonNode each : new JsonNode[] {first, second}) {
            String id = each.get("id").asString();
            assertThat(stop(id).status()).isEqualTo(202);
            JsonNode document = Simulated.over(http, id);
            assertThat(document.get("result").get("stoppedEarly").asBoolean()).isTrue();
        }
        assertThat(
                        Simulated.run(http, "{\"sessions\": 10, \"minutes\": 1}")
                                .get("over")
                                .asBoolean())
                .isTrue();
    }

    @Test
    void knows_no_other() throws IOException {
        assertThat(http.get("/api/simulations/none").status()).isEqualTo(404);
        assertThat(stop("none").status()).isEqualTo(404);
    }

    private Response stop(String id) throws IOException {
        return http.postJson("/api/simulations/" + id + "/stop", "");
    }
}
