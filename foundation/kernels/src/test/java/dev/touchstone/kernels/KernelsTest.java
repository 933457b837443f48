package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.testkit.Seeds;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("The fastest kernels")
class KernelsTest {
    private final Kernels plain = Kernels.plain();
    private final Kernels fast = Kernels.best();

    @Test
    void are_those_of_the_vector_api_where_vectors_hold_eight_numbers() {
        assertThat(fast != plain).isEqualTo(VectorKernels.fits());
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(60)
    void multiply_as_the_plain_ones_do(long seed) {
        var random = new SplittableRandom(seed);
        Matrix matrix = matrix(random);
        int count = random.nextInt(1, 12);
        float[] input = numbers(random, count * matrix.columns());
        float[] expected = multiply(plain, matrix, input, count);
        float[] actual = multiply(fast, matrix, input, count);
        var row = new float[matrix.columns()];
        for (int r = 0; r < matrix.rows(); r++) {
            plain.unpack(matrix, r, row, 0);
            for (int t = 0; t < count; t++) {
                float size = 0;
                for (int c = 0; c < row.length; c++) {
                    size += Math.abs(row[c] * input[t * row.length + c]);
                }
                assertThat(actual[t * matrix.rows() + r])
                        .as("%s, row %d, token %d", matrix.format(), r, t)
                        .isCloseTo(expected[t * matrix.rows() + r], within(1e-5f * size + 1e-30f));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(60)
    void multiply_a_token_to_the_same_bits_in_any_company(long seed) {
        var random = new SplittableRandom(seed);
        Matrix matrix = fast.arrange(matrix(random), Workers.ALONE);
        int count = random.nextInt(1, 12);
        int columns = matrix.columns();
        float[] input = numbers(random, count * columns);
        float[] together = multiply(fast, matrix, input, count);
        for (int t = 0; t < count; t++) {
            float[] alone =
                    multiply(
                            fast,
                            matrix,
                            Arrays.copyOfRange(input, t * columns, (t + 1) * columns),
                            1);
            assertThat(alone)
                    .isEqualTo(
                            Arrays.copyOfRange(
                                    together, t * matrix.rows(), (t + 1) * matrix.rows()));
        }
        int cut = random.nextInt(matrix.rows() + 1);
        var inParts = new float[together.length];
        var tokens = new Tokens(input, count, inParts);
        fast.multiply(matrix, tokens, cut, matrix.rows(), scratch(matrix, count));
        fast.multiply(matrix, tokens, 0, cut, scratch(matrix, count));
        assertThat(inParts).isEqualTo(together);
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(60)
    void multiply_packed_weights_to_the_same_bits_as_the_plain_ones(long seed) {
        var random = new SplittableRandom(seed);
        Matrix matrix = matrix(random, random.nextBoolean() ? Format.Q8_0 : Format.Q4_0);
        Matrix arranged = fast.arrange(matrix, Workers.ALONE);
        int count = random.nextInt(1, 12);
        float[] input = numbers(random, count * matrix.columns());
        float[] expected = multiply(plain, matrix, input, count);
        assertThat(multiply(fast, arranged, input, count)).isEqualTo(expected);
        assertThat(multiply(plain, arranged, input, count)).isEqualTo(expected);
        assertThat(multiply(fast, matrix, input, count)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(20)
    void arrange_weights_without_changing_any(long seed) {
        var random = new SplittableRandom(seed);
        Matrix matrix = matrix(random);
        Matrix arranged = fast.arrange(matrix, Workers.ALONE);
        for (int row = 0; row < matrix.rows(); row++) {
            var before = new float[matrix.columns()];
            var after = new float[matrix.columns()];
            plain.unpack(matrix, row, before, 0);
            fast.unpack(arranged, row, after, 0);
            assertThat(after).isEqualTo(before);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(40)
    void unpack_to_the_same_numbers_as_the_plain_ones(long seed) {
        var random = new SplittableRandom(seed);
        Matrix matrix = matrix(random);
        int row = random.nextInt(matrix.rows());
        var expected = new float[matrix.columns() + 3];
        var actual = new float[matrix.columns() + 3];
        plain.unpack(matrix, row, expected, 3);
        fast.unpack(matrix, row, actual, 3);
        // Minus zero may be zero.
        assertThat(actual).containsExactly(expected, within(0f));
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(40)
    void agree_with_the_plain_ones_on_vectors(long seed) {
        var random = new SplittableRandom(seed);
        int length = random.nextInt(1, 200);
        int offset = random.nextInt(5);
        float[] a = numbers(random, offset + length);
        float[] b = numbers(random, offset + length);
        assertThat(fast.dot(a, offset, b, offset, length))
                .isCloseTo(plain.dot(a, offset, b, offset, length), within(1e-5f * length));
        float[] sum = b.clone();
        float[] plainSum = b.clone();
        fast.addScaled(0.7f, a, offset, sum, offset, length);
        plain.addScaled(0.7f, a, offset, plainSum, offset, length);
        assertThat(sum).containsExactly(plainSum, within(1e-5f));
        float[] gated = scaled(a, 30);
        float[] plainGated = scaled(a, 30);
        fast.gate(gated, b, offset, offset + length);
        plain.gate(plainGated, b, offset, offset + length);
        assertThat(gated).containsExactly(plainGated, within(2e-5f));
        float[] shares = scaled(a, 60);
        float[] plainShares = scaled(a, 60);
        fast.softmax(shares, offset, length);
        plain.softmax(plainShares, offset, length);
        assertThat(shares).containsExactly(plainShares, within(1e-5f));
    }

    @Test
    void divide_by_the_root_mean_square() {
        float[] output = new float[3];
        fast.normalise(new float[] {9, 3, 4}, output, 1, new float[] {1, 2}, 0);
        assertThat(output)
                .containsExactly(
                        new float[] {0, 3 / (float) Math.sqrt(12.5), 8 / (float) Math.sqrt(12.5)},
                        within(1e-6f));
    }

    @Test
    void refuse_a_matrix_whose_bytes_are_not_its_own() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new Matrix(Format.Q8_0, 2, 64, MemorySegment.ofArray(new byte[100])))
                .withMessage("a Q8_0 matrix of 2 × 64 has 136 bytes, got 100");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new Matrix(Format.Q4_0, 1, 48, MemorySegment.ofArray(new byte[27])))
                .withMessageContaining("a multiple of 32; got 1 × 48");
    }

    private static float[] multiply(Kernels kernels, Matrix matrix, float[] input, int count) {
        var output = new float[count * matrix.rows()];
        kernels.multiply(
                matrix, new Tokens(input, count, output), 0, matrix.rows(), scratch(matrix, count));
        return output;
    }

    private static float[] scratch(Matrix matrix, int count) {
        return new float[Kernels.scratch(matrix.columns(), count)];
    }

    private static Matrix matrix(SplittableRandom random) {
        Format[] formats = Format.values();
        return matrix(random, formats[random.nextInt(formats.length)]);
    }

    private static Matrix matrix(SplittableRandom random, Format format) {
        int rows = random.nextInt(1, 140);
        int columns = random.nextInt(1, 90) * Math.max(8, format.blockWeights());
        var data = MemorySegment.ofArray(new byte[(int) (rows * format.bytes(columns))]);
        for (long at = 0; at < data.byteSize(); at += format.blockBytes()) {
            switch (format) {
                case F32 -> data.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, number(random));
                case BF16 ->
                        data.set(
                                ValueLayout.JAVA_SHORT_UNALIGNED,
                                at,
                                (short) (Float.floatToRawIntBits(number(random)) >> 16));
                case F16, Q8_0, Q4_0 -> {
                    for (long i = 2; i < format.blockBytes(); i++) {
                        data.set(ValueLayout.JAVA_BYTE, at + i, (byte) random.nextInt());
                    }
                    data.set(
                            ValueLayout.JAVA_SHORT_UNALIGNED,
                            at,
                            Float.floatToFloat16(number(random)));
                }
            }
        }
        return new Matrix(format, rows, columns, data);
    }

    private static float number(SplittableRandom random) {
        return (float) random.nextDouble(-1, 1);
    }

    private static float[] numbers(SplittableRandom random, int count) {
        var numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = number(random);
        }
        return numbers;
    }

    private static float[] scaled(float[] numbers, float factor) {
        var scaled = numbers.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        return scaled;
    }
}
