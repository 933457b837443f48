package dev.touchstone.features.internal.stream;

import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// Pieces of work that share nothing, done by as many threads.
record Parallel(int threads) {
    private static final int STRETCH = 1 << 16;

    /// Does pieces 0 to `count - 1`, on the common pool where more than one thread is allowed.
    void each(int count, IntConsumer piece) {
        IntStream pieces = IntStream.range(0, count);
        (threads > 1 && count > 1 ? pieces.parallel() : pieces).forEach(piece);
    }

    /// Does two pieces of work. To allocate large arrays is work, too: somebody fills them with
    /// zeros.
    void both(Runnable one, Runnable other) {
        each(2, piece -> (piece == 0 ? one : other).run());
    }

    /// Work on the things from `from` up to `to`.
    interface Stretch {
        void work(int from, int to);
    }

    /// Works on the things 0 to `size - 1` in stretches.
    void stretches(int size, Stretch stretch) {
        each(
                Math.ceilDiv(size, STRETCH),
                s -> stretch.work(s * STRETCH, Math.min(size, (s + 1) * STRETCH)));
    }
}
