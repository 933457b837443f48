package dev.touchstone.app.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import dev.touchstone.app.testing.Chromium;
import dev.touchstone.app.testing.PracticeServer;
import dev.touchstone.app.testing.Tab;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Practice, in a real browser,")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before the tests
class PracticePagesTest {
    private Chromium chromium;
    private PracticeServer server;
    private Tab tab;
    private Page page;

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

    @BeforeEach
    void open() {
        tab =
                new Tab(
                        chromium.browser(),
                        new Browser.NewContextOptions().setViewportSize(1440, 900));
        page = tab.page();
        page.onDialog(dialog -> dialog.accept());
    }

    @AfterEach
    void close() {
        tab.close();
    }

    @Test
    void offers_a_new_user_something_due_today() {
        profile("newcomer");
        page.navigate(server.url());
        assertThat(page.locator(".due li").first()).isVisible();
        assertThat(page.locator(".due button, .due .button.primary").first()).isVisible();
        assertThat(page.locator("#shelf-design")).hasText("Design challenges");
        assertThat(page.locator("[aria-labelledby=shelf-design] .spine .chip"))
                .hasText(new String[] {"FEED", "LLM", "FEATURES", "RAG"});
        assertThat(page.locator(".spine")).hasCount(31);
        page.click(".spine:has-text('Spot the error')");
        assertThat(page.locator("#errata-title")).isInViewport();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"FEED", "WR1", "OC3"})
    void works_a_challenge_from_the_scenario_to_the_review_date(String id) {
        profile("worker " + id);
        page.navigate(server.url() + "challenges/" + id);
        page.click("text=Start the clock");
        assertThat(page)
                .hasURL(
                        Pattern.compile(
                                ".*/attempts/" + id.toLowerCase(Locale.ROOT) + "-[0-9a-f]+"));
        assertThat(page.locator("#left")).isVisible();
        assertThat(page.locator("#rest textarea").first()).isDisabled();

        for (Locator question : page.locator(".question input[data-section]").all()) {
            question.fill("2,778 requests/s");
        }
        page.locator(".certainty label").nth(1).click();
        assertThat(page.locator("#rest textarea").first()).isEnabled();
        for (Locator field : page.locator("#rest textarea").all()) {
            field.fill("Hold the release first. The peak is 2,778 requests/s.");
        }
        assertThat(page.locator("#saved")).hasText("saved");
        page.reload();
        assertThat(page.locator("#rest textarea").first())
                .hasValue("Hold the release first. The peak is 2,778 requests/s.");
        page.click("text=Hand in the answer");

        assertThat(page.locator(".stage-box h2")).hasText("Your answer is stored");
        page.click("text=Open hint 1");
        assertThat(page.locator(".hints li")).hasCount(1);
        page.locator("#rest textarea").first().fill("Revised after the hint.");
        assertThat(page.locator("#saved")).hasText("saved");
        page.click("text=Done revising: open the model answer");

        assertThat(page.locator(".model").first()).isVisible();
        assertThat(page.locator(".revised").first()).containsText("Revised after the hint.");
        page.locator("[data-annotates]").first().fill("I left out the fresh items.");
        assertThat(page.locator(".annotate button").first()).hasText("Kept");
        for (Locator row : page.locator(".rubric-row").all()) {
            row.locator(".level-choice").nth(1).click();
        }
        page.click("text=Store my grade and show the evidence");

        assertThat(page.locator(".grade-level")).isVisible();
        assertThat(page.locator(".checks li").first()).isVisible();
        page.fill("#sentence", "I started to design before I had counted.");
        page.click("text=Keep it and finish");
        assertThat(page.locator(".finished")).containsText("Next review");
        assertThat(page.locator(".finished"))
                .containsText("I started to design before I had counted.");

        page.navigate(server.url() + "progress");
        assertThat(page.locator(".line-chart")).isVisible();
        assertThat(page.locator("#schedule-title + .runs .chip").first()).hasText(id);
    }

    @Test
    void diagnoses_a_drill_and_schedules_it() {
        profile("driller");
        page.navigate(server.url());
        page.locator(".spine:has-text('D2')").click();
        page.click("text=Start the clock");
        assertThat(page).hasURL(Pattern.compile(".*/attempts/d2-[0-9a-f]+"));
        page.fill("#answer", "17 bananas");
        page.click("button[value=answer]");
        assertThat(page.locator(".verdict-on")).hasCount(1);
        page.click("text=Give up");
        assertThat(page.locator(".derivation")).isVisible();
        assertThat(page.locator(".verdict-on").first()).containsText("Next review");
    }

    @Test
    void turns_cards_by_keyboard_and_goes_on_to_the_next() {
        profile("learner");
        page.navigate(server.url() + "cards");
        page.click("text=Learn new cards");
        String first = page.url();
        page.locator("#answer").fill("no idea");
        page.keyboard().press("Control+Enter");
        assertThat(page.locator(".back")).isVisible();
        page.keyboard().press("1");
        page.waitForURL(url -> !url.equals(first));
        assertThat(page.locator("#answer")).isVisible();

        page.navigate(server.url() + "cards");
        page.locator(".erratum").first().click();
        assertThat(page.locator(".claim")).isVisible();
        page.fill("#answer", "It divides where it should multiply.");
        page.click("text=Answer and turn");
        assertThat(page.locator(".figures dt").first()).isVisible();
    }

    @Test
    void takes_what_was_saved_when_the_time_is_up() {
        profile("late");
        page.navigate(server.url() + "challenges/OC1");
        page.click("text=Start the clock");
        page.locator(".question input").first().fill("03:40");
        assertThat(page.locator("#saved")).hasText("saved");
        server.later(Duration.ofMinutes(16));
        page.reload();
        assertThat(page.locator(".stage-box h2")).hasText("Your answer is stored");
        assertThat(page.locator(".written").first()).hasText("03:40");
    }

    @Test
    void keeps_what_is_said_aloud_beside_the_answer() {
        profile("talker");
        tab.context().grantPermissions(List.of("microphone"));
        page.navigate(server.url() + "challenges/OC2");
        page.click("text=Start the clock");
        page.click("#record");
        assertThat(page.locator("#recording")).hasText("recording");
        page.click("#record");
        assertThat(page.locator("#recording")).containsText("kept as take 1");
        page.reload();
        assertThat(page.locator(".recordings audio")).hasCount(1);
    }

    @Test
    void keeps_profiles_apart() {
        profile("ada");
        page.navigate(server.url() + "challenges/OC4");
        page.click("text=Start the clock");
        String attempt = page.url();
        profile("grace");
        tab.takeComplaints();
        page.navigate(attempt);
        assertThat(page.locator("body")).containsText("There is no such");
        tab.takeComplaints(); // the browser tells of the 404
    }

    /// Practises under a name of its own, so that no test sees another's attempts.
    private void profile(String name) {
        page.navigate(server.url() + "progress");
        Locator known =
                page.locator(".profiles button", new Page.LocatorOptions().setHasText(name));
        if (known.count() > 0) {
            known.first().click();
        } else {
            page.fill("#new-profile", name);
            page.click(".new-profile button");
        }
        assertThat(page.locator(".profiles button[aria-pressed=true]")).hasText(name);
    }
}
