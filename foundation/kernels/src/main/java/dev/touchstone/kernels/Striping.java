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
        int size = from.format().blockBytes();
        for (int row = firstRow; row < end; row++) {
            int scale = to.scalePlace(row);
            int weight = to.weightPlace(row);
            long block = from.rowOffset(row);
            long blocks = to.rowOffset(firstRow);
            for (int c = 0; c < from.columns(); c += from.format().blockWeights()) {
                short bits = from.data().get(SHORT, block);
                to.data().set(SHORT, blocks + 2L * scale, bits);
                if (from.format() == Format.Q8_0) {
                    bytes(block + 2, blocks + 2L * to.stripe() + weight);
                } else {
                    nibbles(block + 2, blocks + 2L * to.stripe() + 4L * weight);
                }
                block += size;
                blocks += (long) to.stripe() * size;
            }
        }
    }

    private void bytes(long block, long place) {
        for (int column = 0; column < 32; column += 8) {
            long eight = from.data().get(LONG, block + column);
            for (int i = 0; i < 8; i++) {
                byte weight = (byte) (eight >>> (8 * i));
                to.data().set(JAVA_BYTE, place + (long) (column + i) * to.stripe(), weight);
            }
        }
    }

    private void nibbles(long block, long place) {
        long low = from.data().get(LONG, block);
        long high = from.data().get(LONG, block + 8);
        long next = 4L * to.stripe();
        word(place, low);
        word(place + next, high);
        word(place + 2 * next, low >>> 4);
        word(place + 3 * next, high >>> 4);
    }

    /// The lower nibbles of eight bytes, the first to the highest place, each less 8.
    private void word(long place, long bytes) {
        int packed = Integer.reverseBytes((int) Long.compress(bytes, LOWER_NIBBLES));
        int swapped = ((packed >>> 4) & 0x0F0F_0F0F) | ((packed & 0x0F0F_0F0F) << 4);
        to.data().set(INT, place, swapped ^ 0x8888_8888);
    }
}
