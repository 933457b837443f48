package dev.touchstone.llm.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.llm.fleet.DegradationLadder.Config;
import dev.touchstone.llm.fleet.DegradationLadder.Ruling;
import dev.touchstone.llm.fleet.DegradationLadder.Rung;
import dev.touchstone.testkit.Seeds;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A degradation ladder")
class DegradationLadderTest {
    private static final long SECOND = 1_000_000_000;
    private static final Duration DRAIN = Duration.ofSeconds(3);

    private final DegradationLadder ladder = new DegradationLadder(Config.DEFAULT);

    @ParameterizedTest
    @CsvSource({
        "0.79, NORMAL",
        "0.8,  SCALE_OUT",
        "0.99, SCALE_OUT",
        "1.0,  SHORTEN",
        "1.19, SHORTEN",
        "1.2,  QUEUE",
        "3.0,  FALLBACK"
    })
    void stands_where_the_load_puts_it(double load, Rung rung) {
        assertThat(ladder.update(load, 0)).isEqualTo(rung);
    }

    @Test
    void gives_up_money_first_then_length_then_promptness_then_quality() {
        assertThat(ladder.decide(true, 400, DRAIN)).isEqualTo(new Ruling.Serve(400));
        ladder.update(0.9, 0);
        assertThat(ladder.decide(true, 400, DRAIN)).isEqualTo(new Ruling.Serve(400));
        ladder.update(1.1, 0);
        assertThat(ladder.decide(true, 400, DRAIN)).isEqualTo(new Ruling.Shed());
        assertThat(ladder.decide(false, 400, DRAIN)).isEqualTo(new Ruling.Serve(200));
        assertThat(ladder.decide(false, 90, DRAIN)).isEqualTo(new Ruling.Serve(90));
        ladder.update(1.5, 0);
        assertThat(ladder.decide(false, 400, DRAIN)).isEqualTo(new Ruling.Wait(DRAIN));
        assertThat(ladder.decide(false, 400, Duration.ZERO)).isEqualTo(new Ruling.Serve(200));
        assertThat(ladder.decide(false, 400, DRAIN.plusSeconds(2)))
                .isEqualTo(new Ruling.Fallback());
        ladder.update(3.5, 0);
        assertThat(ladder.decide(false, 400, DRAIN)).isEqualTo(new Ruling.Fallback());
        assertThat(ladder.decide(true, 400, DRAIN)).isEqualTo(new Ruling.Shed());
    }

    @Test
    void comes_down_one_rung_at_a_time_after_a_calm_while() {
        ladder.update(1.5, 0);

        assertThat(ladder.update(0.1, 9 * SECOND)).isEqualTo(Rung.QUEUE);
        assertThat(ladder.update(0.1, 10 * SECOND)).isEqualTo(Rung.SHORTEN);
        assertThat(ladder.update(0.1, 19 * SECOND)).isEqualTo(Rung.SHORTEN);
        assertThat(ladder.update(0.1, 20 * SECOND)).isEqualTo(Rung.SCALE_OUT);
        assertThat(ladder.update(0.1, 30 * SECOND)).isEqualTo(Rung.NORMAL);
    }

    @Test
    void stays_while_the_load_is_just_below() {
        ladder.update(1.25, 0);
        for (int second = 1; second < 100; second++) {
            assertThat(ladder.update(1.15, second * SECOND)).isEqualTo(Rung.QUEUE);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(50)
    void does_not_flap_when_the_load_wavers_about_a_rung(long seed) {
        var random = new SplittableRandom(seed);
        int changes = 0;
        for (int second = 0; second < 3_600; second++) {
            Rung before = ladder.rung();
            double load = 1.15 + 0.1 * random.nextDouble();
            changes += ladder.update(load, second * SECOND) == before ? 0 : 1;
        }
        assertThat(changes).isLessThanOrEqualTo(2);
    }
}
