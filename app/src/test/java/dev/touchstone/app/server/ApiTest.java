package dev.touchstone.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.testing.Documents;
import dev.touchstone.app.testing.PracticeServer;
import dev.touchstone.app.testing.RawHttp;
import dev.touchstone.app.testing.RawHttp.Response;
import dev.touchstone.arena.IncidentCatalog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The API")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class ApiTest {
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
    void lists_and_shows_incidents() throws IOException {
        assertThat(Documents.read(http.get("/api/incidents")).get(0).get("id").asString())
                .isEqualTo("WR4");
        assertThat(Documents.read(http.get("/api/incidents/wr4")).get("probes").size())
                .isEqualTo(4);
    }

    @Test
    void publishes_the_schema_that_incident_files_are_checked_against() throws IOException {
        Response schema = http.get("/schemas/incident.json");
        assertThat(schema.header("Content-Type")).isEqualTo("application/schema+json");
        assertThat(schema.body()).isEqualTo(IncidentCatalog.schema());
        assertThat(Documents.read(schema).get("$schema").asString()).contains("json-schema.org");
    }

    @Test
    void plays_an_incident_to_its_report() throws IOException {
        String run = PracticeServer.startRun(http, 7);
        Response done = act(run, "{\"do\":\"probe\",\"probe\":\"kv-by-context\"}");
        assertThat(done.status()).isEqualTo(200);
        String signal = Documents.read(done).get("findings").get(0).get("signal").asString();

        act(run, "{\"do\":\"cite\",\"signal\":\"%s\"}".formatted(signal));
        act(run, "{\"do\":\"pull\",\"lever\":\"context-cap\",\"option\":\"8k\"}");
        http.postJson("/api/runs/" + run + "/advance", "{\"duration\":\"PT4M\"}");
        act(run, DECLARE);

        var shown = Documents.read(http.get("/api/runs/" + run)).get("observation");
        assertThat(shown.get("phase").asString()).isEqualTo("DECLARED");
        assertThat(shown.get("now").asString()).isEqualTo("PT5M");
        var report = Documents.read(http.get("/api/runs/" + run + "/report"));
        assertThat(report.get("runs").size()).isEqualTo(3);
        assertThat(report.get("score").asInt()).isBetween(1, 100);
    }

    @Test
    void says_of_a_document_nested_too_deep_that_it_is() throws IOException {
        String deep = "{\"x\":" + "[".repeat(3_000) + "]".repeat(3_000) + "}";
        for (String path : List.of("/api/runs", "/api/profiles", "/api/practice/import")) {
            Response response = http.postJson(path, deep);
            assertThat(response.status()).as(path).isEqualTo(400);
            assertThat(response.body()).contains("nested more than 20 deep");
        }
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    /api/runs            | {"incident": "WR4", "seed": 1.5}    | seed: '1.5' is not a whole number
                    /api/runs            | {"incident": "WR4", "seed": "15"}   | seed
                    /api/runs            | {"incident": 4, "seed": 15}         | incident: '4' is not a text
                    /api/profiles        | {"name": true}                      | name: 'true' is not a text
                    /api/attempts/x/moves | {"do": "answer", "text": 5}         | text: '5' is not a text
                    /api/attempts/x/moves | {"do": "answer", "text": "5", "certainty": 2.5} | certainty: '2.5' is not a whole number
                    /api/attempts/x/moves | {"do": "rate", "rating": 3}         | rating
                    /api/practice/import | {"touchstone": "practice",          | line 1
                    """)
    void takes_no_value_for_one_of_another_kind(String path, String json, String reason)
            throws IOException {
        Response response = http.postJson(path, json);
        assertThat(response.status()).as(response.body()).isEqualTo(400);
        assertThat(Documents.read(response).get("detail").asString())
                .contains(reason)
                .doesNotContain("Source", "Jackson", "StreamRead");
    }

    @Test
    void takes_in_no_more_than_16_mebibytes_of_practice() throws IOException {
        String spaces = " ".repeat(16 * 1024 * 1024);
        assertThat(http.postJson("/api/practice/import", spaces).status()).isEqualTo(400);
        for (String tooLong : List.of(spaces + " ", spaces.repeat(3))) {
            Response large = http.postJson("/api/practice/import", tooLong);
            assertThat(large.status()).isEqualTo(413);
            assertThat(large.body()).contains("16777216 bytes at most");
        }
    }

    @Test
    void keeps_no_recording_that_is_no_recording() throws IOException {
        Response started = http.postJson("/api/attempts", "{\"item\": \"challenge:OC3\"}");
        String path =
                "/attempts/%s/recordings".formatted(Documents.read(started).get("id").asString());
        byte[] text = "notwebm".getBytes(StandardCharsets.UTF_8);
        Response refused = http.send("POST", path, text, "Content-Type: audio/webm");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body()).contains("1A 45 DF A3");
        byte[] webm = {0x1A, 0x45, (byte) 0xDF, (byte) 0xA3, 1};
        assertThat(http.send("POST", path, webm, "Content-Type: audio/webm").status())
                .isEqualTo(201);
        assertThat(http.get(path + "/01.webm").bytes()).isEqualTo(webm);
    }

    @Test
    void exports_a_run_that_imports_to_the_same_report() throws IOException {
        String run = PracticeServer.startRun(http, 11);
        act(run, "{\"do\":\"pull\",\"lever\":\"long-lane\",\"option\":\"1\"}");
        act(run, DECLARE);
        Response exported = http.get("/api/runs/" + run + "/record");

        Response imported = http.postJson("/api/import", exported.body());
        assertThat(imported.status()).isEqualTo(201);
        String copy = Documents.read(imported).get("run").asString();
        assertThat(copy).isNotEqualTo(run);
        assertThat(http.get("/api/runs/" + copy + "/report").body())
                .isEqualTo(http.get("/api/runs/" + run + "/report").body());
    }

    @Test
    void gives_only_the_points_asked_for() throws IOException {
        String run = PracticeServer.startRun(http, 7);
        http.postJson("/api/runs/" + run + "/advance", "{\"duration\":\"PT10M\"}");
        var series = Documents.read(http.get("/api/runs/" + run + "/series?from=300"));
        assertThat(series.get("timesSeconds").get(0).asInt()).isEqualTo(300);
        assertThat(series.get("timesSeconds").size()).isEqualTo(20);
        assertThat(series.get("values").get("tokens").size()).isEqualTo(20);
    }

    @Test
    void streams_where_the_run_stands_and_what_is_new() throws IOException {
        String run = PracticeServer.startRun(http, 7);
        http.postJson("/api/runs/" + run + "/advance", "{\"duration\":\"PT10M\"}");
        String first =
                http.awaitLine(
                        "/api/runs/" + run + "/events?from=300", line -> line.startsWith("data:"));
        var update = Documents.read(first.substring("data:".length()));
        assertThat(update.get("now").asInt()).isEqualTo(600);
        assertThat(update.get("t").get(0).asInt()).isEqualTo(300);
        assertThat(update.get("playing").asBoolean()).isFalse();
    }

    @Test
    void streams_a_playing_run_as_it_moves() throws IOException {
        String run = PracticeServer.startRun(http, 7);
        http.postJson("/api/runs/" + run + "/play", "{\"speed\":60}");
        http.awaitLine(
                "/api/runs/" + run + "/events",
                line ->
                        line.startsWith("data:")
                                && Documents.read(line.substring("data:".length()))
                                                .get("now")
                                                .asDouble()
                                        > 30);
        http.postJson("/api/runs/" + run + "/pause", "{}");
        assertThat(Documents.read(http.get("/api/runs/" + run)).get("playing").asBoolean())
                .isFalse();
    }

    @Test
    void sends_short_numbers_and_null_for_gaps() throws IOException {
        String run = PracticeServer.startRun(http, 7);
        String body = http.get("/api/runs/" + run + "/series").body();
        assertThat(body.contains("NaN")).isFalse();
        var numbers = Pattern.compile("\\d+\\.\\d+").matcher(body);
        while (numbers.find()) {
            assertThat(numbers.group().length()).isLessThan(12);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"do":"fly"}                                | 400 | bad-field      | there is no 'fly'
                    {"do":"probe"}                              | 400 | bad-field      | probe: is missing
                    {"do":"wait","duration":"soon"}             | 400 | bad-field      | 'soon' is not a duration such as PT2M30S
                    {"do":"note","text":"a","why":"b"}          | 400 | bad-field      | why: is not a field here
                    {"do":                                      | 400 | malformed-json | line 1
                    []                                          | 400 | malformed-json | not of the expected kind
                    null                                        | 400 | malformed-json | null
                    {"do":"probe","probe":"x-ray"}              | 422 | unknown-term   | x-ray
                    {"do":"wait","duration":"-PT1M"}            | 422 | out-of-range   | positive
                    {"do":"pull","lever":"chunk","option":"2048"} | 409 | not-now      | already
                    """)
    void refuses_what_it_cannot_do_as_a_problem_that_names_it(
            String body, int status, String kind, String detail) throws IOException {
        Response answer = act(PracticeServer.startRun(http, 7), body);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        var problem = Documents.read(answer);
        assertThat(problem.get("type").asString()).isEqualTo("urn:touchstone:problem:" + kind);
        assertThat(problem.get("detail").asString()).contains(detail);
        assertThat(problem.get("status").asInt()).isEqualTo(status);
    }

    @Test
    void refuses_every_action_after_the_end() throws IOException {
        String run = PracticeServer.startRun(http, 7);
        act(run, DECLARE);
        assertThat(act(run, "{\"do\":\"note\",\"text\":\"late\"}").status()).isEqualTo(409);
        assertThat(http.postJson("/api/runs/" + run + "/play", "{\"speed\":1}").status())
                .isEqualTo(409);
    }

    @Test
    void has_no_report_of_an_open_run() throws IOException {
        String run = PracticeServer.startRun(http, 7);
        assertThat(http.get("/api/runs/" + run + "/report").status()).isEqualTo(409);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/runs/wr4-000000, 404",
        "GET, /api/runs/..%2F..%2Fetc%2Fpasswd, 404",
        "GET, /api/runs/wr4-000000%00, 404",
        "GET, /api/incidents/WR9, 404",
        "GET, /assets/1/..%2F..%2Fopenapi.json, 404",
        "GET, /nothing, 404",
        "DELETE, /api/runs, 405",
        "GET, /api/runs/wr4-000000/actions, 405",
        "GET, /api/runs/wr4-000000/series?from=x, 404",
        "GET, /%zz, 400",
    })
    void answers_what_is_not_there(String method, String path, int status) throws IOException {
        Response answer = http.send(method, path, new byte[0]);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    }

    @Test
    void sends_no_body_to_those_who_ask_for_the_head() throws IOException {
        Response head = http.send("HEAD", "/openapi.json", new byte[0]);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Type"))
                .isEqualTo(http.get("/openapi.json").header("Content-Type"));
        assertThat(head.header("Content-Length"))
                .isEqualTo(Integer.toString(http.get("/openapi.json").bytes().length));
        assertThat(head.bytes()).isEmpty();

        Response missing = http.send("HEAD", "/nothing", new byte[0]);
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.bytes()).isEmpty();
        assertThat(http.send("HEAD", "/api/runs/x/actions", new byte[0]).header("Allow"))
                .isEqualTo("POST");
    }

    @Test
    void counts_its_requests_and_shows_the_runs_telemetry() throws IOException {
        String run = PracticeServer.startRun(http, 7);
        http.get("/health");
        assertThat(http.get("/metrics").body())
                .contains(
                        "http_server_requests_seconds_count{method=\"GET\",route=\"/health\",status=\"200\"}")
                .contains("touchstone_run_signal{incident=\"WR4\",run=\"%s\"".formatted(run));
    }

    private static final String DECLARE =
            "{\"do\":\"declare\",\"component\":\"admission\",\"mechanisms\":[\"kv-exhaustion\"],\"onset\":\"-PT23M\",\"gates\":[]}";

    private Response act(String run, String action) throws IOException {
        return http.postJson("/api/runs/" + run + "/actions", action);
    }
}
