package dev.touchstone.kernels;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Each operation in the fewest words. They are the specification of the fast ones.
final class PlainKernels extends Kernels {
    static final PlainKernels INSTANCE = new PlainKernels();

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private PlainKernels() {}

    @Override
    public String describe() {
        return "plain";
    }

    @Override
    public void multiply(Matrix matrix, Tokens tokens, int fromRow, int toRow, float[] scratch) {
        int columns = matrix.columns();
        for (int row = fromRow; row < toRow; row++) {
            unpack(matrix, row, scratch, 0);
            for (int t = 0; t < tokens.count(); t++) {
                tokens.output()[t * matrix.rows() + row] =
                        dot(scratch, 0, tokens.input(), t * columns, columns);
            }
        }
    }

    @Override
    public void unpack(Matrix matrix, int row, float[] output, int offset) {
        MemorySegment data = matrix.data();
        long base = matrix.rowOffset(row);
        int columns = matrix.columns();
        int blockBytes = matrix.format().blockBytes();
        for (int c = 0; c < columns; c++) {
            int block = c / matrix.format().blockWeights();
            int inBlock = c % matrix.format().blockWeights();
            long at = base + (long) block * blockBytes;
            output[offset + c] =
                    switch (matrix.format()) {
                        case F32 -> data.get(FLOAT, at);
                        case F16 -> Float.float16ToFloat(data.get(SHORT, at));
                        case BF16 -> Float.intBitsToFloat(data.get(SHORT, at) << 16);
                        case Q8_0 -> scale(data, at) * data.get(JAVA_BYTE, at + 2 + inBlock);
                        case Q4_0 -> scale(data, at) * (nibble(data, at + 2, inBlock) - 8);
                    };
        }
    }

    private static float scale(MemorySegment data, long block) {
        return Float.float16ToFloat(data.get(SHORT, block));
    }

    private static int nibble(MemorySegment data, long at, int index) {
        int pair = data.get(JAVA_BYTE, at + index % 16);
        return index < 16 ? pair & 15 : pair >> 4 & 15;
    }

    @Override
    public float dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
        float sum = 0;
        for (int i = 0; i < length; i++) {
            sum += a[aOffset + i] * b[bOffset + i];
        }
        return sum;
    }

    @Override
    public void addScaled(
            float scale, float[] a, int aOffset, float[] sum, int sumOffset, int length) {
        for (int i = 0; i < length; i++) {
            sum[sumOffset + i] += scale * a[aOffset + i];
        }
    }

    @Override
    public void gate(float[] a, float[] b, int from, int to) {
        for (int i = from; i < to; i++) {
            a[i] = (float) (a[i] / (1 + Math.exp(-a[i]))) * b[i];
        }
    }

    @Override
    public void softmax(float[] scores, int offset, int length) {
        float highest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < length; i++) {
            highest = Math.max(highest, scores[offset + i]);
        }
        float sum = 0;
        for (int i = 0; i < length; i++) {
            scores[offset + i] = (float) Math.exp(scores[offset + i] - highest);
            sum += scores[offset + i];
        }
        for (int i = 0; i < length; i++) {
            scores[offset + i] /= sum;
        }
    }
}
