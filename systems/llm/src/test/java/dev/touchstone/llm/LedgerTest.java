package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.testkit.Seeds;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.ToLongFunction;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A ledger of an accelerator's time")
class LedgerTest {
    private static final long SECOND = 1_000_000_000;

    /// Sessions are named `key/session`, and given up to their key.
    private final Ledger<String> ledger =
            new Ledger<>(3, name -> name.replaceFirst("/.*", "/others"), 3.6);

    @Test
    void shares_a_step_by_the_context_that_each_holds() {
        ledger.take("a", 3_000, 0, 1);
        ledger.take("b", 1_000, 1_000, 1);
        ledger.close(2 * SECOND);

        var a = of("a");
        var b = of("b");
        assertThat(a.acceleratorNanos()).isEqualTo(3 * SECOND / 2);
        assertThat(b.acceleratorNanos()).isEqualTo(SECOND / 2);
        assertThat(a.contextTokenSeconds()).isEqualTo(6_000);
        assertThat(b.promptTokens()).isEqualTo(1_000);
        assertThat(b.answerTokens()).isEqualTo(1);
        assertThat(a.dollars()).isCloseTo(0.0015, within(1e-12));
    }

    @Test
    void lists_who_used_most_first() {
        ledger.take("a", 1, 0, 1);
        ledger.take("b", 2, 0, 1);
        ledger.close(SECOND);
        assertThat(ledger.usage().keySet()).containsExactly("b", "a");
    }

    @Test
    void keeps_what_a_key_used_when_it_gives_up_its_sessions() {
        for (int i = 0; i < 10; i++) {
            ledger.take("a/" + i, 1, 5, 1);
            ledger.take("b/" + i, 1, 0, 1);
            ledger.close(2 * SECOND);
        }
        assertThat(ledger.usage()).hasSizeLessThanOrEqualTo(3 + 2);
        for (String key : List.of("a", "b")) {
            assertThat(sum(key, Ledger.Usage::acceleratorNanos)).isEqualTo(10 * SECOND);
            assertThat(sum(key, Ledger.Usage::answerTokens)).isEqualTo(10);
        }
        assertThat(sum("a", Ledger.Usage::promptTokens)).isEqualTo(50);
        assertThat(ledger.usage()).containsKeys("a/others", "b/9");
    }

    @Test
    void keeps_apart_whoever_is_in_use() {
        for (int i = 0; i < 10; i++) {
            ledger.take("a/busy", 1, 0, 1);
            ledger.take("a/" + i, 1, 0, 1);
            ledger.close(2 * SECOND);
        }
        assertThat(of("a/busy").acceleratorNanos()).isEqualTo(10 * SECOND);
    }

    private long sum(String key, ToLongFunction<Ledger.Usage> what) {
        return ledger.usage().entrySet().stream()
                .filter(account -> account.getKey().startsWith(key + "/"))
                .mapToLong(account -> what.applyAsLong(account.getValue()))
                .sum();
    }

    @Test
    void charges_nobody_for_a_step_that_failed() {
        ledger.take("a", 1, 0, 0);
        ledger.drop();
        ledger.take("b", 1, 0, 1);
        ledger.close(SECOND);
        assertThat(of("a").acceleratorNanos()).isZero();
        assertThat(ledger.workedNanos()).isEqualTo(SECOND);
    }

    @Test
    void refuses_a_price_below_nothing() {
        assertThatThrownBy(() -> new Ledger<String>(1, name -> name, -1))
                .hasMessageContaining("a price of at least 0");
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(100)
    void adds_up_to_the_time_that_the_accelerator_worked(long seed) {
        var random = new SplittableRandom(seed);
        long worked = 0;
        for (int step = 0; step < 200; step++) {
            for (int i = random.nextInt(1, 100); i > 0; i--) {
                ledger.take(
                        random.nextInt(3) + "/" + random.nextInt(9),
                        random.nextInt(1, 40_000),
                        0,
                        1);
            }
            long nanos = random.nextLong(1, SECOND);
            ledger.close(nanos);
            worked += nanos;
        }
        long booked =
                ledger.usage().values().stream().mapToLong(Ledger.Usage::acceleratorNanos).sum();
        assertThat(booked).isEqualTo(worked).isEqualTo(ledger.workedNanos());
        double dollars = ledger.usage().values().stream().mapToDouble(Ledger.Usage::dollars).sum();
        assertThat(dollars)
                .isCloseTo(3.6 * worked / SECOND / 3600, Percentage.withPercentage(0.001));
    }

    private Ledger.Usage of(String account) {
        return Objects.requireNonNull(ledger.usage().get(account), account);
    }
}
