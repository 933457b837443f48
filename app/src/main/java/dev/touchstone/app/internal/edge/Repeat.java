package dev.touchstone.app.internal.edge;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Does the same thing again and again, on a thread of its own.
public final class Repeat implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Repeat.class.getName());

    private final ScheduledExecutorService thread;

    private Repeat(ScheduledExecutorService thread) {
        this.thread = thread;
    }

    /// Begins at once; `pause` passes between the end of one time and the beginning of the next.
    public static Repeat every(Duration pause, String name, Runnable work) {
        ScheduledExecutorService thread =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name(name).factory());
        var _ =
                thread.scheduleWithFixedDelay(
                        () -> once(name, work), 0, pause.toNanos(), TimeUnit.NANOSECONDS);
        return new Repeat(thread);
    }

    private static void once(String name, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            // A scheduled task that throws is never called again.
            LOG.log(Level.ERROR, name + " failed; the next time tries again", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
