package dev.touchstone.app.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.options.ColorScheme;
import dev.touchstone.app.testing.Accessibility;
import dev.touchstone.app.testing.Attempts;
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

@DisplayName("The page of designs, in a real browser,")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before the tests
class DesignPageTest {
    private static final double PATIENCE_MILLIS = 180_000;

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

    private Tab tab(int width, int height, ColorScheme scheme) {
        return new Tab(
                chromium.browser(),
                new Browser.NewContextOptions()
                        .setViewportSize(width, height)
                        .setColorScheme(scheme));
    }

    /// From the challenge to the form.
    private Page open(Tab tab) {
        tab.page().navigate(server.url() + "challenges/LLM");
        tab.page().click("text=give GPUs, token budget");
        return tab.page();
    }

    @Test
    void begins_with_the_slide_and_refuses_beside_the_field() {
        try (Tab tab = tab(1440, 900, ColorScheme.LIGHT)) {
            Page page = open(tab);
            assertThat(page.locator("#in-gpus")).hasValue("5");
            assertThat(page.locator("#in-router")).hasValue("round-robin");
            Accessibility.check(page, "the form");

            page.fill("#in-gpus", "-3");
            page.click(".order button");
            assertThat(page.locator(".refused"))
                    .hasText(
                            Pattern.compile(
                                    "GPUs\\s+must be from 1 to 256, got -3; .*nearest is 1"));
            assertThat(page.locator("#in-gpus")).hasValue("-3");
            page.fill("#in-gpus", "a few");
            page.click(".order button");
            assertThat(page.locator(".refused"))
                    .hasText(Pattern.compile("GPUs\\s+'a few' is no whole number"));
            tab.forgive("400");
        }
    }

    @Test
    void shows_what_breaks_and_opens_what_the_load_needs_after_the_attempt() throws IOException {
        try (Tab tab = tab(1440, 900, ColorScheme.LIGHT)) {
            Page page = open(tab);
            page.fill("#in-gpus", "3");
            page.selectOption("#in-ladder", "on");
            page.click(".order button");
            assertThat(page).hasURL(Pattern.compile(".*/design/[0-9a-f]{8}"));
            assertThat(page.locator("#progress")).isVisible();
            Accessibility.check(page, "the progress");
            page.click("text=Stop");

            assertThat(page.locator("[role=status]")).containsText("Stopped early");
            assertThat(page.locator(".outcome dd").first()).hasText("stopped early");
            assertThat(page.locator(".breaks article").first()).containsText("167 requests/s");
            assertThat(page.locator("#charts canvas")).hasCount(4);
            assertThat(page.locator("#in-ladder")).hasValue("on");
            assertThat(page.locator("[aria-labelledby=needs-title]"))
                    .containsText("the answer to your attempt");
            Accessibility.check(page, "the result");

            new Attempts(server.http()).compared("LLM");
            page.reload();
            assertThat(page.locator("[aria-labelledby=needs-title] dd").first())
                    .containsText("23 GPUs if they take turns");
            page.click("text=Step by step");
            assertThat(page.locator("#in-sessions")).hasValue("50000");
        }
    }

    @Test
    void runs_within_an_attempt_keeps_what_came_of_it_and_leaves_alone_what_is_written(
            @TempDir Path data) throws IOException {
        try (var fresh = PracticeServer.start(data);
                Tab tab = tab(1440, 900, ColorScheme.LIGHT)) {
            Page page = tab.page();
            page.navigate(fresh.url() + "challenges/LLM");
            page.click("main .primary");
            for (Locator question : page.locator(".question input[data-section]").all()) {
                question.fill("1 GPU");
            }
            page.fill("#text-numbers", "One GPU, to see what breaks.");
            page.fill("#in-gpus", "0");
            page.click("#designs button");
            assertThat(page.locator("#designs .refused")).containsText("the nearest is 1");
            assertThat(page.locator("#text-numbers")).hasValue("One GPU, to see what breaks.");

            page.fill("#in-gpus", "1");
            page.click("#designs button");
            assertThat(page.locator("#progress")).isVisible();
            page.fill("#text-skeleton", "Written while it runs.");
            Accessibility.check(page, "an attempt whose design runs");
            assertThat(page.locator("#designs .tried"))
                    .containsText("1 H100", new ContainsTextOptions().setTimeout(PATIENCE_MILLIS));
            assertThat(page.locator("#designs .tried tbody tr")).hasCount(3);
            assertThat(page.locator("#designs .tried-breaks").nth(1)).containsText("first token");
            assertThat(page.locator("#text-skeleton")).hasValue("Written while it runs.");
            assertThat(page.locator("#in-gpus")).hasValue("1");
            Accessibility.check(page, "an attempt with a design");

            page.setViewportSize(390, 844);
            assertThat(tab.scrollsSideways()).isFalse();
            tab.forgive("400");
        }
    }

    @Test
    void fits_a_phone() {
        try (Tab tab = tab(390, 844, ColorScheme.DARK)) {
            Page page = open(tab);
            page.click(".order button");
            page.click("text=Stop");
            assertThat(page.locator("[role=status]")).containsText("Stopped early");
            assertThat(tab.scrollsSideways()).isFalse();
            Accessibility.check(page, "the result on a phone");
        }
    }
}
