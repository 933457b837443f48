package dev.touchstone.features;

import dev.touchstone.features.internal.build.History;
import dev.touchstone.features.internal.log.Disk;
import dev.touchstone.features.internal.log.FolderDisk;
import dev.touchstone.features.internal.log.FolderFiles;
import dev.touchstone.features.internal.log.HistoryRows;
import dev.touchstone.features.internal.log.HistorySnapshot;
import dev.touchstone.features.internal.log.ViewHistory;
import dev.touchstone.features.internal.table.ClusteredTable;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The histories in a store's folder, each in a folder of its own and opened when it is first
/// needed. Safe for many threads; nothing is asked of others while one is served.
final class Histories implements Closeable {
    private static final String DROPPED = "_dropped-";

    private final Path folder;
    private final boolean owned;
    private final Map<String, Opened> opened = new LinkedHashMap<>();
    private final Map<String, HistorySnapshot> snapshots = new LinkedHashMap<>();

    private record Opened(Disk disk, ViewHistory history) {}

    private Histories(Path folder, boolean owned) {
        this.folder = folder;
        this.owned = owned;
    }

    /// Those of a folder that this process owns, or will.
    static Histories of(Path folder) {
        return new Histories(folder, true);
    }

    /// Those of a folder that another process may own, each as it is when it is first asked for.
    static Histories beside(Path folder) {
        return new Histories(folder, false);
    }

    private Opened opened(ViewDefinition definition) throws IOException {
        String view = definition.view().name();
        if (!owned) {
            throw new IOException(
                    "the store in %s was opened to be read; open it as its owner to change %s"
                            .formatted(folder, view));
        }
        Opened its = opened.get(view);
        if (its == null) {
            Disk disk = FolderDisk.open(folder.resolve(view));
            try {
                its = new Opened(disk, new ViewHistory(disk, definition.source()));
            } catch (IOException | RuntimeException e) {
                disk.close();
                throw e;
            }
            opened.put(view, its);
        }
        return its;
    }

    private ViewHistory history(ViewDefinition definition) throws IOException {
        return opened(definition).history();
    }

    private HistoryRows read(ViewDefinition definition) throws IOException {
        return owned ? history(definition) : snapshot(definition);
    }

    private HistorySnapshot snapshot(ViewDefinition definition) throws IOException {
        String view = definition.view().name();
        HistorySnapshot its = snapshots.get(view);
        if (its == null) {
            its = HistorySnapshot.read(new FolderFiles(folder.resolve(view)), definition.source());
            snapshots.put(view, its);
        }
        return its;
    }

    /// The store's folder.
    Path folder() {
        return folder;
    }

    /// Whether this process may change them.
    boolean owned() {
        return owned;
    }

    /// Appends rows to a view's history; they are on the disk when this returns.
    ///
    /// @param positions up to which sources have been read with these rows
    /// @return the sequence number of the first
    synchronized long append(
            ViewDefinition definition, List<FeatureRow> rows, Map<String, Long> positions)
            throws IOException {
        definition.checkEvents(rows);
        return history(definition).append(rows, positions);
    }

    /// How far a view's sources have been read.
    synchronized Map<String, Long> positions(ViewDefinition definition) throws IOException {
        return read(definition).positions();
    }

    /// How far one source has been read, or what a push that came under a name said; null when
    /// nothing is known of it.
    synchronized @Nullable Long position(ViewDefinition definition, String name)
            throws IOException {
        return history(definition).position(name);
    }

    synchronized long rowCount(ViewDefinition definition) throws IOException {
        return read(definition).rowCount();
    }

    synchronized List<ClusteredTable> tables(ViewDefinition definition) throws IOException {
        return read(definition).tables();
    }

    /// Gives every row of a view's history, in no particular order.
    synchronized void rows(ViewDefinition definition, Consumer<FeatureRow> each)
            throws IOException {
        for (ClusteredTable table : tables(definition)) {
            for (int entity = 0; entity < table.entities().count(); entity++) {
                for (int row = table.firstRow(entity); row < table.endRow(entity); row++) {
                    each.accept(table.row(entity, row));
                }
            }
        }
    }

