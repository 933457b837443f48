package dev.touchstone.kernels.threads;

import dev.touchstone.kernels.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A fixed number of threads that wait for work side by side with their caller.
///
/// A transformer hands out work a hundred times for each token, so a waiting thread looks for it
/// for some microseconds before it sleeps. Parts are taken one by one: a thread whose core is busy
/// with something else holds up the others by one part at most.
public final class WorkerThreads implements Workers, AutoCloseable {
    private static final int LOOKS_BEFORE_SLEEP = 20_000;

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger nextPart = new AtomicInteger();
    private final AtomicInteger atWork = new AtomicInteger();
    private final AtomicInteger round = new AtomicInteger();
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;

    // Written before `round` and read after it.
    private int parts;
    private Part work = (part, worker) -> {};

    private WorkerThreads(int count) {
        for (int i = 1; i < count; i++) {
            int worker = i;
            threads.add(
                    Thread.ofPlatform()
                            .daemon()
                            .name("touchstone-worker-" + worker)
                            .unstarted(() -> serve(worker)));
        }
    }

    /// Starts so many workers less one: the caller is the first.
    public static WorkerThreads start(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("workers must be at least 1, got " + count);
        }
        var workers = new WorkerThreads(count);
        workers.threads.forEach(Thread::start);
        return workers;
    }

    @Override
    public int count() {
        return threads.size() + 1;
    }

    @Override
    public void run(int parts, Part work) {
        if (threads.isEmpty() || parts == 1) {
            Workers.ALONE.run(parts, work);
            return;
        }
        this.parts = parts;
        this.work = work;
        failure = null;
        nextPart.set(0);
        atWork.set(threads.size());
        round.incrementAndGet();
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
        takeParts(0);
        while (atWork.get() > 0) {
            Thread.onSpinWait();
        }
        Throwable cause = failure;
        if (cause != null) {
            throw new IllegalStateException("a worker failed: " + cause, cause);
        }
    }

    /// Lets the threads end.
    @Override
    public void close() {
        closed = true;
        threads.forEach(LockSupport::unpark);
    }

    private void serve(int worker) {
        int done = 0;
        while (awaitRound(done)) {
            done = round.get();
            takeParts(worker);
            atWork.decrementAndGet();
        }
    }

    private boolean awaitRound(int done) {
        int looks = 0;
        while (round.get() == done) {
            if (closed) {
                return false;
            }
            if (++looks < LOOKS_BEFORE_SLEEP) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
            }
        }
        return true;
    }

    private void takeParts(int worker) {
        try {
            for (int part = nextPart.getAndIncrement();
                    part < parts;
                    part = nextPart.getAndIncrement()) {
                work.run(part, worker);
            }
        } catch (Throwable problem) {
            failure = problem;
            nextPart.set(parts);
        }
    }
}
