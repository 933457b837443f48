package dev.touchstone.app.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.touchstone.app.testing.Attempts;
import dev.touchstone.app.testing.Chromium;
import dev.touchstone.app.testing.PracticeServer;
import dev.touchstone.app.testing.RawHttp;
import dev.touchstone.app.testing.Tab;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The pages, in a real browser,")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before the tests
class PagesTest {
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
        open(new Browser.NewContextOptions().setViewportSize(1440, 900));
    }

    private void open(Browser.NewContextOptions options) {
        tab = new Tab(chromium.browser(), options);
        page = tab.page();
    }

    @AfterEach
    void close() {
        tab.close();
    }

    @Test
    void play_an_incident_from_the_front_page_to_the_report() {
        page.navigate(server.url());
        page.click("text=Take the page");
        assertThat(page).hasURL(Pattern.compile(".*/runs/wr4-[0-9a-f]{6}"));
        assertThat(page.locator("#story-clock")).hasText("14:00:00");
        assertThat(page.locator("#brief")).isVisible();
        assertThat(page.locator(".plot canvas")).hasCount(8);

        page.click("#tab-probes");
        page.click("#probe-held-time");
        assertThat(page.locator("#story-clock")).hasText("14:03:00");
        assertThat(page.locator("#log .finding td").first()).hasText("up to 2k");

        page.click("#log .finding .cite button");
        assertThat(page.locator("#log .finding .cite button")).hasAttribute("aria-pressed", "true");
        Locator throughput = page.locator("[data-cites=tokens]");
        throughput.click();
        assertThat(throughput).hasAttribute("aria-pressed", "true");
        assertThat(throughput).isDisabled();

        page.click("#tab-levers");
        page.click("label:has(#option-context-cap-8k)");
        page.click("#pull-context-cap");
        assertThat(page.locator("#log .entry.pull h3"))
                .hasText("Context limit for new requests → 8k");
        assertThat(page.locator("label.in-force:has(#option-context-cap-8k)")).isVisible();

        page.fill("#status", "Long prompts fill the cache; capped at 8k.");
        page.click("text=Post");
        assertThat(page.locator("#log .entry.announce .said"))
                .hasText("Long prompts fill the cache; capped at 8k.");
        assertThat(page.locator("#status")).hasValue("");

        page.click("text=Declare the cause");
        page.click("text=Admission and context limits");
        page.click("text=Large prefill chunks");
        page.click("text=Long sequences hold");
        assertThat(page.locator(".choice:has-text('Large prefill chunks') b")).hasText("1");
        assertThat(page.locator(".choice:has-text('Long sequences hold') b")).hasText("2");
        assertThat(page.locator("#declare .evidence li")).hasCount(2);
        page.fill("#onset", "13:37");
        page.click("text=Declare and hand over");

        assertThat(page).hasURL(Pattern.compile(".*/report"));
        assertThat(page.locator(".big")).hasText(Pattern.compile("\\d+"));
        assertThat(page.locator(".overlay canvas")).hasCount(9);
        assertThat(page.locator(".dimension")).hasCount(5);
        page.navigate(server.url());
        assertThat(page.locator("a.run[href$='/report']").first()).isVisible();
    }

    @Test
    void can_be_used_by_keyboard_alone() throws IOException {
        room();
        page.keyboard().press("?");
        assertThat(page.locator("#keys")).isVisible();
        page.keyboard().press("Escape");
        assertThat(page.locator("#keys")).isHidden();

        page.keyboard().press("p");
        assertThat(page.locator("#probe-kv-by-context")).isFocused();
        page.keyboard().press("j");
        assertThat(page.locator("#probe-held-time")).isFocused();
        page.keyboard().press("Enter");
        assertThat(page.locator("#log .entry.probe")).hasCount(1);

        page.keyboard().press("l");
        assertThat(page.locator("#option-context-cap-32k")).isFocused();
        page.keyboard().press("ArrowRight");
        page.keyboard().press("Enter");
        assertThat(page.locator("#log .entry.pull")).hasCount(1);

        page.keyboard().press("s");
        page.keyboard().type("Capped at 16k");
        page.keyboard().press("Enter");
        assertThat(page.locator("#log .entry.announce")).hasCount(1);
        page.keyboard().press("Escape");
        page.keyboard().press("n");
        page.keyboard().type("?p d are only letters here");
        page.keyboard().press("Enter");
        assertThat(page.locator("#log .entry.note .said")).hasText("?p d are only letters here");
        page.keyboard().press("Escape");

        page.keyboard().press("c");
        page.keyboard().press("j");
        page.keyboard().press("Enter");
        assertThat(page.locator("[data-cites=itl-p99]")).hasAttribute("aria-pressed", "true");
        page.keyboard().press("j");
        assertThat(page.locator("[data-cites=itl-p50]")).isFocused();
        page.keyboard().press("g");
        page.keyboard().press("j");
        page.keyboard().press("j");
        page.keyboard().press("j");
        page.keyboard().press("j");
        page.keyboard().press("j");
        assertThat(page.locator("#log .finding .cite button")).isFocused();
        page.keyboard().press("Enter");
        assertThat(page.locator("#log .finding .cite button")).hasAttribute("aria-pressed", "true");
        assertThat(page.locator("#log .entry.probe")).isFocused();

        page.keyboard().press("ArrowLeft");
        page.keyboard().press("o");
        assertThat(page.locator("#onset")).hasValue(Pattern.compile("14:0\\d:\\d\\d"));

        page.keyboard().press("4");
        assertThat(page.locator("#speed-60")).hasAttribute("aria-pressed", "true");
        page.keyboard().press("Space");
        assertThat(page.locator("#toggle")).hasText("Play");
        page.keyboard().press("d");
        assertThat(page.locator("#declare [name=component]").first()).isFocused();
    }

    @Test
    void lose_nothing_over_a_reload_in_the_middle_of_a_run() throws IOException {
        room();
        page.click("#tab-probes");
        page.click("#probe-kv-by-context");
        assertThat(page.locator("#log .entry")).hasCount(1);
        page.fill("#status", "half a sen");
        page.click("text=Declare the cause");
        page.click("text=Engine scheduler");
        page.click("text=Large prefill chunks");
        page.keyboard().press("Escape");
        page.click("#tab-levers");
        page.click("label:has(#option-chunk-512)");
        page.click("#skip");
        assertThat(page.locator("#story-clock")).hasText("14:01:00");
        assertThat(page.locator("#option-chunk-512")).isChecked();
        page.click("#tab-probes");

        page.reload();
        assertThat(page.locator("#story-clock")).hasText("14:01:00");
        assertThat(page.locator("#log .entry")).hasCount(1);
        assertThat(page.locator("#tab-probes")).hasAttribute("aria-selected", "true");
        assertThat(page.locator("#status")).hasValue("half a sen");
        page.click("text=Declare the cause");
        assertThat(page.locator(".choice:has-text('Engine scheduler') input")).isChecked();
        assertThat(page.locator(".choice:has-text('Large prefill chunks') b")).hasText("1");
    }

    @Test
    void move_while_the_run_plays_and_stand_when_it_is_paused() throws IOException {
        room();
        page.click("#speed-60");
        assertThat(page.locator("#story-clock")).hasText(Pattern.compile("14:0[1-9].*"));
        page.click("#toggle");
        assertThat(page.locator("#toggle")).hasText("Play");
        assertThat(page.locator("#harm")).not().hasText("0");
        assertThat(page.locator("#elapsed").getAttribute("value")).isNotNull();
    }

    @Test
    void show_what_another_tab_or_a_script_has_done() throws IOException {
        String run = room();
        http().postJson(
                        "/api/runs/" + run + "/actions",
                        "{\"do\":\"pull\",\"lever\":\"chunk\",\"option\":\"512\"}");
        assertThat(page.locator("#log .entry.pull h3")).hasText("Prefill chunk → 512");
        assertThat(page.locator("#story-clock")).hasText("14:03:00");
    }

    @Test
    void say_why_something_is_refused() throws IOException {
        room();
        page.click("#tab-levers");
        page.click("#pull-chunk");
        assertThat(page.locator("#notice")).hasText("Prefill chunk is at 2,048 already");
        // The browser logs the refusal's status, which is what it should be.
        assertThat(tab.takeComplaints()).hasSize(1).first().asString().contains("409");
    }

    @Test
    void lead_to_the_report_when_the_clock_has_run_out() throws IOException {
        String run = room();
        http().postJson("/api/runs/" + run + "/advance", "{\"duration\":\"PT1H\"}");
        page.click("text=See the report");
        assertThat(page.locator(".big")).isVisible();
    }

    @Test
    void fit_a_phone() throws IOException {
        tab.close();
        open(
                new Browser.NewContextOptions()
                        .setViewportSize(390, 844)
                        .setHasTouch(true)
                        .setColorScheme(ColorScheme.DARK));
        room();
        assertThat(page.locator("#brief")).isVisible();
        assertNoSidewaysScrolling();
        page.click(".dock >> text=Charts");
        assertThat(page.locator(".plot").first()).isVisible();
        assertNoSidewaysScrolling();
        page.click(".dock >> text=Levers");
        page.click("label:has(#option-context-cap-8k)");
        page.click("#pull-context-cap");
        assertNoSidewaysScrolling();
        page.click(".dock >> text=Log");
        assertThat(page.locator("#log .entry.pull")).isVisible();
        page.click("text=Declare the cause");
        page.click("text=Admission and context limits");
        page.fill("#onset", "13:37");
        page.click("text=Declare and hand over");
        assertThat(page.locator(".big")).isVisible();
        assertNoSidewaysScrolling();
    }

    @ParameterizedTest(name = "{0} by {1}")
    @CsvSource({"1920, 1080", "1440, 900", "1280, 800", "390, 844"})
    void keep_findings_and_buttons_inside_their_column(int width, int height) throws IOException {
        String run = room();
        http().postJson(
                        "/api/runs/" + run + "/actions",
                        "{\"do\":\"probe\",\"probe\":\"held-time\"}");
        page.setViewportSize(width, height);
        for (String view : List.of("probes", "levers", "log")) {
            page.evaluate("view => document.querySelector(`[data-shows=${view}]`).click()", view);
            assertThat(
                            list(
                                    """
                                    () => [...document.querySelectorAll(".desk *")]
                                        .filter((part) => part.getBoundingClientRect().right
                                            > document.querySelector(".log, .tools").parentElement
                                                .getBoundingClientRect().right + 0.5)
                                        .map((part) => part.outerHTML.slice(0, 80))\
                                    """))
                    .as(view)
                    .isEmpty();
        }
        assertThat(
                        list(
                                """
                                () => [...document.querySelectorAll(".finding")]
                                    .filter((finding) => finding.scrollWidth > finding.clientWidth)
                                    .map((finding) => finding.innerText)\
                                """))
                .isEmpty();
        assertNoSidewaysScrolling();
    }

    @ParameterizedTest(name = "{0} by {1}")
    @CsvSource({"1440, 900", "1280, 800", "1024, 700"})
    void give_every_legend_the_room_it_needs(int width, int height) throws IOException {
        room();
        page.setViewportSize(width, height);
        assertThat(
                        list(
                                """
                                () => [...document.querySelectorAll(".panel")]
                                    .filter((panel) => panel.querySelector("ul").getBoundingClientRect().bottom
                                        > panel.getBoundingClientRect().bottom)
                                    .map((panel) => panel.innerText)\
                                """))
                .isEmpty();
    }

    @Test
    void weigh_less_than_150_kilobytes_each_without_a_cache() throws IOException {
        String run = PracticeServer.startRun(http(), 7);
        http().postJson(
                        "/api/runs/" + run + "/actions",
                        "{\"do\":\"probe\",\"probe\":\"held-time\"}");
        assertWeight("runs/" + run);
        http().postJson("/api/runs/" + run + "/advance", "{\"duration\":\"PT57M\"}");
        assertWeight("runs/" + run);
        assertWeight("runs/" + run + "/report");
        assertWeight("");
        assertWeight("api");
    }

    @Test
    void weigh_less_than_150_kilobytes_while_practising() throws IOException {
        var attempts = new Attempts(http());
        for (String attempt :
                List.of(
                        attempts.written("RAG"),
                        attempts.start("challenge:WR1"),
                        attempts.compared("LLM"),
                        attempts.graded("FEED"),
                        attempts.finished("OC1"),
                        attempts.turned("card:serving/kv-per-token"),
                        attempts.turned("erratum:E1"),
                        attempts.start("drill:D2"))) {
            assertWeight("attempts/" + attempt);
        }
        for (String path :
                List.of(
                        "",
                        "challenges/OC1",
                        "cards",
                        "progress",
                        "frameworks/design",
                        "plan",
                        "plan/llm",
                        "drill",
                        "drill/D2?seed=7")) {
            assertWeight(path);
        }
    }

    /// What a first visit transfers: the page and everything it asks for, but for the stream of
    /// updates.
    private void assertWeight(String path) throws IOException {
        var transferred = new ArrayList<String>();
        tab.close();
        open(new Browser.NewContextOptions());
        page.onResponse(response -> transferred.add(response.url()));
        page.navigate(server.url() + path);
        page.waitForLoadState();
        transferred.removeIf(url -> url.contains("/events"));
        long bytes = 0;
        for (String url : transferred) {
            String asked = url.substring(url.indexOf('/', "http://".length()));
            bytes += http().get(asked, "Accept-Encoding: gzip").bytes().length;
        }
        assertThat(bytes).as("/" + path).isBetween(5_000L, 150_000L);
    }

    /// Opens the war room of a new run, ready to be used.
    private String room() throws IOException {
        String run = PracticeServer.startRun(http(), 7);
        page.navigate(server.url() + "runs/" + run);
        page.waitForFunction("() => document.querySelector('.floor').dataset.tool");
        return run;
    }

    private RawHttp http() {
        return server.http();
    }

    /// What a script finds.
    private List<?> list(String script) {
        return (List<?>) page.evaluate(script);
    }

    private void assertNoSidewaysScrolling() {
        assertThat(
                        page.evaluate(
                                "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                .isEqualTo(0);
    }
}
