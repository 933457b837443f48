package dev.touchstone.app.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.touchstone.app.internal.llm.proxy.ProxySettings;
import dev.touchstone.app.internal.server.LlmServer;
import dev.touchstone.app.internal.server.ProxyServer;
import dev.touchstone.app.testing.Accessibility;
import dev.touchstone.app.testing.Chromium;
import dev.touchstone.app.testing.ModelServer;
import dev.touchstone.app.testing.Tab;
import dev.touchstone.llm.fleet.RouterConfig;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The chat page, in a real browser,")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before the tests
class ChatPagesTest {
    private Chromium chromium;
    private ModelServer server;

    @BeforeAll
    void start() throws IOException {
        chromium = new Chromium();
        server = new ModelServer();
    }

    @AfterAll
    void stop() {
        server.close();
        chromium.close();
    }

    private Tab tab(int width, int height, ColorScheme colours) {
        return new Tab(
                chromium.browser(),
                new Browser.NewContextOptions()
                        .setViewportSize(width, height)
                        .setColorScheme(colours));
    }

    private Page open(Tab tab) {
        Page page = tab.page();
        page.navigate(server.url() + "chat");
        assertThat(page.locator("#model")).hasText("echo");
        page.selectOption("#temperature", "0");
        page.focus("#question");
        return page;
    }

    private static void say(Page page, String text) {
        page.keyboard().type(text);
        page.keyboard().press("Enter");
    }

    @Test
    void says_who_answers_and_what_to_expect() {
        try (Tab tab = tab(1440, 900, ColorScheme.LIGHT)) {
            assertThat(open(tab).locator(".about")).hasText("It says again what it is told.");
        }
    }

    @Test
    void holds_a_conversation_by_keyboard_and_finds_it_in_the_cache() {
        try (Tab tab = tab(1440, 900, ColorScheme.LIGHT)) {
            Page page = open(tab);
            say(page, "One thing after another, said once and never forgotten.");
            assertThat(page.locator(".turn.assistant .measured")).hasCount(1);
            assertThat(page.locator("#cached")).hasText("0");
            say(page, "two");
            assertThat(page.locator(".turn.assistant .measured")).hasCount(2);
            assertThat(page.locator(".turn.assistant .text").last()).hasText("two");
            assertThat(page.locator("#cached")).not().hasText("0");
            assertThat(page.locator("#ttft")).hasText(Pattern.compile("\\d+ ms"));
            assertThat(page.locator("#question")).isFocused();
        }
    }

    @Test
    void says_what_its_conversation_has_used_and_begins_anew_with_nothing() {
        try (Tab tab = tab(1440, 900, ColorScheme.LIGHT)) {
            Page page = open(tab);
            say(page, "two");
            assertThat(page.locator("#used-answer")).hasText("4");
            assertThat(page.locator("#used-prompt")).hasText("23");
            assertThat(page.locator("#used-dollars")).hasText(Pattern.compile("^\\$"));
            page.click("#anew");
            assertThat(page.locator("#used-answer")).hasText("0");
        }
    }

    @Test
    void stops_an_answer_at_a_key_and_frees_its_memory() throws IOException {
        try (Tab tab = tab(1440, 900, ColorScheme.LIGHT)) {
            Page page = open(tab);
            server.model().pace(Duration.ofMillis(50));
            say(page, "a".repeat(300));
            assertThat(page.locator(".turn.assistant .text")).hasText(Pattern.compile("aaa"));
            page.keyboard().press("Escape");
            assertThat(page.locator(".turn.assistant .measured")).hasText("stopped");
            server.awaitEmpty();
        } finally {
            server.model().letGo();
        }
    }

    @Test
    void says_what_is_wrong_and_goes_on() {
        try (Tab tab = tab(1440, 900, ColorScheme.LIGHT)) {
            Page page = open(tab);
            server.model().failNext("the cache is on fire");
            say(page, "hello");
            assertThat(page.locator(".turn.assistant .problem"))
                    .containsText("a step of the engine failed");
            say(page, "again");
            assertThat(page.locator(".turn.assistant .text").last()).hasText("again");
            tab.forgive("500 (Internal Server Error)");
        }
    }

    @Test
    void is_there_in_front_of_other_servers_and_asks_for_what_they_serve() throws IOException {
        var behind =
                new ProxySettings(
                        List.of(URI.create(server.url())),
                        Optional.empty(),
                        RouterConfig.DEFAULT,
                        ProxySettings.USUAL_SCALING,
                        ProxySettings.USUAL_STALL);
        try (var router =
                        ProxyServer.start(
                                new LlmServer.Settings("127.0.0.1", 0, List.of()), behind);
                Tab tab = tab(390, 844, ColorScheme.LIGHT)) {
            Page page = tab.page();
            page.navigate(router.url() + "chat");
            assertThat(page.locator("#model")).hasText("echo");
            assertThat(page.locator(".about"))
                    .hasText(Pattern.compile("behind this router answers; there are 1"));
            page.selectOption("#temperature", "0");
            page.focus("#question");
            say(page, "two");
            assertThat(page.locator(".turn.assistant .text")).hasText("two");
            assertThat(page.locator(".turn.assistant .measured")).containsText("tokens");
            assertThat(page.locator("#used-prompt")).hasCount(0);
            Accessibility.check(page, "a router's chat");
            assertThat(tab.scrollsSideways()).isFalse();
        }
    }

    @ParameterizedTest(name = "at {0} by {1}, {2}")
    @CsvSource({"1440, 900, LIGHT", "1440, 900, DARK", "360, 740, LIGHT", "360, 740, DARK"})
    void keeps_nobody_out(int width, int height, ColorScheme colours) {
        try (Tab tab = tab(width, height, colours)) {
            Page page = open(tab);
            Accessibility.check(page, "before anything is said");
            say(page, "A somewhat longer message, to see how lines break on a narrow screen.");
            assertThat(page.locator(".turn.assistant .measured")).hasCount(1);
            Accessibility.check(page, "after an answer");
            assertThat(tab.scrollsSideways()).isFalse();
        }
    }
}
