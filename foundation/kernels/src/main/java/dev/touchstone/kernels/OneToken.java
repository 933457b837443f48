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

/// A row of packed weights times one token: what decoding a single sequence consists of. The
/// weights pass through registers once and are never written back. Leaves [VectorKernels#STEP]
/// sums, which are those that unpacking first would give.
final class OneToken {
    private OneToken() {}

    static void multiply(Matrix matrix, int row, float[] input, float[] sums) {
        MemorySegment data = matrix.data();
        long at = matrix.rowOffset(row);
        int columns = matrix.columns();
        switch (matrix.format()) {
            case F32 -> f32(data, at, columns, input, sums);
            case BF16 -> bf16(data, at, columns, input, sums);
            case Q8_0 -> q8(data, at, columns, input, sums);
            case Q4_0 -> q4(data, at, columns, input, sums);
            case F16 -> throw new IllegalArgumentException("F16 rows are unpacked first");
        }
    }

    private static void f32(MemorySegment data, long at, int columns, float[] x, float[] sums) {
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = FloatVector.zero(FLOATS);
        for (int i = 0; i < columns; i += STEP) {
            long from = at + 4L * i;
            a =
                    FloatVector.fromMemorySegment(FLOATS, data, from, LITTLE_ENDIAN)
                            .fma(FloatVector.fromArray(FLOATS, x, i), a);
            b =
                    FloatVector.fromMemorySegment(FLOATS, data, from + 4L * LANES, LITTLE_ENDIAN)
                            .fma(FloatVector.fromArray(FLOATS, x, i + LANES), b);
        }
        a.intoArray(sums, 0);
        b.intoArray(sums, LANES);
    }

    private static void bf16(MemorySegment data, long at, int columns, float[] x, float[] sums) {
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = FloatVector.zero(FLOATS);
        for (int i = 0; i < columns; i += STEP) {
            long from = at + 2L * i;
            IntVector even =
                    (IntVector)
                            ShortVector.fromMemorySegment(SHORTS, data, from, LITTLE_ENDIAN)
                                    .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
            a =
                    even.lanewise(VectorOperators.LSHL, 16)
                            .reinterpretAsFloats()
                            .fma(FloatVector.fromArray(FLOATS, x, i), a);
            IntVector odd =
                    (IntVector)
                            ShortVector.fromMemorySegment(
                                            SHORTS, data, from + 2L * LANES, LITTLE_ENDIAN)
                                    .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
            b =
                    odd.lanewise(VectorOperators.LSHL, 16)
                            .reinterpretAsFloats()
                            .fma(FloatVector.fromArray(FLOATS, x, i + LANES), b);
        }
        a.intoArray(sums, 0);
        b.intoArray(sums, LANES);
    }

    private static void q8(MemorySegment data, long at, int columns, float[] x, float[] sums) {
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = FloatVector.zero(FLOATS);
        for (int block = 0; block < columns / 32; block++) {
            long from = at + 34L * block;
            float scale = Float.float16ToFloat(data.get(SHORT, from));
            for (int i = 0; i < 32; i += STEP) {
                int column = 32 * block + i;
                long bytes = from + 2 + i;
                a =
                        ((FloatVector)
                                        ByteVector.fromMemorySegment(
                                                        BYTES, data, bytes, LITTLE_ENDIAN)
                                                .convertShape(VectorOperators.B2F, FLOATS, 0))
                                .mul(scale)
                                .fma(FloatVector.fromArray(FLOATS, x, column), a);
                b =
                        ((FloatVector)
                                        ByteVector.fromMemorySegment(
                                                        BYTES, data, bytes + LANES, LITTLE_ENDIAN)
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
    private static void q4(MemorySegment data, long at, int columns, float[] x, float[] sums) {
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = FloatVector.zero(FLOATS);
        for (int block = 0; block < columns / 32; block++) {
            long from = at + 18L * block;
            int column = 32 * block;
            float scale = Float.float16ToFloat(data.get(SHORT, from));
            FloatVector scales = FloatVector.broadcast(FLOATS, scale);
            FloatVector lowest = FloatVector.broadcast(FLOATS, -8 * scale);
            IntVector pairs =
                    (IntVector)
                            ByteVector.fromMemorySegment(BYTES, data, from + 2, LITTLE_ENDIAN)
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
                            ByteVector.fromMemorySegment(
                                            BYTES, data, from + 2 + LANES, LITTLE_ENDIAN)
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
