package dev.touchstone.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.testing.Documents;
import dev.touchstone.app.testing.PracticeServer;
import dev.touchstone.app.testing.RawHttp;
import dev.touchstone.app.testing.RawHttp.Response;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.ParityReport;
import dev.touchstone.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@DisplayName("The API of online features")
@SuppressWarnings("NullAway.Init") // set before each test
class FeaturesApiTest {
    private static final String DEFINITIONS =
            """
            views:
              account:
                owner: payments-risk
                key: {account: text}
                features: {balance: double, status: text}
                maxAge: 7d
              card:
                owner: payments-risk
                key: {card: long}
                events: {amount: double}
                features:
                  paid_1h: {sum: amount, window: 1h}
                  payments_1h: {count: amount, window: 1h}
              check:
                owner: fraud
                request: {amount: double}
                features:
                  to_balance: {value: "amount / account.balance"}
            models:
              fraud: {owner: payments-risk, features: [account.balance, card.*]}
            """;

    private Path data;
    private PracticeServer server;
    private RawHttp http;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        data = folder;
        Files.createDirectories(data.resolve("features"));
        Files.writeString(data.resolve("features/features.yaml"), DEFINITIONS);
        server = PracticeServer.start(data);
        http = server.http();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Response post(String path, String body) throws IOException {
        return http.postJson(path, body.replace('\'', '"'));
    }

    private void push() throws IOException {
        Response account =
                post(
                        "/push",
                        """
                        {'push_source_name': 'account', 'to': 'online_and_offline', 'df': {
                          'account': ['a', 'b'], 'balance': [12.5, 'Infinity'], 'status': ['open', null],
                          'event_timestamp': ['2026-11-23T09:00:00Z', '2026-11-20T09:00:00+01:00']}}
                        """);
        assertThat(account.status()).as(account.body()).isEqualTo(200);
        assertThat(Documents.read(account).get("rows").asInt()).isEqualTo(2);
        Response card =
                post(
                        "/push",
                        """
                        {'push_source_name': 'card', 'df': {'card': [7, 7], 'amount': [0.1, 0.2],
                          'event_timestamp': ['2026-11-23T09:29:00Z', '2026-11-23T09:28:00Z']}}
                        """);
        assertThat(Documents.read(card).get("late").asInt()).isEqualTo(1);
    }

    @Test
    void takes_and_gives_what_the_remote_online_store_of_feast_sends() throws IOException {
        String rows =
                """
                'df': {'account': ['a'], 'balance': [12.5], 'status': [null],
                  'event_timestamp': ['2026-11-23T09:00:00.25'], 'created': [null]},
                  'allow_registry_cache': false}
                """;
        Response written =
                post("/write-to-online-store", "{'feature_view_name': 'account', " + rows);
        assertThat(written.status()).as(written.body()).isEqualTo(200);
        Response read =
                post(
                        "/get-online-features",
                        """
                        {'entities': {'account': ['a']}, 'features': ['account:balance'],
                          'full_feature_names': false, 'include_feature_view_version_metadata': false}
                        """);
        assertThat(read.status()).as(read.body()).isEqualTo(200);
        JsonNode balance = Documents.read(read).get("results").get(1);
        assertThat(balance.get("values").get(0).asDouble()).isEqualTo(12.5);
        assertThat(balance.get("event_timestamps").get(0).stringValue())
                .as("without a zone it is UTC")
                .startsWith("2026-11-23T09:00:00.25");

        Response pushed = post("/push", "{'push_source_name': 'account', " + rows);
        assertThat(pushed.status()).as("a push says its zone").isEqualTo(400);
        Response nowhere =
                post("/write-to-online-store", "{'feature_view_name': 'nothing', " + rows);
        assertThat(nowhere.status()).isEqualTo(404);
        assertThat(nowhere.body()).contains("feature_view_name");
    }

