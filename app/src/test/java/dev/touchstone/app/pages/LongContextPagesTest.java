package dev.touchstone.app.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.assertions.LocatorAssertions;
import dev.touchstone.app.internal.runs.Incidents;
import dev.touchstone.app.internal.server.TouchstoneServer;
import dev.touchstone.app.internal.server.TouchstoneServer.Content;
import dev.touchstone.app.internal.server.TouchstoneServer.Settings;
import dev.touchstone.app.testing.Chromium;
import dev.touchstone.arena.IncidentCatalog;
import dev.touchstone.arena.practice.AttemptLimits;
import dev.touchstone.arena.practice.Practice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The incident WR4, as it ships,")
class LongContextPagesTest {
    /// Grading plays the same seed three times more.
    private static final double GRADING_MILLIS = 60_000;

    @Test
    void is_played_in_a_browser_from_the_front_page_to_the_report(@TempDir Path data)
            throws IOException {
        var content =
                new Content(
                        Incidents.of(IncidentCatalog.builtIn()),
                        Practice.builtIn(),
                        AttemptLimits.STANDARD,
                        Optional.empty());
        try (var server =
                        TouchstoneServer.start(
                                new Settings("127.0.0.1", 0, data, Optional.empty()),
                                content,
                                () -> Instant.parse("2026-11-23T09:30:00Z"));
                var chromium = new Chromium();
                var context = chromium.browser().newContext()) {
            var page = context.newPage();
            page.navigate(server.url());
            page.fill(".card-foot input[name=seed]", "3");
            page.click("text=Take the page");
            assertThat(page).hasURL(Pattern.compile(".*/runs/wr4-[0-9a-f]{6}"));
            assertThat(page.locator(".plot canvas")).hasCount(10);

            page.click("#tab-levers");
            page.click("label:has(#option-long-lane-1)");
            page.click("#pull-long-lane");
            assertThat(page.locator("#log .entry.pull")).hasCount(1);

            page.click("text=Declare the cause");
            page.locator("#declare input[name=component]").first().check();
            page.locator("#declare .ordered").first().click();
            page.fill("#onset", "14:00");
            page.click("text=Declare and hand over");

            assertThat(page.locator(".big"))
                    .hasText(
                            Pattern.compile("\\d+"),
                            new LocatorAssertions.HasTextOptions().setTimeout(GRADING_MILLIS));
            assertThat(page.locator(".dimension").first()).isVisible();
            assertThat(page.locator(".run-key li")).hasCount(3);
            assertThat(Integer.parseInt(page.locator(".big").innerText().strip()))
                    .isBetween(1, 100);
        }
    }
}