    /// Every row of one entity.
    List<FeatureRow> rowsOf(ViewDefinition definition, EntityKey entity) throws IOException {
        List<FeatureRow> rows = new ArrayList<>();
        for (ClusteredTable table : tables(definition)) {
            rows.addAll(table.rowsOf(entity));
        }
        return rows;
    }

    /// A view's history as a source of training sets. Known by its files and when they were
    /// written: other rows, though as many and as large, are another history.
    synchronized History.Tables builtFrom(ViewDefinition definition) throws IOException {
        if (!owned) {
            HistorySnapshot its = snapshot(definition);
            return new History.Tables(definition, its.tables(), its.identity());
        }
        List<ClusteredTable> tables = tables(definition);
        var files = new FolderFiles(folder.resolve(definition.view().name()));
        return new History.Tables(definition, tables, files.identity(_ -> true));
    }

    synchronized void compact(ViewDefinition definition) throws IOException {
        history(definition).compact();
    }

    /// Compacts a history whose rows outside the segment are many, and half as many as those in it,
    /// so that what is compacted again and again stays in proportion.
    synchronized void compactIfLarge(ViewDefinition definition, int many) throws IOException {
        ViewHistory history = history(definition);
        int recent = history.recentCount();
        if (recent > many && recent > (history.rowCount() - recent) / 2) {
            history.compact();
        }
    }

    /// The names of the histories that there are and match a pattern.
    List<String> names(String pattern) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> name.matches(pattern))
                    .toList();
        }
    }

    /// How many bytes a history has on the disk.
    synchronized long bytes(ViewDefinition definition) throws IOException {
        Path its = folder.resolve(definition.view().name());
        long bytes = 0;
        for (String file : new FolderFiles(its).list()) {
            bytes += Files.size(its.resolve(file));
        }
        return bytes;
    }

    /// When a history was last written to, in nanoseconds; [Times#MINUS_INFINITY] when never.
    synchronized long written(ViewDefinition definition) throws IOException {
        Path its = folder.resolve(definition.view().name());
        long last = Times.MINUS_INFINITY;
        for (String file : new FolderFiles(its).list()) {
            Instant written = Files.getLastModifiedTime(its.resolve(file)).toInstant();
            last = Math.max(last, Times.of(written));
        }
        return last;
    }

    /// Drops a history for good: it is gone as a whole, or there as a whole, whatever happens
    /// meanwhile.
    synchronized void drop(ViewDefinition definition) throws IOException {
        String name = definition.view().name();
        Opened its = opened(definition);
        opened.remove(name);
        closeAll(List.of(its.history(), its.disk()));
        Path gone = folder.resolve(DROPPED + name);
        Files.move(folder.resolve(name), gone, StandardCopyOption.ATOMIC_MOVE);
        FolderDisk.forceNames(folder);
        delete(gone);
    }

    /// Deletes what was dropped when a crash came in between.
    synchronized void finishDrops() throws IOException {
        for (String name : names(DROPPED + ".*")) {
            delete(folder.resolve(name));
        }
    }

    private static void delete(Path gone) throws IOException {
        try (Stream<Path> files = Files.walk(gone)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /// Lets the folders go, all of them even if one fails.
    @Override
    public synchronized void close() throws IOException {
        List<Closeable> all = new ArrayList<>();
        for (Opened its : opened.values()) {
            all.add(its.history());
            all.add(its.disk());
        }
        opened.clear();
        closeAll(all);
    }

    /// Closes everything.
    ///
    /// @throws IOException the first failure, with the others as suppressed
    static void closeAll(List<Closeable> all) throws IOException {
        List<Exception> failures = new ArrayList<>();
        for (Closeable one : all) {
            try {
                one.close();
            } catch (IOException | RuntimeException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            var failure =
                    new IOException(
                            "the store is closed, but: %s"
                                    .formatted(failures.getFirst().getMessage()),
                            failures.getFirst());
            failures.subList(1, failures.size()).forEach(failure::addSuppressed);
            throw failure;
        }
    }
}
