package dev.touchstone.features.internal.log;

import dev.touchstone.features.FeatureView;
import dev.touchstone.features.internal.table.ClusteredTable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A history as it was at some moment while its owner went on writing: every row that was on the
/// disk when the reading began, no half of a batch, and nothing that is in the way of the owner.
///
/// Logs only grow and segments never change. A compaction moves rows from the ones to the other by
/// replacing the catalog, then deletes what it replaced; whoever finds the catalog replaced begins
/// again. So does whoever finds the whole folder gone: a history that was dropped is empty.
///
/// @param identity changes whenever the history may have become another
public record HistorySnapshot(
        List<ClusteredTable> tables, long rowCount, Map<String, Long> positions, String identity)
        implements HistoryRows {
    /// Compactions come minutes apart and a reading takes seconds.
    private static final int TRIES = 20;

    public HistorySnapshot {
        tables = List.copyOf(tables);
        positions = Map.copyOf(positions);
    }

    /// Reads a history.
    ///
    /// @throws ChangedColumnsException when the rows' columns cannot be read as the view's
    /// @throws IOException also when files are damaged
    public static HistorySnapshot read(FolderFiles folder, FeatureView view) throws IOException {
        for (int attempt = 1; ; attempt++) {
            Catalog before = Catalog.EMPTY;
            try {
                before = Catalog.read(folder);
                String identity = folder.identity(before::counts);
                var contents = new Contents(folder, view);
                if (contents.catalog.equals(before) && Catalog.read(folder).equals(before)) {
                    return of(contents, identity);
                }
            } catch (NoSuchFileException | CorruptHistoryException e) {
                boolean dropped = !Files.isDirectory(folder.folder());
                if (attempt == TRIES || (!dropped && Catalog.read(folder).equals(before))) {
                    throw e;
                }
            }
            if (attempt == TRIES) {
                throw new IOException(
                        "%s was compacted %d times while it was read; try again when less is written"
                                .formatted(folder.folder(), TRIES));
            }
        }
    }

    /// Without the names of pushes, as the owner tells them.
    private static Map<String, Long> sources(Map<String, Long> positions) {
        Map<String, Long> sources = new LinkedHashMap<>(positions);
        sources.keySet().removeIf(name -> name.startsWith(ViewHistory.PASSING));
        return sources;
    }

    private static HistorySnapshot of(Contents contents, String identity) {
        List<ClusteredTable> tables = new ArrayList<>();
        contents.segment.ifPresent(tables::add);
        if (contents.recent.count() > 0) {
            tables.add(contents.recent.build(Arena.ofAuto()));
        }
        return new HistorySnapshot(
                tables,
                tables.stream().mapToLong(table -> table.rows().count()).sum(),
                sources(contents.positions),
                identity);
    }
}
