package dev.touchstone.kernels;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Copies weights from rows into stripes; [Matrix] says how those lie.
final class Striping {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final long LOWER_NIBBLES = 0x0F0F_0F0F_0F0F_0F0FL;

    private static final int CACHE_LINE = 64;

    private final Matrix from;
    private final Matrix to;

    private Striping(Matrix from, Matrix to) {
        this.from = from;
        this.to = to;
    }

    static Matrix stripes(Matrix matrix, int rows, Workers workers) {
        int stripes = Math.ceilDiv(matrix.rows(), rows);
        MemorySegment data =
                Arena.ofAuto().allocate(stripes * (rows * matrix.rowBytes()), CACHE_LINE);
        var to = new Matrix(matrix.format(), matrix.rows(), matrix.columns(), rows, data);
        var striping = new Striping(matrix, to);
        workers.run(stripes, (stripe, worker) -> striping.copy(stripe * rows));
        return to;
    }

    private void copy(int firstRow) {
        int end = Math.min(from.rows(), firstRow + to.stripe());
        for (int row = firstRow; row < end; row++) {
            for (int block = 0; block < from.columns() / from.format().blockWeights(); block++) {
                copy(row, from.blockOffset(row, block), to.blockOffset(row, block));
            }
        }
    }

    private void copy(int row, long block, long blocks) {
        MemorySegment data = from.data();
        MemorySegment stripes = to.data();
        stripes.set(SHORT, blocks + 2L * to.scalePlace(row), data.get(SHORT, block));
        long weights = blocks + 2L * to.stripe();
        int place = to.weightPlace(row);
        if (from.format() == Format.Q8_0) {
            for (int i = 0; i < 32; i++) {
                byte weight = data.get(JAVA_BYTE, block + 2 + i);
                stripes.set(JAVA_BYTE, weights + (long) i * to.stripe() + place, weight);
            }
            return;
        }
        long low = data.get(LONG, block + 2);
        long high = data.get(LONG, block + 10);
        word(weights, place, low);
        word(weights, place + to.stripe(), high);
        word(weights, place + 2 * to.stripe(), low >>> 4);
        word(weights, place + 3 * to.stripe(), high >>> 4);
    }

    /// The lower nibbles of eight bytes, the first to the highest place, each less 8.
    private void word(long words, int index, long bytes) {
        int packed = Integer.reverseBytes((int) Long.compress(bytes, LOWER_NIBBLES));
        int swapped = ((packed >>> 4) & 0x0F0F_0F0F) | ((packed & 0x0F0F_0F0F) << 4);
        to.data().set(INT, words + 4L * index, swapped ^ 0x8888_8888);
    }
}
