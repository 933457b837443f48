package dev.touchstone.app.internal.edge;

/// The process's end.
public final class Shutdown {
    private Shutdown() {}

    /// Has `work` done when the process is asked to stop, by Ctrl-C for one; a kill asks nobody.
    public static void before(Runnable work) {
        Runtime.getRuntime().addShutdownHook(new Thread(work, "shutdown"));
    }
}
