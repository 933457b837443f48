package dev.touchstone.features;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What was served, and when, by row id: the best training data there is, because a model saw just
/// that. Made by [FeatureStore#served].
///
/// Records wait in memory for the next [#flush]: a process that is killed loses those of its last
/// moments, whose labels are then rebuilt from history. Safe for many threads.
public final class ServedLog {
    /// Reads are held up by a flush when so many records wait.
    private static final int MAX_WAITING = 20_000;

    /// Records that are kept in memory before they are compacted into a file.
    private static final int MAX_RECENT = 100_000;

    private final Histories histories;
    private final OnlineStore online;
    private final Map<String, ServedView> views = new LinkedHashMap<>();
    private final Optional<ParityWatch> watch;
    private int waiting;
    private long dropped;

    /// @param watch looks at some of the reads, if it is there
    ServedLog(
            Histories histories,
            OnlineStore online,
            Definitions definitions,
            Optional<ParityWatch> watch) {
        this.histories = histories;
        this.online = online;
        this.watch = watch;
        for (ViewDefinition definition : definitions.views()) {
            views.put(definition.view().name(), new ServedView(definition));
        }
    }

    /// A read that is to become a record: its row as it was, because that is little, and is done
    /// while somebody waits for the answer.
    private record Waiting(ServedRecords.Read read, OnlineReader.Part part, OnlineRow row) {}

    /// The records of a view that wait.
    private static final class ServedView {
        final ViewDefinition definition;
        final ServedRecords records;
        List<Waiting> waiting = new ArrayList<>();

        ServedView(ViewDefinition definition) {
            this.definition = definition;
            this.records = ServedRecords.of(definition);
        }
    }

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
                ServedView its = view(part.name());
                if (entity.isPresent()) {
                    var read = new ServedRecords.Read(rowId, entity.get(), asOf, rows(part.name()));
                    its.waiting.add(new Waiting(read, part, kept));
                    if (watched) {
                        watch.orElseThrow()
                                .offer(
                                        its.definition,
                                        its.records,
                                        its.records.row(read, part, kept));
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

    private ServedView view(String name) {
        ServedView view = views.get(name);
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
        Map<ServedView, List<Waiting>> batches = new LinkedHashMap<>();
        synchronized (views) {
            for (ServedView view : views.values()) {
                if (!view.waiting.isEmpty()) {
                    batches.put(view, view.waiting);
                    view.waiting = new ArrayList<>();
                }
            }
            waiting = 0;
        }
        Optional<IOException> failure = Optional.empty();
        for (Map.Entry<ServedView, List<Waiting>> batch : batches.entrySet()) {
            try {
                ServedRecords records = batch.getKey().records;
                write(
                        records.definition(),
                        batch.getValue().stream()
                                .map(its -> records.row(its.read(), its.part(), its.row()))
                                .toList());
            } catch (IOException e) {
                if (failure.isEmpty()) {
                    failure = Optional.of(e);
                } else {
                    failure.get().addSuppressed(e);
                }
            }
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    private void write(ViewDefinition records, List<FeatureRow> batch) throws IOException {
        try {
            histories.append(records, batch, Map.of());
        } catch (IOException | RuntimeException e) {
            // Some may be on the disk, so to write them again could keep them twice.
            synchronized (views) {
                dropped += batch.size();
            }
            throw new IOException(
                    "%d records of %s are lost: %s"
                            .formatted(batch.size(), records.view().name(), e.getMessage()),
                    e);
        }
        histories.compactIfLarge(records, MAX_RECENT);
    }

    /// How many records could not be written, one for each view that a read used.
    public long dropped() {
        synchronized (views) {
            return dropped;
        }
    }
}
