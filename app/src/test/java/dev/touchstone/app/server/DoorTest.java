package dev.touchstone.app.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.app.internal.server.TouchstoneServer.Settings;
import dev.touchstone.app.testing.PracticeServer;
import dev.touchstone.app.testing.RawHttp;
import dev.touchstone.app.testing.RawHttp.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The server's door")
@SuppressWarnings("NullAway.Init") // set before each test
class DoorTest {
    private static final String TOKEN = "correct-horse-battery";

    @TempDir private Path data;
    private PracticeServer server;
    private RawHttp http;

    @BeforeEach
    void start() throws IOException {
        server = PracticeServer.start(data);
        http = server.http();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "evil.example:7700", "127.0.0.1.evil.example", ""})
    void is_shut_for_foreign_names(String host) throws IOException {
        assertThat(http.get("/api/runs", "Host: " + host).status()).isIn(400, 421);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "[::1]", "LOCALHOST"})
    void is_open_for_its_own_names(String name) throws IOException {
        assertThat(http.get("/api/runs", "Host: " + name + ":" + server.port()).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: https://evil.example",
                "Origin: null",
                "Origin: http://localhost:1",
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site"
            })
    void lets_no_foreign_page_change_anything(String header) throws IOException {
        assertThat(http.postForm("/runs", "incident=WR4", header).status()).isEqualTo(403);
        assertThat(http.get("/api/runs").body()).isEqualTo("[]");
    }

    @Test
    void lets_its_own_pages_and_scripts_change_things() throws IOException {
        Response page =
                http.postForm(
                        "/runs",
                        "incident=WR4",
                        "Origin: http://127.0.0.1:" + server.port(),
                        "Sec-Fetch-Site: same-origin");
        assertThat(page.status()).isEqualTo(303);
        assertThat(http.postForm("/runs", "incident=WR4").status()).isEqualTo(303);
    }

    @Test
    void takes_json_only_as_json() throws IOException {
        Response answer =
                http.send(
                        "POST",
                        "/api/runs",
                        "{\"incident\":\"WR4\"}".getBytes(StandardCharsets.UTF_8),
                        "Content-Type: text/plain");
        assertThat(answer.status()).isEqualTo(415);
    }

    @Test
    void takes_no_body_of_more_than_64_kilobytes() throws IOException {
        String fits = "{\"incident\":\"WR4\",\"x\":\"%s\"}".formatted("a".repeat(60_000));
        assertThat(http.postJson("/api/runs", fits).status()).isEqualTo(400);
        String tooLong = "{\"incident\":\"WR4\",\"x\":\"%s\"}".formatted("a".repeat(70_000));
        assertThat(http.postJson("/api/runs", tooLong).status()).isEqualTo(413);
    }

    @Test
    void says_on_every_answer_what_a_page_may_do() throws IOException {
        for (String path : new String[] {"/", "/api/runs", "/nothing"}) {
            Response answer = http.get(path);
            assertThat(answer.header("Content-Security-Policy"))
                    .contains("default-src 'none'", "script-src 'self';", "style-src 'self';");
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        }
        assertThat(http.get("/").body())
                .doesNotContain("<script>")
                .doesNotContain(" style=")
                .doesNotContain("onclick");
    }

    @Test
    void asks_everybody_for_the_token_if_there_is_one(@TempDir Path other) throws IOException {
        try (var guarded = PracticeServer.start(other, Optional.of(TOKEN))) {
            RawHttp stranger = guarded.http();
            for (String path : new String[] {"/api/runs", "/metrics", "/openapi.json", "/health"}) {
                assertThat(stranger.get(path).status()).as(path).isEqualTo(401);
            }
            assertThat(stranger.get("/api/runs", "Authorization: Bearer " + TOKEN).status())
                    .isEqualTo(200);
            assertThat(stranger.get("/api/runs", "Authorization: Bearer wrong").status())
                    .isEqualTo(401);
        }
    }

    @Test
    void gives_a_browser_a_cookie_for_the_token(@TempDir Path other) throws IOException {
        try (var guarded = PracticeServer.start(other, Optional.of(TOKEN))) {
            RawHttp browser = guarded.http();
            assertThat(browser.get("/", "Accept: text/html").header("Location"))
                    .isEqualTo("/login");
            assertThat(browser.postForm("/login", "token=wrong").status()).isEqualTo(401);

            Response welcome = browser.postForm("/login", "token=" + TOKEN);
            String cookie = welcome.header("Set-Cookie");
            assertThat(welcome.status()).isEqualTo(303);
            assertThat(cookie).contains("HttpOnly", "SameSite=Strict").doesNotContain(TOKEN);
            String value = cookie.substring(0, cookie.indexOf(';'));
            assertThat(browser.get("/", "Cookie: " + value).status()).isEqualTo(200);
            assertThat(browser.get("/", "Cookie: touchstone=forged").status()).isEqualTo(401);
        }
    }

    @Test
    void is_not_opened_to_the_network_without_a_good_token() {
        assertThatThrownBy(() -> new Settings("0.0.0.0", 0, data, Optional.empty()))
                .hasMessageContainingAll("0.0.0.0", "--token");
        assertThatThrownBy(() -> new Settings("127.0.0.1", 0, data, Optional.of("short")))
                .hasMessageContainingAll("5 characters", "16");
        new Settings("0.0.0.0", 0, data, Optional.of(TOKEN));
    }
}