    @Test
    void takes_a_push_in_once_under_its_key() throws IOException {
        String body =
                "{'push_source_name': 'card', 'df': {'card': [7], 'amount': [1.5], 'event_timestamp': ['2026-11-23T09:29:00Z']}}"
                        .replace('\'', '"');
        Response first = keyed(body);
        assertThat(first.status()).as(first.body()).isEqualTo(200);
        assertThat(Documents.read(first).get("rows").asInt()).isEqualTo(1);
        assertThat(Documents.read(first).get("repeated").asBoolean()).isFalse();
        server.close();
        server = PracticeServer.start(data);
        http = server.http();

        Response again = keyed(body);
        assertThat(again.status()).as(again.body()).isEqualTo(200);
        assertThat(Documents.read(again).get("repeated").asBoolean()).isTrue();
        assertThat(Documents.read(again).get("rows").asInt()).isZero();
        Response other = keyed(body.replace("1.5", "2.5"));
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.body())
                .contains("used-key", "k-1", "give every push a name of its own")
                .doesNotContain("\"field\"");
        Response read =
                post(
                        "/get-online-features",
                        "{'features': ['card:payments_1h'], 'entities': {'card': [7]}}");
        assertThat(Documents.read(read).get("results").get(1).get("values").get(0).asInt())
                .isEqualTo(1);
    }

    private Response keyed(String body) throws IOException {
        return http.postJson("/push", body, "Idempotency-Key: k-1");
    }

    @Test
    void serves_the_other_views_when_the_rows_of_one_cannot_be_read() throws IOException {
        push();
        server.close();
        Files.writeString(
                data.resolve("features/features.yaml"),
                DEFINITIONS
                        .replace("balance: double", "balance: text")
                        .replaceFirst("(?s)  check:.*?models:", "models:"));
        server = PracticeServer.start(data);
        http = server.http();

        Response card =
                post(
                        "/get-online-features",
                        "{'features': ['card:payments_1h'], 'entities': {'card': [7]}}");
        assertThat(card.status()).as(card.body()).isEqualTo(200);
        Response account =
                post(
                        "/get-online-features",
                        "{'features': ['account:status', 'card:paid_1h'], 'entities': {'account': ['a'], 'card': [7]}}");
        assertThat(account.status()).isEqualTo(503);
        assertThat(account.body())
                .contains("view account is not served", "balance is double, and it would be text");
        Response pushed =
                post(
                        "/push",
                        "{'push_source_name': 'account', 'df': {'account': ['a'], 'balance': ['x'], 'status': ['open'], 'event_timestamp': ['2026-11-23T09:00:00Z']}}");
        assertThat(pushed.status()).isEqualTo(503);
        assertThat(
                        Documents.read(http.get("/api/features/views"))
                                .get("views")
                                .get(0)
                                .get("broken")
                                .asString())
                .contains("balance is double");
        assertThat(http.get("/features").body()).contains("not served", "balance is double");
    }

    @Test
    void answers_as_the_server_of_feast_does() throws IOException {
        push();
        server.later(Duration.ofMinutes(1));
        Response answer =
                post(
                        "/get-online-features",
                        """
                        {'features': ['account:balance', 'account:status', 'card:paid_1h', 'card:payments_1h'],
                         'entities': {'account': ['a', 'b', 'c'], 'card': [7, 8, 9]}}
                        """);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        JsonNode document = Documents.read(answer);
        assertThat(document.at("/metadata/feature_names"))
                .hasToString(
                        "[\"account\",\"card\",\"balance\",\"status\",\"paid_1h\",\"payments_1h\"]");
        assertThat(document.at("/results/0/values")).hasToString("[\"a\",\"b\",\"c\"]");
        assertThat(document.at("/results/2"))
                .hasToString(
                        """
                        {"values":[12.5,"Infinity",null],\
                        "statuses":["PRESENT","PRESENT","NOT_FOUND"],\
                        "event_timestamps":["2026-11-23T09:00:00Z","2026-11-20T08:00:00Z","1970-01-01T00:00:00Z"]}\
                        """);
        assertThat(document.at("/results/3/statuses"))
                .hasToString("[\"PRESENT\",\"NULL_VALUE\",\"NOT_FOUND\"]");
        assertThat(document.at("/results/4/values")).hasToString("[0.30000000000000004,null,null]");
        assertThat(document.at("/results/5/values")).hasToString("[2,0,0]");
        assertThat(document.at("/results/5/event_timestamps"))
                .as("a count of no event is as of the read")
                .hasToString(
                        "[\"2026-11-23T09:29:00Z\",\"2026-11-23T09:31:00Z\",\"2026-11-23T09:31:00Z\"]");
    }

    @Test
    void computes_features_from_what_a_request_brings() throws IOException {
        push();
        String ask = "{'features': ['check:to_balance'], 'entities': {'account': ['a', 'c']%s}%s}";
        for (String body :
                List.of(
                        ask.formatted(", 'amount': [25, 1]", ""),
                        ask.formatted("", ", 'request': {'amount': [25, 1]}"))) {
            Response answer = post("/get-online-features", body);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            JsonNode results = Documents.read(answer).path("results");
            JsonNode computed = results.get(results.size() - 1);
            assertThat(computed.path("values")).hasToString("[2.0,null]");
            assertThat(computed.path("statuses")).hasToString("[\"PRESENT\",\"NULL_VALUE\"]");
        }
        Response answer = post("/get-online-features", ask.formatted("", ""));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("request.amount: is missing");
    }

    private boolean isReplayed() {
        try {
            return http.get("/metrics")
                    .body()
                    .contains(
                            "touchstone_features_parity_cells_total{feature=\"card.paid_1h\",outcome=\"match\"}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void replays_some_reads_by_itself_and_counts_what_agrees() throws IOException {
        push();
        server.later(Duration.ofMinutes(1));
        for (int i = 0; i < 400; i++) {
            post(
                    "/get-online-features",
                    "{'features': ['card:paid_1h'], 'entities': {'card': [7]}, 'row_ids': ['r%d']}"
                            .formatted(i));
        }
        server.later(Duration.ofMinutes(2));
        Eventually.holds("a replay", this::isReplayed);
        assertThat(http.get("/metrics").body())
                .contains(
                        "touchstone_features_parity_alarm 0",
                        "touchstone_features_parity_skipped_total 0");
        assertThat(http.get("/features").body())
                .contains("100.000 % of their cells agree", "all is well");
    }

    @Test
    void says_when_what_it_knows_is_too_old() throws IOException {
        push();
        server.later(Duration.ofDays(6));
        JsonNode document =
                Documents.read(
                        post(
                                "/get-online-features",
                                "{'features': ['account:balance'], 'entities': {'account': ['a', 'b']}}"));
        assertThat(document.at("/results/1/statuses"))
                .hasToString("[\"PRESENT\",\"OUTSIDE_MAX_AGE\"]");
        assertThat(document.at("/results/1/values")).hasToString("[12.5,null]");
    }

    @Test
    void knows_a_model_as_a_feature_service() throws IOException {
        push();
        JsonNode document =
                Documents.read(
                        post(
                                "/get-online-features",
                                """
                                {'feature_service': 'fraud', 'full_feature_names': true,
                                 'entities': {'card': [7], 'account': ['a']}}
                                """));
        assertThat(document.at("/metadata/feature_names"))
                .hasToString(
                        "[\"card\",\"account\",\"account__balance\",\"card__paid_1h\",\"card__payments_1h\"]");
    }

    @Test
    void serves_after_a_restart_what_it_served_before() throws IOException {
        push();
        server.later(Duration.ofMinutes(1));
        String question =
                "{'features': ['card:*', 'account:*'], 'entities': {'card': [7], 'account': ['a']}}";
        String before = results(question);
        server.close();
        server = PracticeServer.start(data);
        http = server.http();
        server.later(Duration.ofMinutes(1));
        assertThat(results(question)).isEqualTo(before);
    }

    private String results(String question) throws IOException {
        return Documents.read(post("/get-online-features", question)).get("results").toString();
    }

    @Test
    void logs_what_it_served_for_training_sets_and_for_the_parity_audit() throws IOException {
        push();
        server.later(Duration.ofMinutes(1));
        JsonNode answer =
                Documents.read(
                        post(
                                "/get-online-features",
                                """
                                {'features': ['card:*'], 'entities': {'card': [7, 8]},
                                 'row_ids': ['request-1', 'request-2']}
                                """));
        assertThat(answer.at("/metadata/row_ids")).hasToString("[\"request-1\",\"request-2\"]");
        assertThat(answer.at("/metadata/as_of").asString()).isEqualTo("2026-11-23T09:31:00Z");
        JsonNode other =
                Documents.read(
                        post(
                                "/get-online-features",
                                "{'features': ['account:*'], 'entities': {'account': ['a', 'b']}}"));
        assertThat(other.at("/metadata/row_ids/0")).isNotEqualTo(other.at("/metadata/row_ids/1"));
        server.close();

        Path store = data.resolve("features");
        var definitions = Definitions.read("features.yaml", DEFINITIONS);
        try (var opened = FeatureStore.open(store, definitions)) {
            ParityReport parity = opened.parity(1000, 10);
            assertThat(parity.reads()).isEqualTo(4);
            assertThat(parity.matchRate()).isEqualTo(1);
        }
        server = PracticeServer.start(data);
    }

    @Test
    void shows_on_a_page_what_is_served_whether_it_is_true_and_why() throws IOException {
        push();
        server.later(Duration.ofMinutes(1));
        post("/get-online-features", "{'features': ['account:*'], 'entities': {'account': ['a']}}");
        String page = http.get("/features?replay=1000").body();
        assertThat(page)
                .contains("payments-risk", "1 on time, 1 restated, 0 dropped", "fraud")
                .contains("1 reads replayed, 100.000 % of all cells agree");

        String why = http.get("/features?view=account&key=a&at=2026-11-23T09:31:00Z").body();
        assertThat(why).contains("The row that wins is served.", "balance 12.5, status “open”");
        String windows = http.get("/features?view=card&key=7&at=2026-11-23T09:31:00Z").body();
        assertThat(windows)
                .contains("Served: paid_1h 0.30000000000000004, payments_1h 2.")
                .contains("counts in paid_1h, payments_1h");
        assertThat(http.get("/features?view=check&key=7&at=2026-11-23T09:31:00Z").body())
                .contains("check is computed on request");
        assertThat(windows)
                .contains("<title>check.to_balance: double</title>")
                .contains("fraud, owned by payments-risk, reads 3 features")
                .contains("No read has been replayed yet");
        assertThat(http.get("/features?view=account&key=a&at=noon").body())
                .contains("'noon' is no time with a zone");
    }

    @Test
    void gives_everything_on_the_page_as_json() throws IOException {
        push();
        server.later(Duration.ofMinutes(1));
        post("/get-online-features", "{'features': ['account:*'], 'entities': {'account': ['a']}}");

        JsonNode views = Documents.read(http.get("/api/features/views"));
        assertThat(views.at("/views/1/name").asString()).isEqualTo("card");
        assertThat(views.at("/views/1/restated").asInt()).isEqualTo(1);
        assertThat(views.at("/views/1/latestEvent").asString()).isEqualTo("2026-11-23T09:29:00Z");
        assertThat(views.at("/views/1/ageSeconds").asDouble()).isEqualTo(120);
        assertThat(views.at("/views/2/features/to_balance").asString())
                .isEqualTo("amount / account.balance");
        assertThat(views.at("/models/0/name").asString()).isEqualTo("fraud");

        JsonNode lineage = Documents.read(http.get("/api/features/lineage"));
        assertThat(lineage.at("/views/0/features/0"))
                .hasToString(
                        "{\"name\":\"balance\",\"readBy\":[\"fraud\"],\"usedBy\":[\"check.to_balance\"]}");

        assertThat(Documents.read(http.get("/api/features/sources"))).isEmpty();
        assertThat(Documents.read(http.get("/api/features/parity")).get("reads").asInt()).isZero();
        JsonNode replayed = Documents.read(http.get("/api/features/parity?replay=1000"));
        assertThat(replayed.get("reads").asInt()).isEqualTo(1);
        assertThat(replayed.get("share").asDouble()).isEqualTo(1);

        JsonNode why =
                Documents.read(
                        http.get(
                                "/api/features/explain?view=account&key=a&at=2026-11-23T09:31:00Z"));
        assertThat(why.at("/rows/0/verdict").asString()).isEqualTo("wins");
        assertThat(why.at("/rows/0/values").asString()).isEqualTo("balance 12.5, status “open”");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "/api/features/parity?replay=0 | replay: replay 1 to 1000 of a thousand reads, got 0",
                "/api/features/parity?replay=all | replay: 'all' is not a whole number",
                "/features?replay=2000 | replay 1 to 1000",
                "/api/features/explain?key=a&at=2026-11-23T09:31:00Z | view: is missing",
                "/api/features/explain?view=acount&key=a&at=2026-11-23T09:31:00Z | no view is called 'acount'",
                "/api/features/explain?view=card&key=a&at=2026-11-23T09:31:00Z | the key is a whole number, got 'a'",
                "/api/features/explain?view=card&key=7,8&at=2026-11-23T09:31:00Z | view card has 1 key parts, got 2",
                "/api/features/explain?view=card&key=7&at=noon | 'noon' is no time with a zone",
                "/api/features/explain?view=check&key=7&at=2026-11-23T09:31:00Z | check is computed on request",
                "/api/timeline?limit=0 | limit: ask for 1 to 1000, got 0",
                "/api/timeline?before=noon | before: 'noon' is no time such as",
            })
    void says_what_is_wrong_with_a_question(String path, String detail) throws IOException {
        Response answer = http.get(path);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains(detail);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'features': ['account:age'], 'entities': {'account': ['a']}} | 404 | has no feature 'age'; there are [balance, status]",
                "{'features': ['acount:age'], 'entities': {'account': ['a']}} | 404 | no view is called 'acount'",
                "{'feature_service': 'fraudd', 'entities': {'account': ['a']}} | 404 | no model is called 'fraudd'; there are [fraud]",
                "{'features': ['account:balance'], 'entities': {'card': [1]}} | 400 | entities.account: is missing",
                "{'features': ['account:balance'], 'entities': {'account': [1]}} | 400 | entities.account: write a text, got 1",
                "{'features': ['card:paid_1h'], 'entities': {'card': [1.5]}} | 400 | entities.card: write a whole number",
                "{'features': ['card:paid_1h'], 'entities': {'card': [1], 'x': [1, 2]}} | 400 | entities.x: has 2 values, another column 1",
                "{'features': ['card:paid_1h'], 'entities': {'card': [1, null]}} | 400 | entities.card: is null in row 2 of 2",
                "{'features': ['card:paid_1h'], 'entities': {'card': 1}} | 400 | entities.card: is no list",
                "{'feature': ['card:paid_1h'], 'entities': {'card': [1]}} | 400 | feature: is not a field here",
                "{'features': ['card:paid_1h'], 'entities': {'crd': [1], 'card': [1]}} | 400 | entities.crd: no view is kept by it and no feature is computed from it; there are [account, amount, card]",
                "{'features': ['card:paid_1h'], 'entities': [1]} | 400 | entities: write",
                "{'features': ['card:paid_1h'], 'entities': {}} | 400 | entities: write",
                "{'features': ['card:paid_1h'], 'entities': {'card': [99999999999999999999]}} | 400 | entities.card: write a whole number of 64 bits",
                "{'features': ['card:paid_1h'], 'entities': {'card': [1], 'card': [2]}} | 400 | a field stands twice",
                "{'features': ['card:paid_1h'], 'entities': {'card': [1]}, 'request': [1]} | 400 | request: write",
                "{'features': ['card:paid_1h'], 'entities': {'card': [1]}, 'full_feature_names': 'yes'} | 400 | full_feature_names: write true or false",
                "{'features': ['card:paid_1h'], 'entities': {'card': [1]}, 'row_ids': 'r'} | 400 | row_ids: is no list",
                "{'features': ['card:paid_1h'], 'entities': {'card': [1]}, 'row_ids': ['r', 's']} | 400 | row_ids: has 2 ids for 1 rows",
                "{'features': ['card:paid_1h'], 'entities': {'card': [1]}, 'row_ids': ['']} | 400 | row_ids: write texts that are not empty",
                "{'features': [1], 'entities': {'card': [1]}} | 400 | features: write view:feature, got 1",
                "{'features': [], 'entities': {'card': [1]}} | 400 | features: is empty",
                "{'features': 'card:paid_1h', 'entities': {'card': [1]}} | 400 | features: is no list, but string",
                "{'features': ['paid_1h'], 'entities': {'card': [1]}} | 404 | 'paid_1h' is no feature; write view.feature",
                "{'feature_service': 7, 'entities': {'card': [1]}} | 400 | feature_service: name a model, got 7",
                "{'features': ['card:paid_1h', 'card:paid_1h', 'account:balance'], 'entities': {'card': [1]}} | 400 | entities.account: is missing",
                "{'entities': {'card': [1]}} | 400 | name either features or one feature_service",
                "[1] | 400 | send an object",
                "{'features | 400 | not closed",
            })
    void says_what_is_wrong_with_a_read(String body, int status, String detail) throws IOException {
        Response answer = post("/get-online-features", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(Documents.read(answer).get("detail").asString()).contains(detail);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'push_source_name': 'crd', 'df': {}} | 404 | no view is called 'crd'",
                "{'push_source_name': 'card', 'to': 'zz', 'df': {}} | 400 | to: rows go to the history and to what is served, always; write one of [online, online_and_offline]",
                "{'push_source_name': 'card', 'to': 'offline', 'df': {}} | 400 | to: rows go to",
                "{'push_source_name': 'card', 'to': 1, 'df': {}} | 400 | to: rows go to",
                "{'push_source_name': 'card', 'transform_on_write': 'no', 'df': {}} | 400 | transform_on_write: write true or false",
                "{'push_source_name': 7, 'df': {}} | 400 | push_source_name: name the view, got 7",
                "{'df': {}} | 400 | push_source_name: is missing",
                "{'push_source_name': 'card', 'rows': []} | 400 | rows: is not a field here",
                "{'push_source_name': 'card'} | 400 | df: write",
                "{'push_source_name': 'card', 'df': [1]} | 400 | df: write",
                "{'push_source_name': 'card', 'df': {}} | 400 | df.event_timestamp: is missing",
                "{'push_source_name': 'check', 'df': {}} | 404 | view check is computed on request",
                "{'push_source_name': 'card', 'df': {'card': [], 'amount': [], 'event_timestamp': []}} | 400 | df: has 0 rows",
                "{'push_source_name': 'card', 'df': {'card': [7], 'amount': 1, 'event_timestamp': ['2026-11-23T09:29:00Z']}} | 400 | df.amount: is no list",
                "{'push_source_name': 'card', 'df': {'card': ['7'], 'amount': [1], 'event_timestamp': ['2026-11-23T09:29:00Z']}} | 400 | df.card: write a whole number",
                "{'push_source_name': 'card', 'df': {'card': [7], 'amount': [1], 'amount': [2], 'event_timestamp': ['2026-11-23T09:29:00Z']}} | 400 | a field stands twice",
                "{'push_source_name': 'card', 'df': {'card': [7], 'amount': [1e400], 'event_timestamp': ['2026-11-23T09:29:00Z']}} | 400 | df.amount: write a number of 64 bits",
                "{'push_source_name': 'card', 'df': {'card': [7], 'amount': [1], 'event_timestamp': [1764149340]}} | 400 | df.event_timestamp: write a time such as",
                "{'push_source_name': 'card', 'df': {'card': [7], 'amount': [1], 'event_timestamp': ['9999-11-23T09:29:00Z']}} | 400 | outside the years 1677 to 2262",
                "{'push_source_name': 'card', 'df': {'card': [7], 'amount': [1], 'event_timestamp': [null]}} | 400 | df.event_timestamp: write a time",
                "{'push_source_name': 'card', 'df': {'card': [7], 'amount': [1]}} | 400 | df.event_timestamp: is missing",
                "{'push_source_name': 'card', 'df': {'card': [7], 'event_timestamp': ['2026-11-23T09:29:00Z']}} | 400 | df.amount: is missing",
                "{'push_source_name': 'card', 'df': {'card': [7], 'amount': [1], 'amnt': [1], 'event_timestamp': ['2026-11-23T09:29:00Z']}} | 400 | was it renamed",
                "{'push_source_name': 'card', 'df': {'card': [7], 'amount': ['1'], 'event_timestamp': ['2026-11-23T09:29:00Z']}} | 400 | df.amount: write a number, got",
                "{'push_source_name': 'card', 'df': {'card': [null], 'amount': [1], 'event_timestamp': ['2026-11-23T09:29:00Z']}} | 400 | row 0 has no card",
                "{'push_source_name': 'card', 'df': {'card': [7], 'amount': [1, 2], 'event_timestamp': ['2026-11-23T09:29:00Z']}} | 400 | df.amount: has 2 values",
                "{'push_source_name': 'card', 'df': {'card': [7], 'amount': [1], 'event_timestamp': ['2026-11-23T09:29:00']}} | 400 | is no time with a zone",
                "{'push_source_name': 'card', 'df': {'card': [7], 'amount': [1], 'deleted': [true], 'event_timestamp': ['2026-11-23T09:29:00Z']}} | 400 | events, which are not deleted",
                "{'push_source_name': 'account', 'df': {'account': ['a'], 'balance': [1], 'status': ['x'], 'deleted': ['yes'], 'event_timestamp': ['2026-11-23T09:29:00Z']}} | 400 | df.deleted: write true or false, got",
            })
    void says_what_is_wrong_with_a_push(String body, int status, String detail) throws IOException {
        Response answer = post("/push", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(Documents.read(answer).get("detail").asString()).contains(detail);
    }
}
