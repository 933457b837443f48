package dev.touchstone.app.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.touchstone.app.testing.Chromium;
import dev.touchstone.app.testing.PracticeServer;
import dev.touchstone.app.testing.Tab;
import dev.touchstone.capacity.Derivation;
import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.Plans;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The pages of plans and drills, in a real browser,")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before the tests
class SizingPagesTest {
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

    private Tab desk() {
        return new Tab(
                chromium.browser(), new Browser.NewContextOptions().setViewportSize(1440, 900));
    }

    private Tab phone() {
        return new Tab(
                chromium.browser(),
                new Browser.NewContextOptions()
                        .setViewportSize(390, 844)
                        .setHasTouch(true)
                        .setColorScheme(ColorScheme.DARK));
    }

    private Page open(Tab tab, String path) {
        tab.page().navigate(server.url() + path);
        return tab.page();
    }

    private static Locator headline(Page page) {
        return page.locator(".headline > div:first-child b");
    }

    @Test
    void lead_from_the_front_page_to_a_plan_of_each_kind() {
        try (Tab tab = desk()) {
            Page page = open(tab, "");
            page.click("nav >> text=Plans");
            assertThat(page.locator(".card")).hasCount(Plans.ALL.size());
            for (Plan plan : Plans.ALL) {
                page.navigate(server.url() + "plan/" + plan.id());
                assertThat(page.locator("h1")).hasText(plan.title());
                assertThat(page.locator(".curve-plot canvas")).hasCount(1);
                assertThat(page.locator(".field")).hasCount(plan.inputs().size());
                assertThat(page.locator(".moves li").first()).isVisible();
                assertThat(headline(page)).hasText(number(plan.derive()));
            }
        }
    }

    /// What the page should show first, without its unit.
    private static String number(Derivation derivation) {
        String first = derivation.plan().headline().getFirst();
        return derivation.text(first).split("[ /]", -1)[0];
    }

    private static String fleet(String... given) {
        var overrides = new HashMap<String, String>();
        for (String pair : given) {
            overrides.put(pair.split("=", -1)[0], pair.split("=", -1)[1]);
        }
        return number((Derivation) Plans.named("llm").read(overrides));
    }

    @Test
    void derive_anew_while_a_slider_moves_and_keep_it_in_the_address() {
        try (Tab tab = desk()) {
            Page page = open(tab, "plan/llm");
            assertThat(headline(page)).hasText(fleet());

            Locator slider = page.locator("[data-slider=prompt]");
            slider.focus();
            for (int i = 0; i < 40; i++) {
                page.keyboard().press("ArrowRight");
            }
            assertThat(page.locator("#in-prompt")).hasValue("1,910 tokens/request");
            assertThat(headline(page)).hasText(fleet("prompt=1910"));
            assertThat(page.locator(".headline .was").first()).hasText("was 33 GPUs");
            assertThat(page.locator("#at-prompt")).hasClass(Pattern.compile(".*given.*"));
            assertThat(page.locator("#command"))
                    .hasText("touchstone plan llm --prompt '1,910 tokens/request'");
            assertThat(page).hasURL(Pattern.compile(".*/plan/llm\\?prompt=1,910\\+tokens/request"));

            page.reload();
            assertThat(headline(page)).hasText(fleet("prompt=1910"));
            assertThat(page.locator("#in-prompt")).hasValue("1,910 tokens/request");
            page.click("[data-undo=prompt]");
            assertThat(headline(page)).hasText(fleet());
            assertThat(page).hasURL(Pattern.compile(".*/plan/llm"));
        }
    }

    @Test
    void let_a_slider_move_on_where_small_steps_change_nothing_yet() {
        try (Tab tab = desk()) {
            Page page = open(tab, "plan/feed");
            page.locator("[data-slider=spares]").focus();
            for (int i = 0; i < 80; i++) {
                page.keyboard().press("ArrowRight");
            }
            assertThat(page.locator("#in-spares")).hasValue("2 GPUs");
        }
    }

    @Test
    void take_what_people_type_and_say_beside_the_input_what_they_refuse() {
        try (Tab tab = desk()) {
            Page page = open(tab, "plan/llm");
            page.fill("#in-sessions", "100k");
            assertThat(headline(page)).hasText(fleet("sessions=100k"));

            page.fill("#in-mfu", "60");
            assertThat(page.locator("#why-mfu")).containsText("mfu is 6,000 %");
            assertThat(page.locator("#results")).hasClass(Pattern.compile(".*stale.*"));
            assertThat(headline(page)).hasText(fleet("sessions=100k"));

            page.fill("#in-mfu", "60 %");
            assertThat(page.locator("#why-mfu")).hasText("");
            assertThat(headline(page)).hasText(fleet("sessions=100k", "mfu=60 %"));
            page.locator("#in-mfu").blur();
            assertThat(page.locator("#in-sessions")).hasValue("100k");
        }
    }

