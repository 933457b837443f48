package dev.touchstone.app.internal.edge;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Lets Ctrl-C end a long command early instead of at once: the command asks whether it shall stop,
/// says what it has so far, and the process ends when it has closed this, or after a few seconds
/// anyway.
public final class Interruption implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = new Thread(this::awaitEnd, "interruption");
    private volatile boolean asked;

    /// Begins to listen.
    public Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// Whether somebody wants the command to end.
    public boolean asked() {
        return asked;
    }

    @Override
    public void close() {
        closed.countDown();
        if (!asked) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException _) {
                // The process is ending at this very moment; the hook has nothing to wait for.
            }
        }
    }

    private void awaitEnd() {
        asked = true;
        try {
            if (!closed.await(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                System.getLogger(Interruption.class.getName())
                        .log(System.Logger.Level.WARNING, "stopped in the middle of its work");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
