package dev.touchstone.app.internal.runs;

/// A run that stays in memory until it is given back.
public final class Lease implements AutoCloseable {
    private final LiveRun run;
    private final Runnable giveBack;

    Lease(LiveRun run, Runnable giveBack) {
        this.run = run;
        this.giveBack = giveBack;
    }

    public LiveRun run() {
        return run;
    }

    /// Gives it back; call once.
    @Override
    public void close() {
        giveBack.run();
    }
}
