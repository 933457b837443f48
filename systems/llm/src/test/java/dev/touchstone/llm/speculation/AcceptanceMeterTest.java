package dev.touchstone.llm.speculation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.testkit.Seeds;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("An acceptance meter")
class AcceptanceMeterTest {
    private final AcceptanceMeter meter = new AcceptanceMeter();

    @Test
    void says_nothing_before_it_has_seen_anything() {
        assertThat(meter.rate()).isZero();
        assertThat(meter.tokensPerStep()).isEqualTo(1);
    }

    /// Of the drafts behind the first that fails, no one knows whether they would have held.
    @Test
    void counts_drafts_up_to_the_first_that_fails() {
        meter.count(4, 4);
        meter.count(4, 1);
        meter.count(2, 0);

        assertThat(meter.verifications()).isEqualTo(3);
        assertThat(meter.drafts()).isEqualTo(10);
        assertThat(meter.accepted()).isEqualTo(5);
        assertThat(meter.rate()).isEqualTo(5 / 7.0);
        assertThat(meter.tokensPerStep()).isEqualTo(1 + 5 / 3.0);
    }

    @ParameterizedTest(name = "{1} drafts that hold with {0}: {2} tokens")
    @CsvSource({"0, 5, 1", "1, 5, 6", "0.8, 0, 1", "0.8, 4, 3.3616", "0.5, 2, 1.75"})
    void knows_what_a_step_yields(double rate, int drafts, double tokens) {
        assertThat(AcceptanceMeter.expectedTokens(rate, drafts)).isCloseTo(tokens, within(1e-12));
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(20)
    void finds_the_rate_that_drafts_were_drawn_with(long seed) {
        var random = new SplittableRandom(seed);
        double rate = random.nextDouble(0.1, 0.9);
        int drafts = random.nextInt(1, 8);
        for (int i = 0; i < 40_000; i++) {
            int accepted = 0;
            while (accepted < drafts && random.nextDouble() < rate) {
                accepted++;
            }
            meter.count(drafts, accepted);
        }

        assertThat(meter.rate()).isCloseTo(rate, within(0.015));
        double expected = AcceptanceMeter.expectedTokens(rate, drafts);
        assertThat(meter.tokensPerStep()).isCloseTo(expected, within(0.03 * expected));
    }

    @Test
    void knows_when_speculation_pays() {
        assertThat(AcceptanceMeter.speedup(0.8, 4, 0, 0)).isCloseTo(3.3616, within(1e-12));
        assertThat(AcceptanceMeter.speedup(0.8, 4, 0.1, 0)).isCloseTo(2.4011, within(1e-4));
        assertThat(AcceptanceMeter.bestDrafts(0.8, 8, 0.1, 0)).isEqualTo(6);
        assertThat(AcceptanceMeter.bestDrafts(0.8, 8, 0, 0)).isEqualTo(8);
        assertThat(AcceptanceMeter.bestDrafts(0.3, 8, 0.1, 0.3)).isZero();
    }
}
