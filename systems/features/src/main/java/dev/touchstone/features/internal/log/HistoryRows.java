package dev.touchstone.features.internal.log;

import dev.touchstone.features.internal.table.ClusteredTable;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// What a view was told, to be read.
public interface HistoryRows {
    /// All rows, the compacted and the recent, for a join.
    List<ClusteredTable> tables() throws IOException;

    /// How many rows there are.
    long rowCount();

    /// How far sources have been read, by their names.
    Map<String, Long> positions();
}
