package dev.touchstone.kernels;

import static dev.touchstone.kernels.VectorKernels.BYTES;
import static dev.touchstone.kernels.VectorKernels.FLOATS;
import static dev.touchstone.kernels.VectorKernels.INTS;
import static dev.touchstone.kernels.VectorKernels.LANES;
import static dev.touchstone.kernels.VectorKernels.SHORT;
import static dev.touchstone.kernels.VectorKernels.SHORTS;
import static dev.touchstone.kernels.VectorKernels.STEP;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/// Rows of packed weights times one token, and another: what decoding few sequences consists of.
/// The weights pass through registers once and are never written back; the sums are those that
/// unpacking first would give.
///
/// Memory is read in one stream, row after row: the processor foresees that, and several rows side
/// by side it does not.
final class OneToken {
    /// Columns of a token beyond which weights and token push each other out of the first cache.
    private static final int WIDE = 4096;

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
            if (slow()) {
                fetched = VectorKernels.fetch(matrix, from, to);
            }
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

    /// Whether the processor, left alone, fetches too little ahead: because there is little to do
    /// with each byte, or because it fetches the token as well.
    private boolean slow() {
        return matrix.format().blockWeights() == 1 || matrix.columns() > WIDE;
    }

    private void multiply(long at) {
        switch (matrix.format()) {
            case F32 -> f32(at);
            case BF16 -> bf16(at);
            case Q8_0 -> q8(at);
            case Q4_0 -> q4(at);
            case F16 -> throw new IllegalArgumentException("F16 rows are unpacked first");
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

    private void q8(long at) {
        int columns = matrix.columns();
        int first = token * columns;
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = FloatVector.zero(FLOATS);
        for (int block = 0; block < columns / 32; block++) {
            long p = at + 34L * block;
            float scale = Float.float16ToFloat(data.get(SHORT, p));
            for (int i = 0; i < 32; i += STEP) {
                int column = first + 32 * block + i;
                a =
                        ((FloatVector)
                                        ByteVector.fromMemorySegment(
                                                        BYTES, data, p + 2 + i, LITTLE_ENDIAN)
                                                .convertShape(VectorOperators.B2F, FLOATS, 0))
                                .mul(scale)
                                .fma(FloatVector.fromArray(FLOATS, x, column), a);
                b =
                        ((FloatVector)
                                        ByteVector.fromMemorySegment(
                                                        BYTES,
                                                        data,
                                                        p + 2 + i + LANES,
                                                        LITTLE_ENDIAN)
                                                .convertShape(VectorOperators.B2F, FLOATS, 0))
                                .mul(scale)
                                .fma(FloatVector.fromArray(FLOATS, x, column + LANES), b);
            }
        }
        a.intoArray(sums, 0);
        b.intoArray(sums, LANES);
    }

    /// With vectors of 16, the lower halves of a block's bytes are its even vector and the upper
    /// ones its odd one. With vectors of 8 each half is an even and an odd vector.
    private void q4(long at) {
        int columns = matrix.columns();
        int first = token * columns;
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = FloatVector.zero(FLOATS);
        for (int block = 0; block < columns / 32; block++) {
            long p = at + 18L * block;
            int column = first + 32 * block;
            float scale = Float.float16ToFloat(data.get(SHORT, p));
            FloatVector scales = FloatVector.broadcast(FLOATS, scale);
            FloatVector lowest = FloatVector.broadcast(FLOATS, -8 * scale);
            IntVector pairs =
                    (IntVector)
                            ByteVector.fromMemorySegment(BYTES, data, p + 2, LITTLE_ENDIAN)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            FloatVector low =
                    ((FloatVector)
                                    pairs.lanewise(VectorOperators.AND, 15)
                                            .convertShape(VectorOperators.I2F, FLOATS, 0))
                            .fma(scales, lowest);
            FloatVector high =
                    ((FloatVector)
                                    pairs.lanewise(VectorOperators.LSHR, 4)
                                            .convertShape(VectorOperators.I2F, FLOATS, 0))
                            .fma(scales, lowest);
            a = low.fma(FloatVector.fromArray(FLOATS, x, column), a);
            if (LANES == 16) {
                b = high.fma(FloatVector.fromArray(FLOATS, x, column + 16), b);
                continue;
            }
            IntVector others =
                    (IntVector)
                            ByteVector.fromMemorySegment(BYTES, data, p + 2 + LANES, LITTLE_ENDIAN)
                                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            b =
                    ((FloatVector)
                                    others.lanewise(VectorOperators.AND, 15)
                                            .convertShape(VectorOperators.I2F, FLOATS, 0))
                            .fma(scales, lowest)
                            .fma(FloatVector.fromArray(FLOATS, x, column + LANES), b);
            a = high.fma(FloatVector.fromArray(FLOATS, x, column + 16), a);
            b =
                    ((FloatVector)
                                    others.lanewise(VectorOperators.LSHR, 4)
                                            .convertShape(VectorOperators.I2F, FLOATS, 0))
                            .fma(scales, lowest)
                            .fma(FloatVector.fromArray(FLOATS, x, column + 16 + LANES), b);
        }
        a.intoArray(sums, 0);
        b.intoArray(sums, LANES);
    }
}
