package dev.touchstone.app.internal.llm.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.internal.llm.proxy.FakeServer.Dialect;
import dev.touchstone.app.internal.llm.proxy.ProxySettings.Overload;
import dev.touchstone.app.internal.server.LlmServer;
import dev.touchstone.app.internal.server.ProxyServer;
import dev.touchstone.app.testing.RawHttp;
import dev.touchstone.app.testing.RawHttp.Response;
import dev.touchstone.llm.fleet.DegradationLadder;
import dev.touchstone.llm.fleet.RouterConfig;
import dev.touchstone.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Its rungs are at 30, 50, 70 and 90 % of the servers' memory, and it comes down after a tenth of
/// a second.
@DisplayName("A proxy with a ladder")
@SuppressWarnings("NullAway.Init") // set before each test
class ProxyLadderTest {
    private static final String ASK =
            "{\"model\": \"large\", \"max_tokens\": 1000, \"messages\": [{\"role\": \"user\"}]}";
    private static final String UNIMPORTANT =
            "{\"model\": \"large\", \"priority\": 1, \"messages\": [{\"role\": \"user\"}]}";

    private FakeServer large;
    private FakeServer small;
    private ProxyServer proxy;
    private RawHttp http;

    @BeforeEach
    void start() throws IOException {
        large = new FakeServer("large", Dialect.VLLM);
        small = new FakeServer("small", Dialect.VLLM);
        start(List.of(small.url()));
    }

    private void start(List<URI> fallbacks) throws IOException {
        var rungs =
                new DegradationLadder.Config(
                        0.3,
                        0.5,
                        0.7,
                        0.9,
                        0.05,
                        Duration.ofMillis(100),
                        200,
                        Duration.ofSeconds(4));
        proxy =
                ProxyServer.start(
                        new LlmServer.Settings("127.0.0.1", 0, List.of()),
                        new ProxySettings(
                                List.of(large.url()),
                                List.of(),
                                Optional.empty(),
                                RouterConfig.DEFAULT,
                                ProxySettings.USUAL_SCALING,
                                ProxySettings.USUAL_STALL,
                                new Overload(Optional.of(rungs), 0.8, fallbacks)));
        http = new RawHttp(URI.create(proxy.url()).getPort());
    }

    @AfterEach
    void stop() {
        proxy.close();
        large.close();
        small.close();
    }

    @Test
    void passes_everything_on_as_it_came_while_there_is_room() throws IOException {
        memoryInUse(0.4, 1);
        assertThat(ask(ASK).status()).isEqualTo(200);
        assertThat(ask(UNIMPORTANT).status()).isEqualTo(200);
        assertThat(large.bodies).containsExactly(ASK, UNIMPORTANT);
    }

    @Test
    void shortens_answers_and_turns_away_what_has_low_priority() throws IOException {
        memoryInUse(0.6, 2);
        assertThat(ask(ASK).status()).isEqualTo(200);
        assertThat(large.bodies).containsExactly(ASK.replace("1000", "200"));

        Response refused = ask(UNIMPORTANT);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isEqualTo("10");
        assertThat(refused.header("Retry-After-Ms")).isEqualTo("10000");
        assertThat(refused.body()).contains("\"error\"", "low priority");
        assertThat(large.bodies).hasSize(1);
        assertThat(http.get("/metrics").body())
                .contains("touchstone_router_shortened_total 1", "touchstone_router_shed_total 1");
    }

    @Test
    void asks_the_small_model_by_its_own_name_and_comes_back() throws IOException {
        memoryInUse(0.95, 4);
        Response answer = ask(ASK);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("X-Touchstone-Fallback")).isEqualTo("true");
        assertThat(small.bodies).containsExactly(ASK.replace("large", "model-of-small"));
        assertThat(large.bodies).isEmpty();
        assertThat(metrics()).contains("touchstone_router_fell_back_total 1");

        memoryInUse(0.1, 0);
        assertThat(ask(ASK).status()).isEqualTo(200);
        assertThat(large.bodies).containsExactly(ASK);
    }

    @Test
    void gives_those_whom_nobody_can_serve_a_time_to_come_back() throws IOException {
        small.close();
        memoryInUse(0.95, 4);
        for (int i = 0; i < 3; i++) {
            Response away = ask(ASK);
            assertThat(away.status()).isEqualTo(429);
            assertThat(away.body()).contains("far more to do", "rate_limit_error");
            assertThat(Long.parseLong(away.header("Retry-After-Ms"))).isPositive();
        }
        assertThat(large.bodies).isEmpty();
        assertThat(metrics())
                .contains(
                        "touchstone_router_sent_away_total 3",
                        "touchstone_router_fell_back_total 0");
        assertThat(http.get("/fleet/scale").body()).contains("\"rung\":\"fallback\"");
    }

    @Test
    void without_a_small_model_turns_nobody_away_for_whom_there_is_room() throws IOException {
        proxy.close();
        start(List.of());
        memoryInUse(0.95, 3);
        assertThat(ask(ASK).status()).isEqualTo(200);
        assertThat(large.bodies).containsExactly(ASK.replace("1000", "200"));
    }

    private void memoryInUse(double share, int rung) {
        large.kvUsage = share;
        Eventually.holds(
                "rung " + rung, () -> metrics().contains("touchstone_router_rung " + rung));
    }

    private String metrics() {
        try {
            return http.get("/metrics").body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Response ask(String body) throws IOException {
        return http.postJson("/v1/chat/completions", body);
    }
}
