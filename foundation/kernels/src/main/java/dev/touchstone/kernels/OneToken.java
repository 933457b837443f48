package dev.touchstone.kernels;

import static dev.touchstone.kernels.VectorKernels.FLOATS;
import static dev.touchstone.kernels.VectorKernels.INTS;
import static dev.touchstone.kernels.VectorKernels.LANES;
import static dev.touchstone.kernels.VectorKernels.SHORTS;
import static dev.touchstone.kernels.VectorKernels.STEP;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/// Rows of weights times one token, and another: what decoding few sequences consists of. The
/// weights pass through registers once and are never written back; the sums are those that
/// unpacking first would give.
///
/// Memory is read in one stream, row after row: the processor foresees that, and several rows side
/// by side it does not.
final class OneToken {
    private final Matrix matrix;
    private final MemorySegment data;
    private final Tokens tokens;
    private final float[] x;
    private final float[] sums;

    @SuppressWarnings("UnusedVariable") // kept lest the compiler leave the reading out
    private long fetched;

    /// The one that rows are multiplied with.
    private int token;

    /// @param sums room for [VectorKernels#STEP]
    OneToken(Matrix matrix, Tokens tokens, float[] sums) {
        this.matrix = matrix;
        this.data = matrix.data();
        this.tokens = tokens;
        this.x = tokens.input();
        this.sums = sums;
    }

    /// Multiplies some rows with each token. Further tokens find the weights in the second cache.
    void multiply(int fromRow, int toRow) {
        int ahead = VectorKernels.rowsToFetch(matrix);
        for (int from = fromRow; from < toRow; from += ahead) {
            int to = Math.min(toRow, from + ahead);
            fetched = VectorKernels.fetch(matrix, from, to);
            for (token = 0; token < tokens.count(); token++) {
                multiplyToken(from, to);
            }
        }
    }

    private void multiplyToken(int fromRow, int toRow) {
        int output = token * matrix.rows();
        for (int row = fromRow; row < toRow; row++) {
            multiply(matrix.rowOffset(row));
            tokens.output()[output + row] = VectorKernels.total(sums, 0);
        }
    }

    private void multiply(long at) {
        switch (matrix.format()) {
            case F32 -> f32(at);
            case BF16 -> bf16(at);
            case F16, Q8_0, Q4_0 ->
                    throw new IllegalArgumentException(
                            matrix.format() + " rows are not multiplied as they lie");
        }
    }

    private void f32(long at) {
        int columns = matrix.columns();
        int first = token * columns;
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = FloatVector.zero(FLOATS);
        for (int i = 0; i < columns; i += STEP) {
            long p = at + 4L * i;
            a =
                    FloatVector.fromMemorySegment(FLOATS, data, p, LITTLE_ENDIAN)
                            .fma(FloatVector.fromArray(FLOATS, x, first + i), a);
            b =
                    FloatVector.fromMemorySegment(FLOATS, data, p + 4L * LANES, LITTLE_ENDIAN)
                            .fma(FloatVector.fromArray(FLOATS, x, first + i + LANES), b);
        }
        a.intoArray(sums, 0);
        b.intoArray(sums, LANES);
    }

    private void bf16(long at) {
        int columns = matrix.columns();
        int first = token * columns;
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = FloatVector.zero(FLOATS);
        for (int i = 0; i < columns; i += STEP) {
            long p = at + 2L * i;
            IntVector even =
                    (IntVector)
                            ShortVector.fromMemorySegment(SHORTS, data, p, LITTLE_ENDIAN)
                                    .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
            a =
                    even.lanewise(VectorOperators.LSHL, 16)
                            .reinterpretAsFloats()
                            .fma(FloatVector.fromArray(FLOATS, x, first + i), a);
            IntVector odd =
                    (IntVector)
                            ShortVector.fromMemorySegment(
                                            SHORTS, data, p + 2L * LANES, LITTLE_ENDIAN)
                                    .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
            b =
                    odd.lanewise(VectorOperators.LSHL, 16)
                            .reinterpretAsFloats()
                            .fma(FloatVector.fromArray(FLOATS, x, first + i + LANES), b);
        }
        a.intoArray(sums, 0);
        b.intoArray(sums, LANES);
    }
}
