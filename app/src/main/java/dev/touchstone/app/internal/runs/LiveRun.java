package dev.touchstone.app.internal.runs;

import dev.touchstone.arena.Action;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.IncidentRun;
import dev.touchstone.arena.Observation;
import dev.touchstone.arena.Observation.Phase;
import dev.touchstone.arena.Outcome;
import dev.touchstone.arena.Report;
import dev.touchstone.arena.RunRecord;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A run in memory with its journal on disk, for many threads.
///
/// It can play: then every [#beat] lets virtual time pass. A run that a page was watching pauses by
/// itself when nobody has watched for a while, so that a closed tab does not cost an incident.
public final class LiveRun {
    /// Virtual seconds a wall second that a player can choose from.
    public static final List<Integer> SPEEDS = List.of(1, 5, 20, 60);

    /// Enough to reload a page, too little to lose an incident over a closed one.
    private static final Duration UNWATCHED_LIMIT = Duration.ofSeconds(10);

    /// How much wall time a crash may take back from a playing run.
    private static final Duration WRITE_EVERY = Duration.ofSeconds(1);

    private final RunId id;
    private final Instant created;
    private final IncidentRun run;
    private final Journal journal;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition published = lock.newCondition();

    // Written under the lock, read by anybody: the store asks while a run may be busy for seconds.
    private volatile boolean playing;
    private final AtomicInteger viewers = new AtomicInteger();
    private volatile boolean broken;

    private int speed = SPEEDS.getFirst();
    private boolean wasWatched;
    private Duration unwatched = Duration.ZERO;

    /// Virtual time that has passed since the journal's last line, and the wall time it took.
    private Duration unwritten = Duration.ZERO;

    private Duration sinceWrite = Duration.ZERO;

    private boolean dirty;
    private long publication;
    private boolean closed;
    private boolean graded;
    private @Nullable Report report;

    LiveRun(RunId id, Instant created, IncidentRun run, Journal journal, boolean graded) {
        this.id = id;
        this.created = created;
        this.run = run;
        this.journal = journal;
        this.graded = graded;
    }

    public RunId id() {
        return id;
    }

    public Instant created() {
        return created;
    }

    public Incident incident() {
        return run.incident();
    }

    public long seed() {
        return run.seed();
    }

    /// Does it and writes it down, or refuses it.
    public Outcome act(Action action) {
        return locked(() -> {
            flush();
            Outcome outcome = run.act(action);
            if (outcome instanceof Outcome.Done) {
                write(new JournalEntry.Acted(run.observe().now(), action));
                changed();
            }
            return outcome;
        });
    }

    public Observation observe() {
        return locked(run::observe);
    }

    /// All signals from `fromSeconds` after the page (negative: before it) up to now.
    public Frame frame(double fromSeconds) {
        return locked(() -> Frame.of(run.series(seconds(fromSeconds))));
    }

    /// Where the run stands, with the signals from `fromSeconds` on.
    public Update update(double fromSeconds) {
        return locked(() ->
                new Update(
                        run.observe(),
                        playing,
                        speed,
                        Frame.of(run.series(seconds(fromSeconds))),
                        publication));
    }

    /// Seed and actions so far.
    public RunRecord record() {
        return locked(run::record);
    }

    /// The grade; worked out once.
    ///
    /// @return empty while the run is open
    public Optional<Report> report() {
        return locked(() -> {
            if (report == null && run.observe().phase() != Phase.OPEN) {
                flush();
                report = run.report();
                if (!graded) {
                    write(new JournalEntry.Graded(report.score()));
                    graded = true;
                }
            }
            return Optional.ofNullable(report);
        });
    }

    /// Lets virtual time pass by itself, `newSpeed` times as fast as wall time.
    ///
    /// @return whether it plays now: a run that is over does not
    public boolean play(int newSpeed) {
        if (!SPEEDS.contains(newSpeed)) {
            throw new IllegalArgumentException(
                    "speed must be one of %s, got %d".formatted(SPEEDS, newSpeed));
        }
        return locked(() -> {
            speed = newSpeed;
            playing = run.observe().phase() == Phase.OPEN;
            unwatched = Duration.ZERO;
            changed();
            return playing;
        });
    }

