package dev.touchstone.app.pages;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import dev.touchstone.app.testing.Accessibility;
import dev.touchstone.app.testing.Attempts;
import dev.touchstone.app.testing.Chromium;
import dev.touchstone.app.testing.PracticeServer;
import dev.touchstone.app.testing.Simulated;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Nothing serious keeps anybody from using")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before the tests
class AccessibilityTest {
    private static final String DECLARE =
            "{\"do\":\"declare\",\"component\":\"admission\",\"mechanisms\":[\"kv-exhaustion\"],\"onset\":\"-PT23M\",\"gates\":[]}";

    private static final String FEATURES =
            """
            views:
              card:
                owner: cards
                key: {card: long}
                events: {amount: double}
                features:
                  paid_7d: {sum: amount, window: 7d}
                  usual_7d: {quantile: amount, at: 0.5, window: 7d}
              check:
                owner: fraud
                request: {amount: double}
                features: {to_usual: {value: "amount / card.usual_7d"}}
            models:
              fraud: {owner: ml, features: [card.*, check.to_usual]}
            """;

    private Chromium chromium;
    private PracticeServer server;
    private String fresh;
    private String played;
    private String over;
    private String simulation;

    /// Attempts and where they are, one state each.
    private final Map<String, String> states = new LinkedHashMap<>();

    @BeforeAll
    void start(@TempDir Path data) throws IOException {
        chromium = new Chromium();
        Files.createDirectories(data.resolve("features"));
        Files.writeString(data.resolve("features/features.yaml"), FEATURES);
        server = PracticeServer.start(data);
        server.http()
                .postJson(
                        "/push",
                        """
                        {"push_source_name": "card", "df": {"card": [7], "amount": [12.5],
                          "event_timestamp": ["2026-01-01T12:00:00Z"]}}
                        """);
        fresh = PracticeServer.startRun(server.http(), 7);
        played = PracticeServer.startRun(server.http(), 7);
        over = PracticeServer.startRun(server.http(), 7);
        for (String run : List.of(played, over)) {
            act(run, "{\"do\":\"probe\",\"probe\":\"held-time\"}");
            act(run, "{\"do\":\"cite\",\"signal\":\"tokens\"}");
            act(run, "{\"do\":\"pull\",\"lever\":\"context-cap\",\"option\":\"8k\"}");
            act(run, "{\"do\":\"announce\",\"status\":\"Capped at 8k.\"}");
            act(run, "{\"do\":\"note\",\"text\":\"look at the scheduler next\"}");
        }
        act(over, DECLARE);
        practise(new Attempts(server.http()));
        simulation =
                Simulated.run(server.http(), "{\"sessions\": 200, \"minutes\": 2, \"replicas\": 1}")
                        .get("id")
                        .asString();
    }

    private void practise(Attempts attempts) throws IOException {
        states.put("before the numbers", attempts.start("challenge:FEATURES"));
        states.put("with charts, before the numbers", attempts.start("challenge:WR1"));
        states.put("written", attempts.written("RAG"));
        states.put("handed in", attempts.submitted("LLM"));
        states.put("revised", attempts.revising("WR2"));
        states.put("compared", attempts.compared("WR3"));
        states.put("graded", attempts.graded("FEED"));
        states.put("finished", attempts.finished("OC1"));
        states.put("finished, too", attempts.finished("OC3"));
        states.put("a card", attempts.start("card:serving/kv-per-token"));
        states.put("a card, turned", attempts.turned("card:serving/sequences"));
        states.put("an error", attempts.start("erratum:E2"));
        states.put("an error, turned", attempts.turned("erratum:E1"));
        states.put("a drill", attempts.start("drill:D1"));
        String drill = attempts.start("drill:D2");
        attempts.move(drill, "{\"do\": \"answer\", \"text\": \"1 B\", \"certainty\": 1}");
        attempts.move(drill, "{\"do\": \"give-up\"}");
        states.put("a drill that is over", drill);
    }

    @AfterAll
    void stop() throws IOException {
        server.close();
        chromium.close();
    }

