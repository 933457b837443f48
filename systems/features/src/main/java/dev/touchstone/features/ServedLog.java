package dev.touchstone.features;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/// What was served, and when, by row id: the best training data there is, because a model saw just
/// that. Made by [FeatureStore#served].
///
/// Records wait in memory for the next [#flush]: a process that is killed loses those of its last
/// moments, whose labels are then rebuilt from history. Safe for many threads.
public final class ServedLog {
    /// Reads are held up by a flush when so many records wait.
    private static final int MAX_WAITING = 20_000;

    /// Records of a view that are written at once.
    private static final int MOST_AT_ONCE = 2_000;

    private final OnlineStore online;
    private final Retention retention;
    private final Map<String, Log> views = new LinkedHashMap<>();
    private final EndedServedHistories ended;
    private final Optional<ParityWatch> watch;
    private int waiting;
    private long dropped;
    private long expired;

    /// @param watch looks at some of the reads, if it is there
    ServedLog(
            Histories histories,
            OnlineStore online,
            Definitions definitions,
            Optional<ParityWatch> watch)
            throws IOException {
        this.online = online;
        this.retention = definitions.serving().retention();
        this.watch = watch;
        for (ViewDefinition definition : definitions.views()) {
            views.put(definition.view().name(), new Log(histories, definition));
        }
        this.ended =
                new EndedServedHistories(
                        histories,
                        Set.copyOf(views.keySet()),
                        views.values().stream()
                                .map(log -> log.history.records().definition().view().name())
                                .collect(Collectors.toSet()));
        histories.finishDrops();
    }

    /// A read that is to become a record: its row as it was, because that is little, and is done
    /// while somebody waits for the answer.
    private record Waiting(ServedRecords.Read read, OnlineReader.Part part, OnlineRow row) {}

    /// The records of a view: those on the disk, and those that wait.
    private static final class Log {
        final ViewDefinition definition;
        final ServedHistory history;
        List<Waiting> waiting = new ArrayList<>();

        Log(Histories histories, ViewDefinition definition) {
            this.definition = definition;
            this.history = ServedHistory.of(histories, definition);
        }

        FeatureRow row(Waiting one) {
            return history.records().row(one.read(), one.part(), one.row());
        }
    }

    /// Old records of a view that were dropped: see [#retain].
    ///
    /// @param records how many
    /// @param until all of them are from before this moment, in nanoseconds
    public record Expired(String view, long records, long until) {}

    /// Remembers a read.
    ///
    /// @param rowId names the row for whoever joins a label to it; a later read under the same id
    ///   is another record, and the label's time decides
    /// @param asOf what the read gave back
    public void record(String rowId, OnlineReader reader, OnlineKeys keys, OnlineRow row, long asOf)
            throws IOException {
        List<OnlineReader.Part> parts = reader.parts();
        var kept = new OnlineRow(row);
        boolean watched = watch.isPresent() && watch.get().samples(rowId);
        boolean full;
        synchronized (views) {
            for (OnlineReader.Part part : parts) {
                Optional<EntityKey> entity = Optional.ofNullable(keys.key(part.entity()));
                Log its = view(part.name());
                if (entity.isPresent()) {
                    var read = new ServedRecords.Read(rowId, entity.get(), asOf, rows(part.name()));
                    var one = new Waiting(read, part, kept);
                    its.waiting.add(one);
                    if (watched) {
                        watch.orElseThrow()
                                .offer(its.definition, its.history.records(), its.row(one));
                    }
                }
            }
            full = ++waiting > MAX_WAITING;
        }
        if (full) {
            flush();
        }
    }

    /// How many rows the view has. It may have become more since the read; those were available
    /// only after it, which a replay sees for itself.
    private long rows(String view) {
        return online.counts(view).rows();
    }

    private Log view(String name) {
        Log view = views.get(name);
        if (view == null) {
            throw new IllegalArgumentException("the reader is of another store: " + name);
        }
        return view;
    }

    /// Writes what waits; on the disk when this returns.
    ///
    /// @throws IOException the first failure, when all views were tried; what could not be written
    ///   counts as [#dropped]
    public void flush() throws IOException {
        Map<Log, List<Waiting>> batches = new LinkedHashMap<>();
        synchronized (views) {
            for (Log view : views.values()) {
                if (!view.waiting.isEmpty()) {
                    batches.put(view, view.waiting);
                    view.waiting = new ArrayList<>();
                }
            }
            waiting = 0;
        }
        Optional<IOException> failure = Optional.empty();
        for (Map.Entry<Log, List<Waiting>> batch : batches.entrySet()) {
            List<Waiting> all = batch.getValue();
            for (int from = 0; from < all.size(); from += MOST_AT_ONCE) {
                int end = Math.min(all.size(), from + MOST_AT_ONCE);
                try {
                    write(batch.getKey(), all.subList(from, end));
                } catch (IOException | RuntimeException e) { // the others' records are no worse
                    if (failure.isPresent()) {
                        failure.get().addSuppressed(e);
                    } else {
                        failure =
                                Optional.of(
                                        e instanceof IOException its
                                                ? its
                                                : new IOException(e.getMessage(), e));
                    }
                }
            }
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    private void write(Log log, List<Waiting> batch) throws IOException {
        var written = new AtomicInteger();
        try {
            Halves.take(
                    batch.stream().map(log::row).toList(),
                    some -> {
                        log.history.append(some);
                        written.addAndGet(some.size());
                    });
        } catch (IOException | RuntimeException e) {
            // Some may be on the disk, so to write them again could keep them twice.
            int lost = batch.size() - written.get();
            synchronized (views) {
                dropped += lost;
            }
            throw new IOException(
                    "%d records of %s are lost: %s"
                            .formatted(
                                    lost,
                                    log.history.records().definition().view().name(),
                                    e.getMessage()),
                    e);
        }
        log.history.compactIfLarge();
    }

    /// Drops records that are older than the definitions want them kept, or more: worth a call
    /// every minute. Labels of theirs are rebuilt from then on, and marked so. Records of views
    /// that are gone, or had other columns, go when that long nothing was written beside them.
    ///
    /// @param now the present, in nanoseconds
    /// @return what was dropped just now
    public List<Expired> retain(long now) throws IOException {
        List<Expired> gone = new ArrayList<>();
        for (Map.Entry<String, Log> view : views.entrySet()) {
            ServedHistory.Expired its = view.getValue().history.retain(retention, now);
            if (its.records() > 0) {
                gone.add(new Expired(view.getKey(), its.records(), its.until()));
            }
        }
        gone.addAll(ended.retain(retention, now));
        synchronized (views) {
            expired += gone.stream().mapToLong(Expired::records).sum();
        }
        return gone;
    }

    /// How many records have been dropped because of their age or their size, since the store was
    /// opened.
    public long expired() {
        synchronized (views) {
            return expired;
        }
    }

    /// How many records could not be written, one for each view that a read used.
    public long dropped() {
        synchronized (views) {
            return dropped;
        }
    }
}
