package dev.touchstone.features.internal.stream;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ForkJoinTask;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// Pieces of work that share nothing, done by as many threads.
public record Parallel(int threads) {
    private static final int STRETCH = 1 << 16;

    /// Does pieces 0 to `count - 1`, on the common pool where more than one thread is allowed.
    public void each(int count, IntConsumer piece) {
        IntStream pieces = IntStream.range(0, count);
        (threads > 1 && count > 1 ? pieces.parallel() : pieces).forEach(piece);
    }

    /// A piece of work that may fail.
    public interface Work {
        void run() throws IOException;
    }

    /// Does one piece of work in this thread and, where more than one is allowed, another beside
    /// it. Both have ended when this returns or throws.
    public void both(Work here, Work beside) throws IOException {
        if (threads == 1) {
            beside.run();
            here.run();
            return;
        }
        ForkJoinTask<?> forked =
                ForkJoinTask.adapt(
                                () -> {
                                    beside.run();
                                    return null;
                                })
                        .fork();
        try {
            here.run();
        } finally {
            forked.quietlyJoin();
        }
        switch (forked.getException()) {
            case null -> {}
            // A task's exception comes wrapped when it was thrown in another thread.
            case Throwable failed when ioException(failed).isPresent() ->
                    throw ioException(failed).get();
            case RuntimeException failed -> throw failed;
            case Error failed -> throw failed;
            case Throwable failed -> throw new IllegalStateException(failed);
        }
    }

    private static Optional<IOException> ioException(Throwable failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException io) {
                return Optional.of(io);
            }
        }
        return Optional.empty();
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