    @ParameterizedTest(name = "at {0} by {1}, {2}")
    @CsvSource({"1280, 800, LIGHT", "1280, 800, DARK", "390, 844, LIGHT", "390, 844, DARK"})
    void pages_that_are_read(int width, int height, ColorScheme colours) {
        try (BrowserContext context = context(width, height, colours)) {
            Page page = context.newPage();
            for (String path :
                    List.of("", "api", "runs/" + over, "runs/" + over + "/report", "nothing")) {
                page.navigate(server.url() + path);
                Accessibility.check(page, "/" + path);
            }
        }
    }

    @ParameterizedTest(name = "at {0} by {1}, {2}")
    @CsvSource({"1280, 800, LIGHT", "1280, 800, DARK", "390, 844, LIGHT", "390, 844, DARK"})
    void the_war_room(int width, int height, ColorScheme colours) {
        try (BrowserContext context = context(width, height, colours)) {
            Page page = context.newPage();
            open(page, fresh);
            Accessibility.check(page, "at the page");
            open(page, played);
            for (String key : List.of("b", "p", "l", "g", "c")) {
                page.keyboard().press(key);
                Accessibility.check(page, "after " + key);
            }
            page.keyboard().press("d");
            Accessibility.check(page, "declaring");
            page.keyboard().press("Escape");
            page.keyboard().press("?");
            Accessibility.check(page, "the keys");
        }
    }

    @ParameterizedTest(name = "at {0} by {1}, {2}")
    @CsvSource({"1280, 800, LIGHT", "1280, 800, DARK", "390, 844, LIGHT", "390, 844, DARK"})
    void practice(int width, int height, ColorScheme colours) {
        try (BrowserContext context = context(width, height, colours)) {
            Page page = context.newPage();
            for (String path :
                    List.of(
                            "cards",
                            "cards/next?topic=none",
                            "progress",
                            "challenges/FEED",
                            "challenges/OC1",
                            "frameworks/design",
                            "frameworks/debugging",
                            "features",
                            "features?view=card&key=7&at=2026-01-02T00:00:00Z",
                            "plan",
                            "plan/llm",
                            "drill",
                            "drill/D4?seed=0",
                            "simulate",
                            "simulate/" + simulation)) {
                page.navigate(server.url() + path);
                check(page, "/" + path);
            }
            states.forEach((state, attempt) -> {
                page.navigate(server.url() + "attempts/" + attempt);
                check(page, "an attempt, " + state);
            });
        }
    }

    @Test
    void an_attempt_whose_time_is_up(@TempDir Path data) throws IOException {
        try (var late = PracticeServer.start(data);
                BrowserContext context = context(1280, 800, ColorScheme.LIGHT)) {
            String attempt = new Attempts(late.http()).start("challenge:OC1");
            late.later(Duration.ofHours(1));
            Page page = context.newPage();
            page.navigate(late.url() + "attempts/" + attempt);
            check(page, "the time is up");
        }
    }

    /// Also that nothing has to be scrolled sideways.
    private static void check(Page page, String state) {
        Accessibility.check(page, state);
        assertThat(
                        page.evaluate(
                                "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                .as("%s, scrolled sideways", state)
                .isEqualTo(0);
    }

    @Test
    void the_login(@TempDir Path data) throws IOException {
        try (var guarded = PracticeServer.start(data, Optional.of("a token that is long enough"));
                BrowserContext context = context(1280, 800, ColorScheme.LIGHT)) {
            Page page = context.newPage();
            page.navigate(guarded.url());
            page.fill("#token", "not this one");
            page.keyboard().press("Enter");
            page.waitForSelector(".wrong");
            Accessibility.check(page, "a wrong token");
        }
    }

    /// Without motion, so that nothing is looked at while it fades in.
    private BrowserContext context(int width, int height, ColorScheme colours) {
        return chromium.browser()
                .newContext(
                        new Browser.NewContextOptions()
                                .setViewportSize(width, height)
                                .setColorScheme(colours)
                                .setReducedMotion(ReducedMotion.REDUCE));
    }

    private void open(Page page, String run) {
        page.navigate(server.url() + "runs/" + run);
        page.waitForFunction("() => document.querySelector('.floor').dataset.tool");
    }

    private void act(String run, String action) throws IOException {
        server.http().postJson("/api/runs/" + run + "/actions", action);
    }
}