    @Test
    void show_at_once_what_an_address_asks_for_or_why_it_cannot_be() {
        try (Tab tab = desk()) {
            Page page = open(tab, "plan/llm?prompt=4k&tpot_slo=10ms");
            assertThat(headline(page)).hasText(fleet("prompt=4k"));
            assertThat(page.locator(".failing .fails"))
                    .containsText("a full batch meets the TPOT objective");
        }
    }

    @Test
    void work_without_scripts() {
        try (Tab tab =
                new Tab(
                        chromium.browser(),
                        new Browser.NewContextOptions().setJavaScriptEnabled(false))) {
            Page page = open(tab, "plan/kafka");
            page.fill("#in-margin", "50 %");
            page.click("noscript button");
            assertThat(headline(page)).hasText("80");
            assertThat(page.locator(".field.given")).hasCount(1);

            page.navigate(server.url() + "drill/D4?seed=0");
            page.fill("#answer", "40");
            page.click("text=Check");
            assertThat(page.locator(".slip b")).hasText("The margin forgotten");
            assertThat(page.locator("#answer")).hasValue("40");
            page.click("text=Give up");
            assertThat(page.locator(".the-answer")).hasText("50 partitions");
        }
    }

    @Test
    void open_a_step_to_its_formula_and_lead_to_its_inputs() {
        try (Tab tab = desk()) {
            Page page = open(tab, "plan/llm");
            page.click("#step-kv_per_token summary");
            assertThat(page.locator("#step-kv_per_token .formula"))
                    .hasText("= 2 × layers × kv_heads × head_dim × kv_element");
            page.click("#step-kv_per_token .formula >> text=kv_heads");
            assertThat(page.locator("#in-kv_heads")).isFocused();
            page.keyboard().type("40");
            assertThat(page.locator("#step-kv_per_token .row-value")).hasText("819,200 B/token");
            assertThat(page.locator("#step-kv_per_token")).hasAttribute("open", "");

            page.fill("#step-kv_per_token .measured input", "100 kB");
            page.keyboard().press("Enter");
            assertThat(page.locator("#step-kv_per_token .tag")).hasText("as given");
            assertThat(page).hasURL(Pattern.compile(".*kv_per_token=100\\+kB.*"));
            page.click("text=Open all");
            assertThat(page.locator("#steps details:not([open])")).hasCount(0);
        }
    }

    @Test
    void draw_any_result_over_any_input() {
        try (Tab tab = desk()) {
            Page page = open(tab, "plan/training");
            page.selectOption("[name=chart-of]", "money");
            assertThat(page.locator("#moves-title")).hasText("What moves: cost with the overhead");
            page.click("[data-over=mfu]");
            assertThat(page.locator("[name=chart-over]")).hasValue("mfu");
            assertThat(page).hasURL(Pattern.compile(".*chart-of=money&chart-over=mfu"));

            page.locator("#curve .u-over").hover();
            assertThat(page.locator("#curve-at")).hasText(Pattern.compile("[\\d.]+ %: \\$.*"));
            page.locator("#curve .u-over").click();
            assertThat(page.locator("#at-mfu")).hasClass(Pattern.compile(".*given.*"));
        }
    }

    @Test
    void ask_a_drill_name_the_slip_and_show_how_the_answer_comes_about() {
        try (Tab tab = desk()) {
            Page page = open(tab, "drill");
            assertThat(page.locator(".card")).hasCount(8);
            page.click(".card:has-text('D2')");
            assertThat(page).hasURL(Pattern.compile(".*/drill/D2\\?seed=\\d+"));

            page.navigate(server.url() + "drill/D2?seed=0");
            assertThat(page.locator("#answer")).isFocused();
            page.keyboard().type("400 GB");
            page.keyboard().press("Enter");
            assertThat(page.locator(".slip b")).hasText("GB for GiB");
            assertThat(page.locator(".derivation")).hasCount(0);

            page.fill("#answer", "400 GiB");
            page.keyboard().press("Enter");
            assertThat(page.locator(".right .said")).hasText("Right.");
            assertThat(page.locator(".the-answer")).hasText("429.5 GB (400 GiB)");
            assertThat(page.locator("#step-total .substitution"))
                    .hasText("= 6.711 GB/session × 64 sessions");
            assertThat(page.locator(".verdict-on")).hasCount(2);
            assertThat(page.locator(".verdict-next .primary")).isFocused();
            page.keyboard().press("Enter");
            assertThat(page).hasURL(Pattern.compile(".*/drill/D2\\?seed=1"));
        }
    }

    @Test
    void fit_a_phone() {
        try (Tab tab = phone()) {
            for (String path :
                    new String[] {"plan", "plan/llm", "plan/ann", "drill", "drill/D5?seed=3"}) {
                open(tab, path);
                assertThat(tab.scrollsSideways()).as(path).isFalse();
            }
            Page page = tab.page();
            page.click("text=Give up");
            assertThat(page.locator(".the-answer")).isVisible();
            assertThat(tab.scrollsSideways()).isFalse();
        }
    }
}
