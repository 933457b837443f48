package dev.touchstone.app.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import dev.touchstone.app.testing.Chromium;
import dev.touchstone.app.testing.Documents;
import dev.touchstone.app.testing.RawHttp;
import dev.touchstone.app.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A page on which somebody types while its server is killed")
class AttemptKillTest {
    /// Every value that the field had, with the milliseconds at which it got it.
    private static final String RECORD =
            """
            () => {
                window.typed = [];
                const field = document.querySelector("#rest textarea");
                field.addEventListener("input", () =>
                    window.typed.push({ at: performance.now(), text: field.value }));
            }\
            """;

    private static final String SINCE_THE_FIRST_KEY =
            "() => typed.length ? performance.now() - typed[0].at : 0";

    private static final String TWO_SECONDS_AGO =
            "() => typed.findLast(({ at }) => at <= performance.now() - 2000).text";

    private static final double LONG_ENOUGH_MILLIS = 3500;
    private static final double PATIENCE_MILLIS = 60_000;

    @Test
    void finds_all_but_the_last_two_seconds_again_and_saves_the_rest_by_itself(@TempDir Path data)
            throws Exception {
        try (var chromium = new Chromium();
                var context = chromium.browser().newContext()) {
            Page page = context.newPage();
            int port;
            String attempt;
            String old;
            try (var server = ServerProcess.start(data)) {
                port = server.port();
                page.navigate(server.url() + "challenges/OC3");
                page.click("text=Start the clock");
                attempt = page.url().substring(page.url().lastIndexOf('/') + 1);
                for (Locator question : page.locator(".question input[data-section]").all()) {
                    question.fill("a guess");
                }
                assertThat(page.locator("#saved")).hasText("saved");
                old = typeWithoutPause(page);
                server.kill();
            }
            page.locator("#rest textarea").first().press("!");
            assertThat(page.locator("#saved")).hasText("not saved, trying again");

            context.setOffline(true); // until it is known what the server itself had kept
            try (var server = ServerProcess.start(data, port)) {
                assertThat(stored(server.http(), attempt)).anyMatch(text -> text.startsWith(old));
                context.setOffline(false);
                assertThat(page.locator("#saved"))
                        .hasText("saved", new HasTextOptions().setTimeout(PATIENCE_MILLIS));
                String shown = page.locator("#rest textarea").first().inputValue();
                assertThat(shown).endsWith("!");
                assertThat(stored(server.http(), attempt)).contains(shown);
            }
        }
    }

    /// Types until there is something that was typed more than two seconds ago, and gives that.
    private static String typeWithoutPause(Page page) {
        page.evaluate(RECORD);
        page.locator("#rest textarea").first().focus();
        for (int word = 1; since(page) < LONG_ENOUGH_MILLIS; word++) {
            page.keyboard().type("word " + word + ", ");
        }
        return (String) page.evaluate(TWO_SECONDS_AGO);
    }

    private static double since(Page page) {
        return ((Number) page.evaluate(SINCE_THE_FIRST_KEY)).doubleValue();
    }

    /// Every text that the server has of an attempt.
    private static List<String> stored(RawHttp http, String attempt) throws IOException {
        var answer = Documents.read(http.get("/api/attempts/" + attempt)).get("answer");
        return answer.valueStream().map(written -> written.get("text").asString()).toList();
    }
}
