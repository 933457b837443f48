package dev.touchstone.features.internal.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.features.Value;
import dev.touchstone.testkit.Allocation;
import dev.touchstone.testkit.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A sketch")
class SketchTest {
    /// Five standard errors: one in two million.
    private static final double BOUND = 5 * 1.04 / 64;

    private static final double WIDTH = 1.0 / 128;

    @ParameterizedTest(name = "seed {0}")
    @Seeds(40)
    void of_different_values_counts_few_exactly_and_many_within_its_error(long seed) {
        var random = new SplittableRandom(seed);
        for (int distinct : new int[] {0, 1, 17, 256, 257, 1_000, 5_000, 60_000}) {
            var sketch = new DistinctSketch();
            for (int i = 0; i < distinct; i++) {
                Value value = value(random, seed, i);
                sketch.add(value);
                sketch.add(value);
            }
            if (distinct <= DistinctSketch.MOST_EXACT) {
                assertThat(sketch.estimate()).isEqualTo(distinct);
            } else {
                assertThat((double) sketch.estimate() / distinct).isCloseTo(1, within(BOUND));
            }
        }
    }

    private static Value value(SplittableRandom random, long seed, int i) {
        return switch ((int) (seed % 3)) {
            case 0 -> Value.of("merchant " + i);
            case 1 -> Value.of(seed + i);
            default -> Value.of(i + random.nextDouble() / 2);
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 3_000, 30_000})
    void of_different_values_is_off_by_its_standard_error_on_the_average(int distinct) {
        double squares = 0;
        int runs = 60;
        for (int run = 0; run < runs; run++) {
            var sketch = new DistinctSketch();
            for (int i = 0; i < distinct; i++) {
                sketch.add(Value.of((long) run * distinct + i));
            }
            double error = (double) sketch.estimate() / distinct - 1;
            squares += error * error;
        }
        assertThat(Math.sqrt(squares / runs)).isLessThan(1.3 * 1.04 / 64);
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void is_the_same_for_any_order_and_any_parts(long seed) {
        var random = new SplittableRandom(seed);
        List<Value> values = new ArrayList<>();
        for (int i = random.nextInt(1, 2_000); i > 0; i--) {
            values.add(Value.of(random.nextInt(3) == 0 ? i : random.nextGaussian()));
        }
        var distinct = new DistinctSketch();
        var quantiles = new QuantileSketch();
        values.forEach(distinct::add);
        values.forEach(quantiles::add);

        Collections.shuffle(values, new Random(seed));
        var mergedDistinct = new DistinctSketch();
        var mergedQuantiles = new QuantileSketch();
        for (int from = 0; from < values.size(); ) {
            int to = Math.min(values.size(), from + random.nextInt(1, 700));
            var partDistinct = new DistinctSketch();
            var partQuantiles = new QuantileSketch();
            values.subList(from, to).forEach(partDistinct::add);
            values.subList(from, to).forEach(partQuantiles::add);
            mergedDistinct.add(partDistinct);
            mergedQuantiles.add(partQuantiles);
            from = to;
        }
        assertThat(mergedDistinct.estimate()).isEqualTo(distinct.estimate());
        for (double share : new double[] {0, 0.01, 0.5, 0.95, 1}) {
            assertThat(mergedQuantiles.quantile(share, values.size()))
                    .isEqualTo(quantiles.quantile(share, values.size()));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(300)
    void of_quantiles_is_within_its_error_of_the_value_with_the_rank(long seed) {
        var random = new SplittableRandom(seed);
        double[] numbers = new double[random.nextInt(1, 3_000)];
        int kind = random.nextInt(4);
        var sketch = new QuantileSketch();
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] =
                    switch (kind) {
                        case 0 -> Math.exp(20 * random.nextGaussian());
                        case 1 -> random.nextGaussian();
                        case 2 -> random.nextInt(-3, 3);
                        default -> Math.rint(random.nextDouble(1e6)) / 100;
                    };
            sketch.add(Value.of(numbers[i]));
        }
        Arrays.sort(numbers);
        for (double share : new double[] {0, 0.001, 0.25, 0.5, 0.9, 0.99, 1}) {
            double exact = numbers[(int) (share * (numbers.length - 1))];
            assertThat(sketch.quantile(share, numbers.length))
                    .isCloseTo(exact, within(Math.abs(exact) * WIDTH));
        }
    }

    @Test
    void of_quantiles_knows_what_is_no_number() {
        var sketch = new QuantileSketch();
        for (double number :
                new double[] {
                    Double.NaN,
                    Double.POSITIVE_INFINITY,
                    -Double.MAX_VALUE,
                    Double.NEGATIVE_INFINITY,
                    -0.0,
                    Double.MIN_VALUE
                }) {
            sketch.add(Value.of(number));
        }
        assertThat(sketch.quantile(0, 6)).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(sketch.quantile(0.2, 6))
                .isCloseTo(-Double.MAX_VALUE, within(Double.MAX_VALUE * WIDTH));
        assertThat(sketch.quantile(0.4, 6)).isZero();
        assertThat(sketch.quantile(0.6, 6)).isZero();
        assertThat(sketch.quantile(0.8, 6)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(sketch.quantile(1, 6)).isNaN();
    }

    @Test
    void allocates_nothing_once_it_has_grown() {
        var part = new DistinctSketch();
        var other = new QuantileSketch();
        for (int i = 0; i < 1_000; i++) {
            part.add(Value.of(i));
            other.add(Value.of(i / 7.0));
        }
        var distinct = new DistinctSketch();
        var quantiles = new QuantileSketch();
        Runnable read =
                () -> {
                    distinct.reset();
                    quantiles.reset();
                    distinct.add(part);
                    distinct.add(part);
                    quantiles.add(other);
                    quantiles.add(other);
                    distinct.estimate();
                    quantiles.quantile(0.5, 2_000);
                };
        read.run();
        read.run();
        assertThat(Allocation.bytes(read)).isZero();
    }
}
