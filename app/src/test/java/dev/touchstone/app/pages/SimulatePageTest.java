package dev.touchstone.app.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.touchstone.app.testing.Accessibility;
import dev.touchstone.app.testing.Chromium;
import dev.touchstone.app.testing.PracticeServer;
import dev.touchstone.app.testing.Tab;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The page of simulations, in a real browser,")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before the tests
class SimulatePageTest {
    private Chromium chromium;
    private PracticeServer server;

    @BeforeAll
    void start(@TempDir Path data) throws IOException {
        chromium = new Chromium();
        server = PracticeServer.start(data);
    }

    @AfterAll
    void stop() throws IOException {
        server.close();
        chromium.close();
    }

    private Page open(Tab tab) {
        tab.page().navigate(server.url());
        tab.page().click("nav >> text=Simulate");
        return tab.page();
    }

    private static void order(Page page, String sessions, String minutes, String replicas) {
        page.fill("#in-sessions", sessions);
        page.fill("#in-minutes", minutes);
        page.fill("#in-replicas", replicas);
        page.click(".order > button");
    }

    @Test
    void simulates_what_the_form_says_and_shows_what_came_of_it() {
        try (Tab tab =
                new Tab(
                        chromium.browser(),
                        new Browser.NewContextOptions().setViewportSize(1440, 900))) {
            Page page = open(tab);
            page.selectOption("#in-router", "session");
            order(page, "300", "3", "2");

            assertThat(page).hasURL(Pattern.compile(".*/simulate/[0-9a-f]{8}"));
            assertThat(page.locator(".outcome .kept dd")).hasText("kept");
            assertThat(page.locator(".outcome > div:nth-child(2) dd")).hasText("2");
            assertThat(page.locator("#charts canvas")).hasCount(7);
            assertThat(page.locator("[aria-labelledby=derived-title] dd").first())
                    .containsText("GPU");
            assertThat(page.locator("#in-router")).hasValue("session");
            page.click("text=Step by step");
            assertThat(page.locator("#in-sessions")).hasValue("300");
        }
    }

    @Test
    void says_beside_the_field_what_cannot_be() {
        try (Tab tab =
                new Tab(
                        chromium.browser(),
                        new Browser.NewContextOptions().setViewportSize(1440, 900))) {
            Page page = open(tab);
            order(page, "60,000", "3", "some");
            assertThat(page.locator(".refused"))
                    .hasText(Pattern.compile("Replicas\\s+'some' is no whole number"));
            order(page, "60,000", "3", "2");
            assertThat(page.locator(".refused"))
                    .hasText(Pattern.compile("Users\\s+must be .*the nearest is 50,000"));
            assertThat(page.locator("#in-sessions")).hasValue("60,000");
            tab.forgive("400");
        }
    }

    @Test
    void scales_gives_way_and_compares_places() {
        try (Tab tab =
                new Tab(
                        chromium.browser(),
                        new Browser.NewContextOptions().setViewportSize(1440, 900))) {
            Page page = open(tab);
            page.click(".order-more summary");
            page.fill("#in-scaleTo", "2");
            page.fill("#in-ladder", "on");
            page.fill("#in-longShare", "half");
            order(page, "300", "2", "1");
            assertThat(page.locator(".refused"))
                    .hasText(Pattern.compile("For long prompts only\\s+'half' is no number"));
            assertThat(page.locator("#in-scaleTo")).isVisible();
            Accessibility.check(page, "a refused field");

            page.fill("#in-longShare", "");
            page.click(".order > button");
            assertThat(page.locator("[aria-labelledby=facts-title]"))
                    .containsText("up to 2 replicas, each ready after 3 min 00 s");
            assertThat(page.locator("#in-ladder")).hasValue("on");

            page.fill("#in-scaleTo", "");
            page.fill("#in-ladder", "off");
            page.fill("#in-regions", "america:0.5:0,europe:0.5:-6");
            page.click(".order > button");
            assertThat(page.locator("[aria-labelledby=regions-title] tbody tr")).hasCount(3);
            Accessibility.check(page, "the result");
            tab.forgive("400");
        }
    }

    @Test
    void stops_on_a_phone() {
        try (Tab tab =
                new Tab(
                        chromium.browser(),
                        new Browser.NewContextOptions()
                                .setViewportSize(390, 844)
                                .setColorScheme(ColorScheme.DARK))) {
            Page page = open(tab);
            order(page, "50000", "60", "auto");
            assertThat(page.locator("#progress")).isVisible();
            page.click("text=Stop");
            assertThat(page.locator("[role=status]")).containsText("Stopped early");
            assertThat(page.locator(".outcome dd").first()).hasText("stopped early");
            assertThat(tab.scrollsSideways()).isFalse();
        }
    }
}
