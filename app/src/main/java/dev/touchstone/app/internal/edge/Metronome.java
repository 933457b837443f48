package dev.touchstone.app.internal.edge;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Turns wall time into calls: a few times a second it says how much has passed since the last one.
/// All that moves by itself moves in such calls.
public final class Metronome implements AutoCloseable {
    /// Time between beats; what they drive need not look more often.
    public static final Duration BEAT = Duration.ofMillis(250);

    private static final Logger LOG = System.getLogger(Metronome.class.getName());

    /// The most that one beat reports. A laptop that slept does not fast-forward an incident, and a
    /// simulation that cannot keep up falls behind instead of being handed ever more to do.
    private final Duration most;

    private final ScheduledExecutorService thread;
    private final ScheduledFuture<?> beats;
    private long lastNanos = System.nanoTime();

    /// Starts beating at the usual pace. `onBeat` is told the wall time since the beat before.
    public Metronome(Consumer<Duration> onBeat) {
        this("metronome", BEAT, onBeat);
    }

    /// Starts beating at a pace of its own, on a thread of this name.
    public Metronome(String name, Duration every, Consumer<Duration> onBeat) {
        most = every.multipliedBy(2);
        thread =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name(name).factory());
        beats =
                thread.scheduleWithFixedDelay(
                        () -> beat(onBeat),
                        every.toMillis(),
                        every.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void beat(Consumer<Duration> onBeat) {
        long nowNanos = System.nanoTime();
        Duration passed = Duration.ofNanos(nowNanos - lastNanos);
        lastNanos = nowNanos;
        try {
            onBeat.accept(passed.compareTo(most) > 0 ? most : passed);
        } catch (RuntimeException e) {
            // A scheduled task that throws is never called again; the other runs must go on.
            LOG.log(Level.ERROR, "a beat failed; the next one tries again", e);
        }
    }

    /// Stops beating and waits for a beat under way.
    @Override
    public void close() {
        beats.cancel(false);
        thread.close();
    }
}
