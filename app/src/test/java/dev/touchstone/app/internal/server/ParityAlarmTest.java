package dev.touchstone.app.internal.server;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import dev.touchstone.app.internal.features.FeatureEngines;
import dev.touchstone.app.internal.features.FeatureService;
import dev.touchstone.app.internal.features.FeatureStatusEndpoints;
import dev.touchstone.app.internal.http.Assets;
import dev.touchstone.app.internal.http.Dispatcher;
import dev.touchstone.app.internal.http.Door;
import dev.touchstone.app.internal.http.Metrics;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.http.TimelineEndpoints;
import dev.touchstone.app.internal.pages.FeaturesPage;
import dev.touchstone.app.internal.pages.Kit;
import dev.touchstone.app.internal.pages.SmallPages;
import dev.touchstone.app.internal.pages.Templates;
import dev.touchstone.app.testing.Chromium;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.OnlineKeys;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.Value;
import dev.touchstone.guardrails.Timeline;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("An alarm about parity")
class ParityAlarmTest {
    private static final long SECOND = 1_000_000_000L;

    private static final String DEFINITIONS =
            """
            views:
              card:
                owner: payments-risk
                key: {card: long}
                events: {amount: double}
                features:
                  paid_1h: {sum: amount, window: 1h}
            parity: {sample: 1, after: 1s, every: 1s, alarm: 0.9, over: 10s}
            """;

    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-03-04T12:00:00Z"));

    @Test
    void is_raised_and_cleared_on_the_timeline_and_on_the_page(@TempDir Path folder)
            throws IOException {
        Files.writeString(folder.resolve("features.yaml"), DEFINITIONS);
        var timeline = new Timeline();
        try (var chromium = new Chromium();
                FeatureService service =
                        FeatureService.open(
                                        folder, FeatureEngines.Wanted.NOTHING, timeline, now::get)
                                .orElseThrow();
                BrowserContext context = chromium.browser().newContext()) {
            WebServer web = serve(service, timeline);
            try {
                Page page = context.newPage();
                String url = Listener.url("127.0.0.1", web);

                readTwice(service);
                // Rows that claim to have been available before those reads.
                service.store()
                        .append(
                                "card",
                                List.of(
                                        new FeatureRow(
                                                EntityKey.of(7),
                                                service.now() - 3 * SECOND,
                                                service.now() - 2 * SECOND,
                                                0,
                                                List.of(Value.of(5.0)))));
                later(service, 2);
                page.navigate(url + "features");
                assertThat(page.locator("#watch")).containsText("too few cells agree");
                assertThat(page.locator("#changes"))
                        .containsText(
                                "only 0.000 % of cells agree with a replay, most differences in card.paid_1h (late)");
                assertThat(page.locator(".glance .broken").first()).containsText("0.000 %");

                readTwice(service);
                later(service, 20);
                readTwice(service);
                later(service, 2);
                page.navigate(url + "features");
                assertThat(page.locator("#watch")).containsText("all is well");
                assertThat(page.locator("#changes li").first())
                        .containsText("100.000 % of cells agree with a replay again");
                page.navigate(url + "api/timeline?limit=1");
                assertThat(page.content())
                        .contains("\"kind\":\"incident\"", "\"target\":\"parity\"", "again");
            } finally {
                web.stop();
            }
        }
    }

    private WebServer serve(FeatureService service, Timeline timeline) throws IOException {
        var door = new Door(List.of(), true);
        var kit = new Kit(new Assets().root(), new Templates(), now::get);
        List<Route> routes =
                Stream.of(
                                new FeaturesPage(kit, Optional.of(service), timeline).routes(),
                                new FeatureStatusEndpoints(Optional.of(service)).routes(),
                                new TimelineEndpoints(timeline, now::get).routes())
                        .flatMap(List::stream)
                        .toList();
        return Listener.start(
                "127.0.0.1",
                0,
                new Dispatcher(routes, door, new SmallPages(kit, door), new Metrics()));
    }

    private static void readTwice(FeatureService service) {
        OnlineReader reader = service.online().reader(List.of("card.paid_1h"));
        OnlineKeys keys = reader.keys(Map.of("card", Value.of(7L)));
        OnlineRow row = reader.row();
        for (int i = 0; i < 2; i++) {
            service.read(reader, List.of(keys), List.of(), List.of(row));
        }
    }

    private void later(FeatureService service, int seconds) {
        now.updateAndGet(instant -> instant.plus(Duration.ofSeconds(seconds)));
        service.beat();
    }
}
