package dev.touchstone.app.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.testing.Documents;
import dev.touchstone.app.testing.LlmProcess;
import dev.touchstone.app.testing.RawHttp.Listening;
import dev.touchstone.app.testing.RawHttp.Response;
import dev.touchstone.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@DisplayName("Two servers and a router, each a process,")
@Timeout(180)
@SuppressWarnings("NullAway.Init") // set before each test
class FleetProcessTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String ADMIN = "0123456789abcdef";

    @TempDir private Path home = Path.of("");
    private LlmProcess a;
    private LlmProcess b;
    private LlmProcess router;

    @BeforeEach
    void start() throws Exception {
        a = LlmProcess.start(home);
        b = LlmProcess.start(home);
        router =
                LlmProcess.start(
                        home, "--upstream", a.url(), "--upstream", b.url(), "--admin-key", ADMIN);
        Eventually.holds(
                "both ready", () -> states().equals(Map.of(a.url(), "ready", b.url(), "ready")));
    }

    @AfterEach
    void stop() {
        router.close();
        a.close();
        b.close();
    }

    @Test
    void answer_keep_a_session_at_home_and_drain() throws Exception {
        for (int turn = 0; turn < 4; turn++) {
            Response answer = ask("home", false);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        }
        assertThat(ask("home", true).body()).endsWith("data: [DONE]\n\n");
        assertThat(fleet().valueStream().map(each -> each.get("requests").intValue()))
                .containsExactlyInAnyOrder(5, 0);
        LlmProcess homely = requests(a) == 5 ? a : b;
        assertThat(homely.http().get("/metrics").body())
                .doesNotContainPattern("prefix_cache_hits_total\\{[^}]*} 0\\n");
        assertThat(router.http().get("/fleet/scale").body()).contains("\"ready\":2");
        assertThat(router.http().get("/metrics").body())
                .contains("touchstone_router_retries_refused_total 0");

        assertThat(drain("POST", homely.url(), "Authorization: Bearer wrong").status())
                .isEqualTo(403);
        assertThat(drain("POST", homely.url(), "Authorization: Bearer " + ADMIN).body())
                .contains("\"draining\"");
        assertThat(ask("home", false).status()).isEqualTo(200);
        assertThat(requests(homely)).isEqualTo(5);
        assertThat(drain("DELETE", homely.url(), "Authorization: Bearer " + ADMIN).body())
                .contains("\"ready\"");
    }

    @Test
    void tell_whoever_listens_when_one_is_killed_and_go_on_with_the_other() throws Exception {
        try (Listening stream = router.http().listen(CHAT, asking(true, 200, 16))) {
            LlmProcess serving = requests(a) == 1 ? a : b;
            serving.kill();
            assertThat(stream.untilBroken())
                    .contains("\"code\":\"upstream_failed\"", "went away in the middle")
                    .doesNotContain("[DONE]");
            for (int i = 0; i < 5; i++) {
                assertThat(ask("s" + i, false).status()).isEqualTo(200);
            }
            Eventually.holds("one gone", () -> "gone".equals(states().get(serving.url())));
        }
        assertThat(router.http().get("/health").status()).isEqualTo(200);
    }

    private Response drain(String method, String url, String key) throws IOException {
        return method.equals("POST")
                ? router.http()
                        .send(
                                method,
                                "/fleet/drain",
                                "{\"upstream\":\"%s\"}"
                                        .formatted(url)
                                        .getBytes(StandardCharsets.UTF_8),
                                "Content-Type: application/json",
                                key)
                : router.http().send(method, "/fleet/drain?upstream=" + url, new byte[0], key);
    }

    private Response ask(String session, boolean stream) throws IOException {
        return router.http()
                .send(
                        "POST",
                        CHAT,
                        asking(stream, 4, 1).getBytes(StandardCharsets.UTF_8),
                        "Content-Type: application/json",
                        "X-Session-Id: " + session);
    }

    private int requests(LlmProcess server) {
        return fleet().valueStream()
                .filter(each -> each.get("url").stringValue().equals(server.url()))
                .findFirst()
                .orElseThrow()
                .get("requests")
                .intValue();
    }

    private Map<String, String> states() {
        return fleet().valueStream()
                .collect(
                        Collectors.toMap(
                                each -> each.get("url").stringValue(),
                                each -> each.get("state").stringValue()));
    }

    private JsonNode fleet() {
        try {
            return Documents.read(router.http().get("/fleet"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String asking(boolean stream, int tokens, int choices) {
        String said = "What is TTFT? ".repeat(40);
        return """
        {"model": "touchstone-small", "stream": %s, "max_completion_tokens": %d, "n": %d, "temperature": 1,
         "seed": 1, "messages": [{"role": "user", "content": "%s"}]}\
        """
                .formatted(stream, tokens, choices, said);
    }
}
