package dev.touchstone.app.internal.edge;

import java.util.concurrent.TimeUnit;

/// A thread of its own for work that goes on until it is told to end.
public final class Worker {
    private static final long GRACE_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private final Thread thread;

    private Worker(Thread thread) {
        this.thread = thread;
    }

    /// Starts the work. The process does not wait for it.
    public static Worker start(String name, Runnable work) {
        return new Worker(Thread.ofPlatform().daemon().name(name).start(work));
    }

    /// Has something done that mostly waits, on a virtual thread.
    public static void aside(Runnable work) {
        Thread.startVirtualThread(work);
    }

    /// Waits a few seconds for the work to end; whoever calls has told it to.
    public void await() {
        try {
            thread.join(GRACE_MILLIS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
