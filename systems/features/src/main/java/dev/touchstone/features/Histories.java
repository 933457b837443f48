package dev.touchstone.features;

import dev.touchstone.features.internal.build.History;
import dev.touchstone.features.internal.log.Disk;
import dev.touchstone.features.internal.log.FolderDisk;
import dev.touchstone.features.internal.log.ViewHistory;
import dev.touchstone.features.internal.table.ClusteredTable;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The histories in a store's folder, each in a folder of its own and opened when it is first
/// needed. Safe for many threads; nothing is asked of others while one is served.
final class Histories implements Closeable {
    private final Path folder;
    private final Map<String, Opened> opened = new LinkedHashMap<>();

    private record Opened(Disk disk, ViewHistory history) {}

    Histories(Path folder) {
        this.folder = folder;
    }

    private Opened opened(ViewDefinition definition) throws IOException {
        String view = definition.view().name();
        Opened its = opened.get(view);
        if (its == null) {
            Disk disk = FolderDisk.open(folder.resolve(view));
            try {
                its = new Opened(disk, new ViewHistory(disk, definition.source()));
            } catch (IOException e) {
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
        return history(definition).positions();
    }

    synchronized long rowCount(ViewDefinition definition) throws IOException {
        return history(definition).rowCount();
    }

    synchronized List<ClusteredTable> tables(ViewDefinition definition) throws IOException {
        return history(definition).tables();
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
        List<ClusteredTable> tables = tables(definition);
        Path its = folder.resolve(definition.view().name());
        List<String> files = new ArrayList<>();
        for (String name : opened(definition).disk().list()) {
            Path file = its.resolve(name);
            files.add(
                    "%s %d %s".formatted(name, Files.size(file), Files.getLastModifiedTime(file)));
        }
        return new History.Tables(definition, tables, files.toString());
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
