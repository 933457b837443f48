package dev.touchstone.features.internal.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.Aggregate.Function;
import dev.touchstone.features.Value;
import dev.touchstone.testkit.Allocation;
import dev.touchstone.testkit.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("An exact sum")
class ExactSumTest {
    private static final double[] AWKWARD = {
        0.0,
        -0.0,
        Double.MIN_VALUE,
        -Double.MIN_VALUE,
        Double.MIN_NORMAL,
        1.0,
        -1.0,
        0.1,
        3.0,
        1e16,
        0x1p53,
        0x1.0p-53,
        0x1.8p-53,
        1e300,
        -1e300,
        1e-300,
        Double.MAX_VALUE,
        -Double.MAX_VALUE,
    };

    private final Rounding rounding = new Rounding();

    @ParameterizedTest(name = "seed {0}")
    @Seeds(2_000)
    void of_doubles_is_that_of_decimals_in_any_order_and_cut_anywhere(long seed) {
        var random = new SplittableRandom(seed);
        List<Double> numbers = new ArrayList<>();
        int count = random.nextInt(2, 40);
        int kind = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            numbers.add(number(random, kind));
        }
        check(numbers.stream().map(number -> Value.of((double) number)).toList(), seed);
    }

    private static double number(SplittableRandom random, int kind) {
        return switch (kind) {
            case 0 -> Math.rint(random.nextDouble(1e7)) / 100;
            case 1 -> AWKWARD[random.nextInt(AWKWARD.length)];
            case 2 -> finite(Double.longBitsToDouble(random.nextLong()));
            default ->
                    random.nextBoolean()
                            ? random.nextGaussian()
                            : AWKWARD[random.nextInt(AWKWARD.length)];
        };
    }

    private static double finite(double number) {
        return Double.isFinite(number) ? number : 1;
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(500)
    void of_whole_numbers_is_that_of_decimals(long seed) {
        var random = new SplittableRandom(seed);
        List<Value> numbers = new ArrayList<>();
        int count = random.nextInt(2, 40);
        boolean large = random.nextBoolean();
        for (int i = 0; i < count; i++) {
            numbers.add(Value.of(large ? random.nextLong() : random.nextLong(-1000, 1000)));
        }
        numbers.add(Value.of(random.nextBoolean() ? Long.MIN_VALUE : 0));
        check(numbers, seed);
    }

    private void check(List<Value> values, long seed) {
        List<Value> shuffled = new ArrayList<>(values);
        Collections.shuffle(shuffled, new Random(seed));
        var sum = new ExactSum();
        var squares = new ExactSum();
        int cut = (int) (seed % shuffled.size());
        for (List<Value> part :
                List.of(shuffled.subList(0, cut), shuffled.subList(cut, shuffled.size()))) {
            var partSum = new ExactSum();
            var partSquares = new ExactSum();
            for (Value value : part) {
                if (value instanceof Value.Whole(long whole)) {
                    partSum.add(whole);
                    partSquares.addSquare(whole);
                } else if (value instanceof Value.Real(double real)) {
                    partSum.add(real);
                    partSquares.addSquare(real);
                }
            }
            merge(sum, partSum, part.size());
            merge(squares, partSquares, part.size());
        }
        Value expected = Aggregates.of(Function.SUM, values);
        if (values.getFirst() instanceof Value.Whole) {
            assertThat(rounding.fitsLong(sum)).isEqualTo(!expected.equals(Value.MISSING));
            if (rounding.fitsLong(sum)) {
                assertThat(Value.of(rounding.whole())).isEqualTo(expected);
            }
        } else {
            assertThat(Value.of(rounding.sum(sum))).isEqualTo(expected);
        }
        assertThat(Value.of(rounding.mean(sum, values.size())))
                .isEqualTo(Aggregates.of(Function.MEAN, values));
        assertThat(Value.of(rounding.variance(sum, squares, values.size())))
                .isEqualTo(Aggregates.of(Function.VARIANCE, values));
    }

    /// Adds a sum as tiles hold it: in an array, after a carry when it has many additions.
    private static void merge(ExactSum into, ExactSum part, long additions) {
        long[] chunks = new long[part.size()];
        for (int i = 0; i < chunks.length; i++) {
            chunks[i] = part.chunk(i);
        }
        if (additions > ExactSum.ADDITIONS_A_CARRY) {
            ExactSum.carry(chunks, 0, chunks.length);
        }
        into.add(chunks, 0, chunks.length, 1, part.low(), chunks.length, additions);
    }

    @Test
    void keeps_its_room_for_carries() {
        var sum = new ExactSum();
        sum.add(1e9);
        for (int doubling = 0; doubling < 40; doubling++) {
            var same = new ExactSum();
            merge(same, sum, 1L << doubling);
            merge(sum, same, 1L << doubling);
        }
        assertThat(rounding.sum(sum)).isEqualTo(1e9 * 0x1p40);
    }

    @Test
    void allocates_nothing_once_it_has_grown() {
        var sum = new ExactSum();
        var squares = new ExactSum();
        Runnable work =
                () -> {
                    sum.reset();
                    squares.reset();
                    for (int i = 1; i < 100; i++) {
                        sum.add(i / 7.0);
                        squares.addSquare(i / 7.0);
                    }
                    rounding.mean(sum, 99);
                    rounding.variance(sum, squares, 99);
                };
        work.run();
        work.run();
        assertThat(Allocation.bytes(work)).isZero();
    }
}
