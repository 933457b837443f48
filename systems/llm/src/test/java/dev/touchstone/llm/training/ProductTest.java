package dev.touchstone.llm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.Seeds;
import java.util.random.RandomGenerator;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("Kernels of the training")
class ProductTest {
    @ParameterizedTest
    @Seeds(40)
    void multiply_to_the_bits_of_one_product_after_the_other(long seed) {
        RandomGenerator random = new RandomStreams(seed).stream("product");
        int rows = random.nextInt(1, 20);
        int depth = random.nextInt(1, 600);
        int columns = 32 * random.nextInt(1, 4);
        MatrixView left =
                random.nextBoolean()
                        ? filled(random, rows, depth)
                        : filled(random, depth, rows).transposed();
        MatrixView right = filled(random, depth, columns);
        MatrixView fast = filled(random, rows, columns);
        MatrixView plain = MatrixView.of(fast.data.clone(), rows, columns);
        Product.add(fast, left, right);
        Product.addPlain(plain, left, right);
        assertThat(fast.data).containsExactly(plain.data);
    }

    private static MatrixView filled(RandomGenerator random, int rows, int columns) {
        var data = new float[rows * columns];
        for (int i = 0; i < data.length; i++) {
            data[i] = 2 * random.nextFloat() - 1;
        }
        return MatrixView.of(data, rows, columns);
    }

    @Test
    void refuse_shapes_that_do_not_fit() {
        MatrixView to = MatrixView.of(new float[64], 2, 32);
        MatrixView left = MatrixView.of(new float[6], 2, 3);
        MatrixView right = MatrixView.of(new float[128], 4, 32);
        assertThatThrownBy(() -> Product.add(to, left, right))
                .hasMessage("2 x 32 += 2 x 3 times 4 x 32 does not fit");
    }

    @ParameterizedTest
    @Seeds(10)
    void exponentiate_to_seven_digits(long seed) {
        RandomGenerator random = new RandomStreams(seed).stream("exp");
        var row = new float[64];
        for (int i = 0; i < row.length; i++) {
            row[i] = 40 * random.nextFloat() - 20;
        }
        row[0] = 20;
        float[] before = row.clone();
        float sum = Lanes.exponentials(row, 0, row.length, 0.5f);
        double expected = 0;
        for (int i = 0; i < row.length; i++) {
            double exact = Math.exp(0.5 * before[i] - 10);
            assertThat((double) row[i]).isCloseTo(exact, Percentage.withPercentage(2e-4));
            expected += exact;
        }
        assertThat((double) sum).isCloseTo(expected, Percentage.withPercentage(2e-4));
    }
}
