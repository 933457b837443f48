package dev.touchstone.llm.training;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Q8_0: blocks of 32 numbers along a row, each a byte, with one half-precision scale.
final class Q8 {
    private static final int BLOCK = 32;
    private static final int LARGEST = 127;

    private Q8() {}

    static byte[] encode(MatrixView matrix) {
        int blocks = matrix.rows * matrix.columns / BLOCK;
        ByteBuffer out =
                ByteBuffer.allocate(blocks * (Short.BYTES + BLOCK)).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < matrix.rows; row++) {
            for (int column = 0; column < matrix.columns; column += BLOCK) {
                int at = matrix.from + row * matrix.rowStride + column * matrix.columnStride;
                float scale = scale(matrix, at);
                out.putShort(Float.floatToFloat16(scale));
                for (int i = 0; i < BLOCK; i++) {
                    out.put((byte) nearest(matrix.data[at + i * matrix.columnStride], scale));
                }
            }
        }
        return out.array();
    }

    /// Rounds a matrix to what can be read back from its encoding.
    static void round(MatrixView matrix) {
        for (int row = 0; row < matrix.rows; row++) {
            for (int column = 0; column < matrix.columns; column += BLOCK) {
                int at = matrix.from + row * matrix.rowStride + column * matrix.columnStride;
                float scale = scale(matrix, at);
                float stored = Float.float16ToFloat(Float.floatToFloat16(scale));
                for (int i = 0; i < BLOCK; i++) {
                    int place = at + i * matrix.columnStride;
                    matrix.data[place] = stored * nearest(matrix.data[place], scale);
                }
            }
        }
    }

    private static float scale(MatrixView matrix, int at) {
        float largest = 0;
        for (int i = 0; i < BLOCK; i++) {
            largest = Math.max(largest, Math.abs(matrix.data[at + i * matrix.columnStride]));
        }
        return largest / LARGEST;
    }

    private static int nearest(float value, float scale) {
        return scale == 0 ? 0 : Math.round(value / scale);
    }
}
