package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A watchdog with a patience of one second")
class WatchdogTest {
    private static final long SECOND = 1_000_000_000;

    private final Watchdog watchdog = new Watchdog(Duration.ofSeconds(1));
    private final LlmEngine engine =
            new LlmEngine(
                    new KvCacheLayout(16, 20),
                    new Policy().sessions(Duration.ofDays(1)).config(),
                    _ -> 1,
                    EngineObserver.NONE);

    @Test
    void is_content_with_an_engine_that_works_or_has_nothing_to_do() {
        assertThat(watchdog.check(0, engine)).isEmpty();
        submit(1, 100, 0);
        engine.begin(0);
        assertThat(watchdog.check(9 * SECOND, engine)).isEmpty();
        engine.end(9 * SECOND);
        assertThat(watchdog.check(9 * SECOND, engine)).isEmpty();
    }

    @Test
    void says_that_nothing_is_scheduled_though_requests_wait_and_blocks_are_free() {
        wedge();
        assertThat(watchdog.check(10 * SECOND, engine)).isEmpty();
        assertThat(watchdog.check(11 * SECOND - 1, engine)).isEmpty();

        assertThat(watchdog.check(11 * SECOND, engine))
                .contains(
                        "nothing has been scheduled for 1.0 s while 1 requests wait and 13 of 20"
                                + " blocks are free; request 2 is first, with 250 tokens, and idle"
                                + " sessions hold 7 blocks: check the watermark, the ceiling, the"
                                + " long lane and the session TTL");
    }

    @Test
    void starts_anew_once_something_is_scheduled() {
        wedge();
        watchdog.check(10 * SECOND, engine);
        submit(3, 10, 0);
        engine.begin(10 * SECOND);
        assertThat(watchdog.check(12 * SECOND, engine)).isEmpty();
        engine.end(12 * SECOND);
        engine.scheduler().cancel(3);
        engine.begin(12 * SECOND);

        assertThat(watchdog.check(12 * SECOND, engine)).isEmpty();
        assertThat(watchdog.check(13 * SECOND, engine)).isPresent();
    }

    @Test
    void does_not_mind_a_clock_that_is_set_back() {
        wedge();
        watchdog.check(10 * SECOND, engine);
        assertThat(watchdog.check(5 * SECOND, engine)).isEmpty();
        assertThat(watchdog.check(6 * SECOND, engine)).isPresent();
    }

    @Test
    void needs_patience() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Watchdog(Duration.ZERO))
                .withMessage("patience must be above 0, got PT0S");
    }

    /// An idle session keeps seven blocks, and the only request that waits needs sixteen.
    private void wedge() {
        submit(1, 112, 71);
        while (engine.begin(0) != LlmEngine.IDLE) {
            engine.end(0);
        }
        submit(2, 250, 0);
        assertThat(engine.begin(10 * SECOND)).isEqualTo(LlmEngine.IDLE);
    }

    private void submit(long id, int promptTokens, long session) {
        int kept = session == 0 ? 0 : promptTokens - 1;
        engine.scheduler()
                .submit(
                        0,
                        new Request(
                                id,
                                promptTokens,
                                5,
                                Request.PATIENT,
                                session,
                                kept,
                                PrefixHashes.NONE));
    }
}
