package dev.touchstone.app.internal.llm.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.internal.llm.proxy.FakeServer.Dialect;
import dev.touchstone.app.testing.Documents;
import dev.touchstone.app.testing.LlmProcess;
import dev.touchstone.app.testing.RawHttp.Response;
import dev.touchstone.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A router, a process, with a pool for long prompts")
@Timeout(120)
@SuppressWarnings("NullAway.Init") // set before each test
class LengthPoolsProcessTest {
    @TempDir private Path home = Path.of("");
    private FakeServer usual;
    private FakeServer roomy;
    private LlmProcess router;

    @BeforeEach
    void start() throws Exception {
        usual = new FakeServer("usual", Dialect.VLLM);
        roomy = new FakeServer("roomy", Dialect.SGLANG);
        router =
                LlmProcess.start(
                        home,
                        "--upstream",
                        usual.url() + "/",
                        "--long-upstream",
                        roomy.url().toString(),
                        "--long-from",
                        "1000");
        Eventually.holds("both seen", () -> pools("ready").size() == 2);
    }

    @AfterEach
    void stop() {
        router.close();
        usual.close();
        roomy.close();
    }

    @Test
    void sends_long_prompts_to_it_and_the_others_elsewhere_and_shows_who_takes_which()
            throws IOException {
        assertThat(pools("ready"))
                .isEqualTo(Map.of(usual.url().toString(), "short", roomy.url().toString(), "long"));
        for (int i = 0; i < 5; i++) {
            ask("short " + i);
            ask("long ".repeat(900) + i); // 4,500 bytes, about 1,125 tokens
        }

        assertThat(usual.bodies).hasSize(5).allMatch(body -> body.contains("short"));
        assertThat(roomy.bodies).hasSize(5).allMatch(body -> body.contains("long"));
    }

    @Test
    void sends_a_long_prompt_to_anybody_rather_than_to_nobody() throws IOException {
        roomy.close();
        Eventually.holds("it is gone", () -> pools("gone").size() == 1);

        ask("long ".repeat(900));

        assertThat(usual.bodies).hasSize(1);
    }

    private void ask(String prompt) throws IOException {
        Response answer =
                router.http()
                        .postJson(
                                "/v1/chat/completions",
                                """
                                {"model": "m", "messages": [{"role": "user", "content": "%s"}]}
                                """
                                        .formatted(prompt));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    /// The pool of each server in this state, by its address.
    private Map<String, String> pools(String state) {
        try {
            Map<String, String> pools = new HashMap<>();
            Documents.read(router.http().get("/fleet"))
                    .valueStream()
                    .filter(each -> each.get("state").asString().equals(state))
                    .filter(each -> !each.get("seenSecondsAgo").isNull())
                    .forEach(each ->
                            pools.put(each.get("url").asString(), each.get("pool").asString()));
            return pools;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
