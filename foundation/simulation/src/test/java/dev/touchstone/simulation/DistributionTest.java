package dev.touchstone.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.touchstone.simulation.Distribution.Constant;
import dev.touchstone.simulation.Distribution.Empirical;
import dev.touchstone.simulation.Distribution.Exponential;
import dev.touchstone.simulation.Distribution.LogNormal;
import dev.touchstone.simulation.Distribution.Uniform;
import dev.touchstone.testkit.Seeds;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A distribution")
class DistributionTest {
    private static final int DRAWS = 20_000;

    /// Standard errors of the mean that chance may explain. At fixed seeds the outcome is fixed
    /// too: this is a bound on what a wrong formula could hide behind, not on flakiness.
    private static final double TOLERATED_ERRORS = 4;

    private static final Named<Distribution> OBSERVED =
            named("four observed values", new Empirical(1, 2, 2, 7));

    static List<Arguments> means() {
        return List.of(
                arguments(new Constant(3), 3),
                arguments(new Uniform(-3, 5), 1),
                arguments(new Exponential(2.5), 2.5),
                arguments(new LogNormal(1, 0.5), StrictMath.exp(1.125)),
                arguments(LogNormal.ofMean(1_500, 0.8), 1_500),
                arguments(new LogNormal(2, 0), StrictMath.exp(2)),
                arguments(OBSERVED, 3));
    }

    @ParameterizedTest(name = "{0} has mean {1}")
    @MethodSource("means")
    void knows_its_mean_and_keeps_to_it(Distribution distribution, double mean) {
        assertThat(distribution.mean()).isCloseTo(mean, within(1e-9 * mean));

        for (long seed = 0; seed < 10; seed++) {
            double[] draws = draws(distribution, seed);
            double average = DoubleStream.of(draws).sum() / DRAWS;
            double variance =
                    DoubleStream.of(draws).map(x -> (x - average) * (x - average)).sum() / DRAWS;
            double standardError = Math.sqrt(variance / DRAWS);
            assertThat(average)
                    .as("seed %d", seed)
                    .isCloseTo(mean, within(TOLERATED_ERRORS * standardError + 1e-9 * mean));
        }
    }

    /// A mean alone does not tell a log-normal draw from an exponential one.
    @Test
    void has_its_share_of_draws_below_each_quartile() {
        double quartile = 0.6744897501960817; // of the standard normal distribution
        assertShareBelow(new Uniform(-3, 5), -1, 0.25);
        assertShareBelow(new Uniform(-3, 5), 3, 0.75);
        assertShareBelow(new Exponential(2.5), 2.5 * Math.log(4.0 / 3), 0.25);
        assertShareBelow(new Exponential(2.5), 2.5 * Math.log(4), 0.75);
        assertShareBelow(new LogNormal(1, 0.5), Math.exp(1 - 0.5 * quartile), 0.25);
        assertShareBelow(new LogNormal(1, 0.5), Math.exp(1), 0.5);
        assertShareBelow(new LogNormal(1, 0.5), Math.exp(1 + 0.5 * quartile), 0.75);
        assertShareBelow(OBSERVED.getPayload(), 1.5, 0.25);
        assertShareBelow(OBSERVED.getPayload(), 2.5, 0.75);
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void stays_within_its_bounds(long seed) {
        var random = new SplittableRandom(seed);
        double low = random.nextDouble(-100, 100);
        double high = low + random.nextDouble(1e-6, 100);
        double scale = random.nextDouble(1e-6, 100);
        for (int i = 0; i < 200; i++) {
            assertThat(new Uniform(low, high).sample(random)).isBetween(low, high).isLessThan(high);
            assertThat(new Exponential(scale).sample(random)).isNotNegative().isFinite();
            assertThat(new LogNormal(0, 2).sample(random)).isPositive().isFinite();
            assertThat(new Empirical(low, high).sample(random)).isIn(low, high);
            assertThat(new Constant(low).sample(random)).isEqualTo(low);
        }
    }

    static List<Arguments> goldenDraws() {
        return List.of(
                arguments(
                        new Uniform(-3, 5),
                        List.of(1.9447465153773802, -2.0706762658253286, -0.30172460288929326)),
                arguments(
                        new Exponential(2.5),
                        List.of(2.4064474470212787, 0.30871353367732346, 1.0285234432006065)),
                arguments(
                        new LogNormal(1, 0.5),
                        List.of(3.1194895364751516, 2.166060836039035, 5.939596878319607)),
                arguments(
                        LogNormal.ofMean(1_500, 0.8),
                        List.of(1357.6240005450657, 757.3888266297562, 3804.144509763012)),
                arguments(OBSERVED, List.of(1.0, 7.0, 7.0)));
    }

    /// Pinned to the last bit: recorded runs depend on them on every machine.
    @ParameterizedTest(name = "{0}")
    @MethodSource("goldenDraws")
    void draws_what_it_always_drew(Distribution distribution, List<Double> expected) {
        RandomGenerator random = new RandomStreams(7).stream("golden");

        assertThat(Stream.generate(() -> distribution.sample(random)).limit(3)).isEqualTo(expected);
    }

    @Test
    void keeps_its_own_copy_of_what_was_observed() {
        double[] observed = {1, 1};
        var distribution = new Empirical(observed);
        observed[0] = 100;

        assertThat(distribution.mean()).isEqualTo(1);
    }

    @Test
    void refuses_parameters_it_cannot_draw_from() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Uniform(2, 2))
                .withMessage("low must be below high, got 2.0 and 2.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Uniform(Double.NaN, 2))
                .withMessageContaining("NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Exponential(0))
                .withMessage("mean must be above 0, got 0.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LogNormal(0, -0.1))
                .withMessage("sigma must be at least 0, got -0.1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LogNormal.ofMean(0, 1))
                .withMessage("mean must be above 0, got 0.0");
        assertThatIllegalArgumentException()
                .isThrownBy(Empirical::new)
                .withMessage("needs at least one value, got 0");
    }

    private static void assertShareBelow(Distribution distribution, double bound, double share) {
        double standardError = Math.sqrt(share * (1 - share) / DRAWS);
        for (long seed = 0; seed < 10; seed++) {
            double below =
                    DoubleStream.of(draws(distribution, seed)).filter(x -> x < bound).count();
            assertThat(below / DRAWS)
                    .as("share of %s below %s, seed %d", distribution, bound, seed)
                    .isCloseTo(share, within(TOLERATED_ERRORS * standardError));
        }
    }

    private static double[] draws(Distribution distribution, long seed) {
        var random = new SplittableRandom(seed);
        return DoubleStream.generate(() -> distribution.sample(random)).limit(DRAWS).toArray();
    }
}