    public void pause() {
        locked(() -> {
            stopPlaying();
            return true;
        });
    }

    public boolean playing() {
        return playing;
    }

    public int speed() {
        return locked(() -> speed);
    }

    public int viewers() {
        return viewers.get();
    }

    /// Somebody looks at it from now on; pair with [#unwatch].
    public void watch() {
        viewers.incrementAndGet();
        locked(() -> {
            wasWatched = true;
            unwatched = Duration.ZERO;
            return true;
        });
    }

    public void unwatch() {
        viewers.decrementAndGet();
    }

    /// Waits until there is more to see than `seen`, or the limit has passed.
    ///
    /// @return whether the run is still there to be watched
    public boolean await(long seen, Duration limit) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long leftNanos = limit.toNanos();
            while (publication == seen && !closed && !broken && leftNanos > 0) {
                leftNanos = published.awaitNanos(leftNanos);
            }
            return !closed && !broken;
        } finally {
            lock.unlock();
        }
    }

    /// Wall time has passed: moves the run on if it plays, and tells its viewers what has changed
    /// since the last beat. So no viewer is told more often than there are beats.
    ///
    /// A run that is busy, being graded for one, misses the beat: the others must not wait for it.
    void beat(Duration wall) {
        if (!lock.tryLock()) {
            return;
        }
        try {
            if (closed || broken) {
                return;
            }
            if (playing) {
                advance(wall);
            }
            if (dirty) {
                dirty = false;
                publication++;
                published.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Writes what is left to write and lets its viewers go.
    void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            if (!broken) {
                flush();
            }
            closed = true;
            published.signalAll();
            journal.close();
        } catch (IOException e) {
            throw new RunException(
                    RunException.Kind.DISK, "cannot close the journal of run " + id, e);
        } finally {
            lock.unlock();
        }
    }

    /// Memory and disk disagree: this one must be dropped and read anew.
    boolean broken() {
        return broken;
    }

    private void advance(Duration wall) {
        unwatched = viewers.get() > 0 ? Duration.ZERO : unwatched.plus(wall);
        if (wasWatched && unwatched.compareTo(UNWATCHED_LIMIT) > 0) {
            stopPlaying();
            return;
        }
        Observation before = run.observe();
        Duration step = wall.multipliedBy(speed);
        Duration passing = step.compareTo(before.left()) < 0 ? step : before.left();
        if (passing.isPositive() && run.act(new Action.Wait(passing)) instanceof Outcome.Done) {
            unwritten = unwritten.plus(passing);
            sinceWrite = sinceWrite.plus(wall);
            dirty = true;
        }
        if (run.observe().phase() != Phase.OPEN || !passing.isPositive()) {
            stopPlaying();
        } else if (sinceWrite.compareTo(WRITE_EVERY) >= 0) {
            flush();
        }
    }

    private void stopPlaying() {
        if (playing) {
            playing = false;
            flush();
            changed();
        }
    }

    private void changed() {
        dirty = true;
    }

    private void flush() {
        if (unwritten.isPositive()) {
            write(new JournalEntry.Acted(run.observe().now(), new Action.Wait(unwritten)));
            unwritten = Duration.ZERO;
        }
        sinceWrite = Duration.ZERO;
    }

    private void write(JournalEntry entry) {
        try {
            journal.append(entry);
        } catch (IOException e) {
            broken = true;
            published.signalAll();
            throw new RunException(
                    RunException.Kind.DISK,
                    "run %s could not be written to disk (%s); make room, then reload: the run goes on from its last written action"
                            .formatted(id, e.getMessage()),
                    e);
        }
    }

    private <T extends @Nullable Object> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos(Math.round(seconds * TimeUnit.SECONDS.toNanos(1)));
    }
}
