package dev.touchstone.kernels;

import static dev.touchstone.kernels.VectorKernels.FLOATS;
import static dev.touchstone.kernels.VectorKernels.LANES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/// Four rows of packed weights times one token: what decoding a single sequence consists of. The
/// weights pass through registers once and are never written back.
final class OneToken {
    private OneToken() {}

    static void multiply(Matrix matrix, int row, Tokens tokens, float[] lanes) {
        float[] input = tokens.input();
        float[] output = tokens.output();
        switch (matrix.format()) {
            case F32 -> f32(matrix, row, input, output, lanes);
            case BF16 -> bf16(matrix, row, input, output, lanes);
            case Q8_0 -> q8(matrix, row, input, output, lanes);
            case Q4_0 -> q4(matrix, row, input, output, lanes);
            case F16 -> throw new IllegalArgumentException("F16 rows are unpacked first");
        }
    }

    private static void f32(Matrix m, int row, float[] x, float[] output, float[] lanes) {
        MemorySegment w = m.data();
        long stride = m.rowBytes();
        long at = m.rowOffset(row);
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < m.columns(); i += LANES, at += 4L * LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, i);
            a = FloatVector.fromMemorySegment(FLOATS, w, at, LITTLE_ENDIAN).fma(v, a);
            b = FloatVector.fromMemorySegment(FLOATS, w, at + stride, LITTLE_ENDIAN).fma(v, b);
            c = FloatVector.fromMemorySegment(FLOATS, w, at + 2 * stride, LITTLE_ENDIAN).fma(v, c);
            d = FloatVector.fromMemorySegment(FLOATS, w, at + 3 * stride, LITTLE_ENDIAN).fma(v, d);
        }
        put(output, row, lanes, a, b, c, d);
    }

    private static void bf16(Matrix m, int row, float[] x, float[] output, float[] lanes) {
        MemorySegment w = m.data();
        long stride = m.rowBytes();
        long at = m.rowOffset(row);
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < m.columns(); i += LANES, at += 2L * LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, i);
            a = VectorKernels.bf16(w, at).fma(v, a);
            b = VectorKernels.bf16(w, at + stride).fma(v, b);
            c = VectorKernels.bf16(w, at + 2 * stride).fma(v, c);
            d = VectorKernels.bf16(w, at + 3 * stride).fma(v, d);
        }
        put(output, row, lanes, a, b, c, d);
    }

    private static void q8(Matrix m, int row, float[] x, float[] output, float[] lanes) {
        MemorySegment w = m.data();
        long stride = m.rowBytes();
        long at = m.rowOffset(row);
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < m.columns(); i += 32, at += 34) {
            float aScale = VectorKernels.scale(w, at);
            float bScale = VectorKernels.scale(w, at + stride);
            float cScale = VectorKernels.scale(w, at + 2 * stride);
            float dScale = VectorKernels.scale(w, at + 3 * stride);
            for (int j = 0; j < 32; j += LANES) {
                FloatVector v = FloatVector.fromArray(FLOATS, x, i + j);
                long bytes = at + 2 + j;
                a = VectorKernels.bytes(w, bytes).mul(aScale).fma(v, a);
                b = VectorKernels.bytes(w, bytes + stride).mul(bScale).fma(v, b);
                c = VectorKernels.bytes(w, bytes + 2 * stride).mul(cScale).fma(v, c);
                d = VectorKernels.bytes(w, bytes + 3 * stride).mul(dScale).fma(v, d);
            }
        }
        put(output, row, lanes, a, b, c, d);
    }

    private static void q4(Matrix m, int row, float[] x, float[] output, float[] lanes) {
        MemorySegment w = m.data();
        long stride = m.rowBytes();
        long at = m.rowOffset(row);
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < m.columns(); i += 32, at += 18) {
            a = q4Block(w, at, x, i, a);
            b = q4Block(w, at + stride, x, i, b);
            c = q4Block(w, at + 2 * stride, x, i, c);
            d = q4Block(w, at + 3 * stride, x, i, d);
        }
        put(output, row, lanes, a, b, c, d);
    }

    private static FloatVector q4Block(
            MemorySegment w, long at, float[] x, int i, FloatVector sums) {
        float scale = VectorKernels.scale(w, at);
        IntVector first = VectorKernels.pairs(w, at + 2);
        FloatVector s =
                VectorKernels.low(first, scale).fma(FloatVector.fromArray(FLOATS, x, i), sums);
        if (LANES == 16) {
            return VectorKernels.high(first, scale)
                    .fma(FloatVector.fromArray(FLOATS, x, i + 16), s);
        }
        IntVector second = VectorKernels.pairs(w, at + 2 + LANES);
        s = VectorKernels.low(second, scale).fma(FloatVector.fromArray(FLOATS, x, i + LANES), s);
        s = VectorKernels.high(first, scale).fma(FloatVector.fromArray(FLOATS, x, i + 16), s);
        return VectorKernels.high(second, scale)
                .fma(FloatVector.fromArray(FLOATS, x, i + 16 + LANES), s);
    }

    private static void put(float[] output, int row, float[] lanes, FloatVector... sums) {
        for (int r = 0; r < sums.length; r++) {
            output[row + r] = VectorKernels.sum(sums[r], lanes);
        }
    }
}
