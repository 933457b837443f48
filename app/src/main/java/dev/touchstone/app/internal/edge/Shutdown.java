package dev.touchstone.app.internal.edge;

import java.util.concurrent.CountDownLatch;

/// The process's end.
public final class Shutdown {
    private Shutdown() {}

    /// Has `work` done when the process is asked to stop, by Ctrl-C for one; a kill asks nobody.
    public static void before(Runnable work) {
        Runtime.getRuntime().addShutdownHook(new Thread(work, "shutdown"));
    }

    /// Waits until the process is asked to stop.
    public static void await() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
