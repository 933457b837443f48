package dev.touchstone.features.internal.stream;

import dev.touchstone.features.ColumnData;
import java.util.List;

/// Some rows of a history as columns, in the order in which they arrived.
///
/// @param rows how many
/// @param keys the key columns, nothing missing in them
/// @param event when each happened, in nanoseconds
/// @param available when each could first be served; the very array of `event` when that is the
///   same
/// @param deleted whether each is a tombstone; empty when none is
/// @param features a column each
@SuppressWarnings("ArrayRecordComponent") // Read once and thrown away; nobody compares two.
public record RowBatch(
        int rows,
        List<ColumnData> keys,
        long[] event,
        long[] available,
        boolean[] deleted,
        List<ColumnData> features) {
    boolean isTombstone(int row) {
        return deleted.length > 0 && deleted[row];
    }
}
