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
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private PlainKernels() {}

    @Override
    public String describe() {
        return "plain";
    }

    @Override
    public Matrix arrange(Matrix matrix, Workers workers) {
        return matrix;
    }

    @Override
    public void multiply(Matrix matrix, Tokens tokens, int fromRow, int toRow, float[] scratch) {
        int columns = matrix.columns();
        boolean blocks = matrix.format().blockWeights() > 1;
        for (int row = fromRow; row < toRow; row++) {
            for (int c = 0; c < columns; c++) {
                scratch[c] = whole(matrix, row, c);
            }
            for (int t = 0; t < tokens.count(); t++) {
                tokens.output()[t * matrix.rows() + row] =
                        blocks
                                ? dotBlocks(matrix, row, scratch, tokens.input(), t * columns)
                                : dot(scratch, 0, tokens.input(), t * columns, columns);
            }
        }
    }

    /// The products of a block are added up, then scaled, then added to those of the blocks before;
    /// each step is rounded once.
    private static float dotBlocks(Matrix matrix, int row, float[] weights, float[] x, int at) {
        int size = matrix.format().blockWeights();
        float sum = 0;
        for (int block = 0; block < matrix.columns() / size; block++) {
            float part = 0;
            for (int c = block * size; c < (block + 1) * size; c++) {
                part = Math.fma(weights[c], x[at + c], part);
            }
            sum = Math.fma(scale(matrix, row, block), part, sum);
        }
        return sum;
    }

    @Override
    public void unpack(Matrix matrix, int row, float[] output, int offset) {
        int size = matrix.format().blockWeights();
        for (int c = 0; c < matrix.columns(); c++) {
            float weight = whole(matrix, row, c);
            output[offset + c] = size == 1 ? weight : scale(matrix, row, c / size) * weight;
        }
    }

    /// A weight but for its block's scale.
    private static float whole(Matrix matrix, int row, int column) {
        MemorySegment data = matrix.data();
        int size = matrix.format().blockWeights();
        int stripe = matrix.stripe();
        int place = matrix.weightPlace(row);
        int inBlock = column % size;
        long block = matrix.blockOffset(row, column / size);
        long weights = block + 2L * stripe;
        return switch (matrix.format()) {
            case F32 -> data.get(FLOAT, block);
            case F16 -> Float.float16ToFloat(data.get(SHORT, block));
            case BF16 -> Float.intBitsToFloat(data.get(SHORT, block) << 16);
            case Q8_0 -> data.get(JAVA_BYTE, weights + (long) inBlock * stripe + place);
            case Q4_0 ->
                    stripe == 1
                            ? nibble(data, weights, inBlock) - 8
                            : word(data, weights, inBlock / 8 * stripe + place)
                                    << (4 * (inBlock % 8))
                                    >> 28;
        };
    }

    private static float scale(Matrix matrix, int row, int block) {
        long at = matrix.blockOffset(row, block) + 2L * matrix.scalePlace(row);
        return Float.float16ToFloat(matrix.data().get(SHORT, at));
    }

    private static int nibble(MemorySegment data, long at, int index) {
        int pair = data.get(JAVA_BYTE, at + index % 16);
        return index < 16 ? pair & 15 : pair >> 4 & 15;
    }

    private static int word(MemorySegment data, long at, int index) {
        return data.get(INT, at + 4L * index);
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
