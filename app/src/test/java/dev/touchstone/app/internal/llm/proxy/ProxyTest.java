package dev.touchstone.app.internal.llm.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.touchstone.app.internal.llm.proxy.FakeServer.Dialect;
import dev.touchstone.app.internal.llm.proxy.FakeServer.Mood;
import dev.touchstone.app.internal.llm.proxy.Upstreams.Standing;
import dev.touchstone.app.internal.server.LlmServer;
import dev.touchstone.app.internal.server.ProxyServer;
import dev.touchstone.app.testing.RawHttp;
import dev.touchstone.app.testing.RawHttp.Response;
import dev.touchstone.llm.fleet.RouterConfig;
import dev.touchstone.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A proxy before two servers")
@SuppressWarnings("NullAway.Init") // set before each test
class ProxyTest {
    private static final String ASK = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}]}";
    private static final String ASK_STREAM =
            "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\"}]}";

    private FakeServer a;
    private FakeServer b;
    private ProxyServer proxy;
    private RawHttp http;

    @BeforeEach
    void start() throws IOException {
        a = new FakeServer("a", Dialect.VLLM);
        b = new FakeServer("b", Dialect.SGLANG);
        start(ProxySettings.USUAL_STALL);
    }

    private void start(Duration stall) throws IOException {
        proxy =
                ProxyServer.start(
                        new LlmServer.Settings("127.0.0.1", 0, List.of()),
                        new ProxySettings(
                                List.of(a.url(), b.url()),
                                Optional.empty(),
                                RouterConfig.DEFAULT,
                                ProxySettings.USUAL_SCALING,
                                stall));
        http = new RawHttp(URI.create(proxy.url()).getPort());
    }

    @AfterEach
    void stop() {
        proxy.close();
        a.close();
        b.close();
    }

    @Test
    void passes_a_request_on_as_it_came_and_the_answer_as_it_is() throws IOException {
        String body =
                """
                {"model": "m",  "tools": [{"type": "function", "function": {"name": "add"}}],
                 "vendor_extension": {"x": [1, 2]}, "messages": [{"role": "user", "content": "é"}]}\
                """;
        Response answer =
                http.send(
                        "POST",
                        "/v1/chat/completions",
                        body.getBytes(StandardCharsets.UTF_8),
                        "Content-Type: application/json",
                        "Authorization: Bearer somebody's");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(FakeServer.TOOL_CALLS);
        assertThat(bodies()).containsExactly(body);
        assertThat(Stream.of(a, b).flatMap(server -> server.keys.stream()))
                .containsExactly("Bearer somebody's");
    }

    @Test
    void streams_to_the_end() throws IOException {
        assertThat(ask(ASK_STREAM).body())
                .matches(
                        "data: \\{\"from\":\"([ab])\",\"n\":1}\n\ndata: \\{\"from\":\"\\1\",\"n\":2}\n\ndata: \\[DONE]\n\n");
    }

    @Test
    void asks_the_one_that_has_less_to_do() throws IOException {
        a.running = 200;
        a.waiting = 50;
        a.kvUsage = 0.97;
        Eventually.holds(() -> standing(a).running() == 200);

        for (int i = 0; i < 20; i++) {
            ask(ASK);
        }
        assertThat(b.bodies).hasSize(20);
    }

    @Test
    void keeps_a_conversation_on_one_server() throws IOException {
        Set<String> homes = new HashSet<>();
        for (int session = 0; session < 16; session++) {
            Set<String> servers = new HashSet<>();
            String prompt = "what session %d has said. ".formatted(session).repeat(200);
            String body =
                    ASK_STREAM.replace("\"user\"}", "\"user\",\"content\":\"" + prompt + "\"}");
            for (int turn = 0; turn < 4; turn++) {
                servers.add(
                        http.send(
                                        "POST",
                                        "/v1/chat/completions",
                                        body.getBytes(StandardCharsets.UTF_8),
                                        "Content-Type: application/json",
                                        "X-Session-Id: session-" + session)
                                .body()
                                .substring(0, 16));
            }
            assertThat(servers).hasSize(1);
            homes.addAll(servers);
        }
        assertThat(homes).hasSize(2);
    }

    @Test
    void asks_the_other_one_when_the_first_is_broken() throws IOException {
        a.mood = Mood.BROKEN;
        for (int i = 0; i < 12; i++) {
            assertThat(ask(ASK).status()).isEqualTo(200);
        }
        assertThat(standing(a).failures()).isPositive();
    }

    @Test
    void passes_an_error_on_when_everybody_is_broken_and_does_not_retry_without_end()
            throws IOException {
        a.mood = Mood.BROKEN;
        b.mood = Mood.BROKEN;
        for (int i = 0; i < 40; i++) {
            assertThat(ask(ASK).status()).isEqualTo(500);
        }
        assertThat(a.bodies.size() + b.bodies.size()).isBetween(41, 40 + 20 + 4);
    }

    @Test
    void takes_out_a_server_that_answers_with_errors_alone() throws IOException {
        a.mood = Mood.BROKEN;
        b.mood = Mood.BROKEN;
        for (int i = 0; i < 40; i++) {
            ask(ASK);
        }
        assertThat(http.get("/fleet").body()).contains("\"ejected\"");
        assertThat(inFlight()).isZero();
    }

    @Test
    void passes_on_when_to_come_back() throws IOException {
        a.mood = Mood.BUSY;
        b.mood = Mood.BUSY;
        Response answer = ask(ASK);
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("Retry-After-Ms")).isEqualTo("120");
        assertThat(standing(a).failures() + standing(b).failures()).isZero();
    }

    @Test
    void tells_whoever_listens_that_the_server_died_in_the_middle() throws IOException {
        a.mood = Mood.DIES_IN_THE_STREAM;
        b.mood = Mood.DIES_IN_THE_STREAM;
        assertThat(http.postUntilBroken("/v1/chat/completions", ASK_STREAM))
                .startsWith("data: {\"from\":")
                .contains("upstream_failed", "went away in the middle of the answer")
                .doesNotContain("[DONE]");
    }

    @Test
    void tells_it_in_an_event_of_its_own_where_the_server_died_within_one() throws IOException {
        a.mood = Mood.DIES_WITHIN_AN_EVENT;
        b.mood = Mood.DIES_WITHIN_AN_EVENT;
        assertThat(http.postUntilBroken("/v1/chat/completions", ASK_STREAM))
                .contains("data: [ERROR]\n\ndata: {\"error\":{\"message\":\"the server behind");
    }

    @Test
    void gives_up_a_stream_that_stands_still() throws IOException {
        proxy.close();
        start(Duration.ofSeconds(1));
        a.mood = Mood.STANDS_STILL_IN_THE_STREAM;
        b.mood = Mood.STANDS_STILL_IN_THE_STREAM;
        assertThat(http.postUntilBroken("/v1/chat/completions", ASK_STREAM))
                .contains("upstream_failed", "stopped answering in the middle")
                .doesNotContain("[DONE]");
    }

    @Test
    void lets_go_of_a_request_whose_asker_has_gone() throws IOException {
        a.mood = Mood.NEVER_ANSWERS;
        b.mood = Mood.NEVER_ANSWERS;
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), http.port())) {
            String head =
                    """
                    POST /v1/chat/completions HTTP/1.1
                    Host: 127.0.0.1:%d
                    Content-Type: application/json
                    Content-Length: %d

                    """
                            .formatted(http.port(), ASK.length());
            socket.getOutputStream()
                    .write((head.replace("\n", "\r\n") + ASK).getBytes(StandardCharsets.UTF_8));
            Eventually.holds(() -> inFlight() == 1);
        }
        Eventually.holds(() -> inFlight() == 0);
    }

    @Test
    void sends_nothing_more_to_a_server_that_is_drained() throws IOException {
        Response answer =
                http.postJson("/fleet/drain", "{\"upstream\": \"%s\"}".formatted(a.url()));
        assertThat(answer.body()).contains("\"draining\"");
        for (int i = 0; i < 20; i++) {
            ask(ASK);
        }
        assertThat(a.bodies).isEmpty();
        Response undone = http.send("DELETE", "/fleet/drain?upstream=" + a.url(), new byte[0]);
        assertThat(undone.body()).contains("\"ready\"");
        Eventually.holds("a gets requests again", () -> answered() && !a.bodies.isEmpty());
        assertThat(http.postJson("/fleet/drain", "{\"upstream\": \"http://x\"}").body())
                .contains("there is no 'http://x'");
    }

    @Test
    void knows_a_server_however_its_address_is_written() throws IOException {
        String written = "HTTP://LocalHost:80/";
        assertThat(settings(written).upstreams()).containsExactly(URI.create("http://localhost"));
        assertThat(settings("https://h:443", "https://h:444/").upstreams())
                .containsExactly(URI.create("https://h"), URI.create("https://h:444"));

        for (String url : List.of(a.url() + "/", a.url().toString().toUpperCase(Locale.ROOT))) {
            Response answer =
                    http.postJson("/fleet/drain", "{\"upstream\": \"%s\"}".formatted(url));
            assertThat(answer.body()).contains("\"draining\"");
            http.send("DELETE", "/fleet/drain?upstream=" + url, new byte[0]);
            assertThat(standing(a).state()).isEqualTo("ready");
        }
        assertThat(http.postJson("/fleet/drain", "{\"upstream\": \"not an address\"}").body())
                .contains("GET /fleet lists them");
    }

    @Test
    void lets_nobody_drain_through_a_proxy_on_its_machine() throws IOException {
        byte[] drain = "{\"upstream\": \"%s\"}".formatted(a.url()).getBytes(StandardCharsets.UTF_8);
        for (String forwarded : List.of("X-Forwarded-For: 10.0.0.7", "Forwarded: for=10.0.0.7")) {
            Response refused =
                    http.send(
                            "POST",
                            "/fleet/drain",
                            drain,
                            "Content-Type: application/json",
                            forwarded);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.body()).contains("--admin-key");
        }
        assertThat(standing(a).state()).isEqualTo("ready");
    }

    @Test
    void lets_only_its_admin_drain_where_there_is_one() throws IOException {
        proxy.close();
        String admin = "a key for admins";
        String user = "a key for clients";
        proxy =
                ProxyServer.start(
                        new LlmServer.Settings("127.0.0.1", 0, List.of(user), Optional.of(admin)),
                        settings(a.url().toString(), b.url().toString()));
        http = new RawHttp(URI.create(proxy.url()).getPort());
        byte[] drain = "{\"upstream\": \"%s\"}".formatted(a.url()).getBytes(StandardCharsets.UTF_8);
        String json = "Content-Type: application/json";
        assertThat(http.send("POST", "/fleet/drain", drain, json).status()).isEqualTo(401);
        Response refused =
                http.send("POST", "/fleet/drain", drain, json, "Authorization: Bearer " + user);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).contains("--admin-key");
        assertThat(
                        http.send(
                                        "POST",
                                        "/fleet/drain",
                                        drain,
                                        json,
                                        "Authorization: Bearer " + admin)
                                .body())
                .contains("\"draining\"");
        assertThat(http.get("/fleet", "Authorization: Bearer " + user).status()).isEqualTo(200);
    }

    @Test
    void does_without_a_server_that_is_gone_and_says_so_when_all_are() throws IOException {
        a.running = 7;
        Eventually.holds(() -> standing(a).running() == 7);
        a.close();
        Eventually.holds(() -> standing(a).state().equals("gone"));
        assertThat(standing(a).running()).as("what it had is gone with it").isZero();
        double age = standing(a).seenSecondsAgo().orElseThrow();
        Eventually.holds(() -> standing(a).seenSecondsAgo().orElseThrow() > age);
        assertThat(ask(ASK).status()).isEqualTo(200);
        b.close();
        Eventually.holds(() -> standing(b).state().equals("gone"));

        Response answer = ask(ASK);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isNotEmpty();
        assertThat(answer.body()).contains("gone or drained", "try again later");
        assertThat(http.get("/health").status()).isEqualTo(503);
    }

    @Test
    void says_how_many_servers_there_should_be() throws IOException {
        a.waiting = 40;
        b.waiting = 40;
        Eventually.holds(() -> scale().contains("\"replicas\":3"));
        assertThat(scale()).contains("\"ready\":2", "\"waiting\":40");
        assertThat(http.get("/metrics").body()).contains("touchstone_router_desired_replicas 3");
    }

    private String scale() {
        try {
            return http.get("/fleet/scale").body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void refuses_what_is_no_json_and_says_where() throws IOException {
        Response answer = ask("{\"model\": \"m\",\n \"messages\": [}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("line 2");
        assertThat(ask("[1]").status()).isEqualTo(400);
        assertThat(bodies()).isEmpty();
    }

    @Test
    void counts_what_it_does() throws IOException {
        ask(ASK);
        assertThat(standing(a).requests() + standing(b).requests()).isEqualTo(1);
        assertThat(http.get("/metrics").body())
                .contains(
                        "touchstone_router_requests_total{upstream=\"%s\"}".formatted(a.url()),
                        "touchstone_router_ready{upstream=\"%s\"} 1".formatted(b.url()));
        assertThat(http.get("/fleet").body()).contains(a.url().toString(), "\"ready\"");
    }

    @Test
    void wants_addresses_without_a_path_each_once() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings("http://127.0.0.1:8000/v1"))
                .withMessageContaining("without a path");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings("ftp://127.0.0.1"))
                .withMessageContaining("http://127.0.0.1:8000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings("http://h:80", "http://h/"))
                .withMessageContaining("twice");
        assertThatIllegalArgumentException()
                .isThrownBy(ProxyTest::settings)
                .withMessageContaining("at least 1");
    }

    private static ProxySettings settings(String... upstreams) {
        return new ProxySettings(
                Stream.of(upstreams).map(URI::create).toList(),
                Optional.empty(),
                RouterConfig.DEFAULT,
                ProxySettings.USUAL_SCALING,
                ProxySettings.USUAL_STALL);
    }

    private Response ask(String body) throws IOException {
        return http.postJson("/v1/chat/completions", body);
    }

    private boolean answered() {
        try {
            return ask(ASK).status() == 200;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> bodies() {
        return Stream.of(a, b).flatMap(server -> server.bodies.stream()).toList();
    }

    private Standing standing(FakeServer server) {
        return proxy.standings().stream()
                .filter(standing -> standing.url().equals(server.url().toString()))
                .findFirst()
                .orElseThrow();
    }

    private long inFlight() {
        return proxy.standings().stream().mapToLong(Standing::inFlight).sum();
    }
}
