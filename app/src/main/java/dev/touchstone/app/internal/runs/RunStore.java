package dev.touchstone.app.internal.runs;

import dev.touchstone.arena.Action;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.IncidentRun;
import dev.touchstone.arena.Observation.Phase;
import dev.touchstone.arena.Outcome;
import dev.touchstone.arena.RunRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// All runs of a data directory. A run is read from its journal when somebody asks for it and stays
/// in memory while it is played or among the few last used.
public final class RunStore implements AutoCloseable {
    /// A run in memory is a whole simulated deployment with its telemetry.
    private static final int MAX_LIVE = 8;

    private static final Logger LOG = System.getLogger(RunStore.class.getName());
    private static final String SUFFIX = ".jsonl";

    private final Path directory;
    private final Incidents incidents;
    private final FileChannel lockFile;

    /// In the order of their last use. Guarded by itself, as are the slots' holders.
    private final Map<RunId, Slot> slots = new LinkedHashMap<>(16, 0.75f, true);

    private RunStore(Path directory, Incidents incidents, FileChannel lockFile) {
        this.directory = directory;
        this.incidents = incidents;
        this.lockFile = lockFile;
    }

    /// Opens the runs under `data`, creating the directory if need be.
    ///
    /// @throws IOException also when another process has them open
    public static RunStore open(Path data, Incidents incidents) throws IOException {
        Path directory;
        FileChannel lockFile;
        try {
            directory = Files.createDirectories(data.resolve("runs"));
            lockFile =
                    FileChannel.open(
                            data.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
        } catch (FileSystemException e) {
            throw new IOException(
                    "cannot keep runs in %s (%s); choose another directory with --data"
                            .formatted(data, e.getClass().getSimpleName() + ": " + e.getMessage()),
                    e);
        }
        try {
            if (lockFile.tryLock() == null) {
                throw new OverlappingFileLockException();
            }
        } catch (OverlappingFileLockException e) {
            lockFile.close();
            throw new IOException(
                    "another Touchstone is using %s; stop it, or give this one its own directory with --data"
                            .formatted(data),
                    e);
        }
        return new RunStore(directory, incidents, lockFile);
    }

    public Incidents incidents() {
        return incidents;
    }

    /// Starts a run, paused at the page.
    ///
    /// @param chance hexadecimal digits that make its id
    public Lease start(Incident incident, long seed, String chance, Instant now) {
        RunId id = RunId.of(incident.id(), chance);
        var first = new JournalEntry.Started(incident.id(), seed, now);
        try {
            Journal.create(file(id), first).close();
        } catch (IOException e) {
            throw new RunException(
                    RunException.Kind.DISK,
                    "cannot create a run under %s: %s".formatted(directory, e.getMessage()),
                    e);
        }
        return open(id);
    }

    /// Brings in a run that was played elsewhere, by playing it again here.
    ///
    /// @throws RunException when it does not replay; nothing is kept of it then
    public Lease bringIn(Incident incident, RunRecord record, String chance, Instant now) {
        Lease lease = start(incident, record.seed(), chance, now);
        int index = 0;
        for (Action action : record.actions()) {
            if (lease.run().act(action) instanceof Outcome.Refused(var _, String reason)) {
                lease.close();
                forget(lease.run().id());
                throw new RunException(
                        RunException.Kind.UNREADABLE,
                        "actions[%d] is refused: %s".formatted(index, reason));
            }
            index++;
        }
        return lease;
    }

    /// The run of this id, kept in memory until the lease is closed.
    ///
    /// @throws RunException when there is none, or it cannot be read
    public Lease open(RunId id) {
        Slot slot = hold(id);
        try {
            return new Lease(slot.run(), () -> release(slot));
        } catch (RuntimeException e) {
            release(slot);
            throw e;
        }
    }

    /// All runs, newest first. What cannot be read is left out, and logged.
    public List<RunSummary> list() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(RunStore::idOf)
                    .flatMap(Optional::stream)
                    .map(this::summary)
                    .flatMap(Optional::stream)
                    .sorted(Comparator.comparing(RunSummary::created).reversed())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + directory, e);
        }
    }

    /// Wall time has passed: the runs that play move on.
    public void beat(Duration wall) {
        for (LiveRun run : loaded()) {
            try {
                run.beat(wall);
            } catch (RunException e) {
                LOG.log(Level.WARNING, e.getMessage());
            }
        }
    }

    /// The runs in memory.
    public List<LiveRun> loaded() {
        synchronized (slots) {
            return slots.values().stream()
                    .map(slot -> slot.run)
                    .flatMap(Stream::ofNullable)
                    .toList();
        }
    }

    /// Writes what is left to write.
    @Override
    public void close() throws IOException {
        for (LiveRun run : loaded()) {
            run.close();
        }
        lockFile.close();
    }

    private Slot hold(RunId id) {
        synchronized (slots) {
            Slot slot = slots.computeIfAbsent(id, Slot::new);
            slot.holders++;
            makeRoom();
            if (slots.size() > MAX_LIVE) {
                if (--slot.holders == 0) {
                    slots.remove(id);
                }
                throw new RunException(
                        RunException.Kind.BUSY,
                        "%d runs are being played, which is as many as fit; pause one"
                                .formatted(MAX_LIVE));
            }
            return slot;
        }
    }

    private void release(Slot slot) {
        synchronized (slots) {
            slot.holders--;
            if (slot.holders == 0 && slot.run == null) {
                slots.remove(slot.id);
            }
            makeRoom();
        }
    }

    /// Drops what was used longest ago, first among the runs that nobody looks at.
    private void makeRoom() {
        drop(run -> run.viewers() == 0);
        drop(_ -> true);
    }

    private void drop(Predicate<LiveRun> candidate) {
        Iterator<Slot> eldestFirst = slots.values().iterator();
        while (slots.size() > MAX_LIVE && eldestFirst.hasNext()) {
            Slot slot = eldestFirst.next();
            LiveRun run = slot.run;
            if (slot.holders == 0 && run != null && !run.playing() && candidate.test(run)) {
                eldestFirst.remove();
                run.close();
            }
        }
    }

    private void forget(RunId id) {
        synchronized (slots) {
            Slot slot = slots.remove(id);
            if (slot != null && slot.run != null) {
                slot.run.close();
            }
        }
        try {
            Files.deleteIfExists(file(id));
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot delete " + file(id), e);
        }
    }

    private Optional<RunSummary> summary(RunId id) {
        try {
            List<JournalEntry> entries = entries(id);
            return Optional.of(summary(id, entries));
        } catch (RunException e) {
            LOG.log(Level.WARNING, e.getMessage());
            return Optional.empty();
        }
    }

    private RunSummary summary(RunId id, List<JournalEntry> entries) {
        var first = (JournalEntry.Started) entries.getFirst();
        Duration at = Duration.ZERO;
        int actions = 0;
        boolean declared = false;
        OptionalInt score = OptionalInt.empty();
        for (JournalEntry entry : entries) {
            switch (entry) {
                case JournalEntry.Started _ -> {}
                case JournalEntry.Acted(Duration after, Action action) -> {
                    at = after;
                    actions += action instanceof Action.Wait ? 0 : 1;
                    declared |= action instanceof Action.Declare;
                }
                case JournalEntry.Graded(int points) -> score = OptionalInt.of(points);
            }
        }
        Duration reached = at;
        boolean timedOut =
                incidents
                        .find(first.incident())
                        .map(incident -> reached.compareTo(incident.clock()) >= 0)
                        .orElse(false);
        Phase phase = declared ? Phase.DECLARED : timedOut ? Phase.TIMED_OUT : Phase.OPEN;
        return new RunSummary(
                id, first.incident(), first.seed(), first.created(), phase, at, actions, score);
    }

    /// Plays a journal again.
    private LiveRun load(RunId id) {
        List<JournalEntry> entries = entries(id);
        var first = (JournalEntry.Started) entries.getFirst();
        Incident incident =
                incidents
                        .find(first.incident())
                        .orElseThrow(() ->
                                unreadable(
                                        id,
                                        "it plays incident %s, which this version does not have"
                                                .formatted(first.incident())));
        IncidentRun run = incidents.start(incident, first.seed());
        boolean graded = false;
        for (int line = 1; line < entries.size(); line++) {
            switch (entries.get(line)) {
                case JournalEntry.Started _ -> throw unreadable(id, "it starts twice");
                case JournalEntry.Acted acted -> replay(id, line + 1, run, acted);
                case JournalEntry.Graded _ -> graded = true;
            }
        }
        try {
            return new LiveRun(id, first.created(), run, Journal.open(file(id)), graded);
        } catch (IOException e) {
            throw new RunException(
                    RunException.Kind.DISK, "cannot open the journal of run " + id, e);
        }
    }

    private static void replay(RunId id, int line, IncidentRun run, JournalEntry.Acted acted) {
        if (run.act(acted.action()) instanceof Outcome.Refused(var _, String reason)) {
            throw unreadable(id, "line %d is refused: %s".formatted(line, reason));
        }
        Duration now = run.observe().now();
        if (!now.equals(acted.at())) {
            throw unreadable(
                    id,
                    "line %d ends at %s where it once ended at %s: the incident has changed since"
                            .formatted(line, now, acted.at()));
        }
    }

    private List<JournalEntry> entries(RunId id) {
        if (!Files.isRegularFile(file(id))) {
            throw new RunException(RunException.Kind.UNKNOWN, "there is no run " + id);
        }
        try {
            List<JournalEntry> entries = Journal.read(file(id));
            if (entries.isEmpty() || !(entries.getFirst() instanceof JournalEntry.Started)) {
                throw unreadable(id, "its first line does not say what is played");
            }
            return entries;
        } catch (IOException e) {
            throw unreadable(id, String.valueOf(e.getMessage()));
        }
    }

    private static RunException unreadable(RunId id, String why) {
        return new RunException(
                RunException.Kind.UNREADABLE, "run %s cannot be read: %s".formatted(id, why));
    }

    private Path file(RunId id) {
        return directory.resolve(id + SUFFIX);
    }

    private static Optional<RunId> idOf(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(SUFFIX)
                ? RunId.parse(name.substring(0, name.length() - SUFFIX.length()))
                : Optional.empty();
    }

    /// A place for a run in memory, filled by whoever asks first.
    private final class Slot {
        private final RunId id;
        private int holders;
        private volatile @Nullable LiveRun run;

        Slot(RunId id) {
            this.id = id;
        }

        synchronized LiveRun run() {
            LiveRun current = run;
            if (current == null || current.broken()) {
                if (current != null) {
                    current.close();
                }
                current = load(id);
                run = current;
            }
            return current;
        }
    }
}
