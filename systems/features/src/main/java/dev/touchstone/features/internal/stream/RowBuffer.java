package dev.touchstone.features.internal.stream;

import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Gathers small batches of rows into a large one, which is cheaper to bring into an order.
final class RowBuffer {
    private static final int FIRST_ROWS = 1 << 12;

    private final int capacity;
    private int room;
    private int rows;
    private long[] event = {};
    private long[] available = {};
    private boolean[] deleted = {};
    private List<ColumnData> keys = List.of();
    private List<ColumnData> features = List.of();

    /// @param capacity in rows, at least 1
    RowBuffer(int capacity) {
        this.capacity = capacity;
    }

    int rows() {
        return rows;
    }

    boolean isFull() {
        return rows == capacity;
    }

    /// Copies as many rows as there is room for.
    ///
    /// @param from the first of them
    /// @return how many
    int add(RowBatch batch, int from) {
        int count = Math.min(batch.rows() - from, capacity - rows);
        ensure(batch, rows + count);
        System.arraycopy(batch.event(), from, event, rows, count);
        if (available.length > 0) {
            System.arraycopy(batch.available(), from, available, rows, count);
        }
        if (deleted.length > 0) {
            if (batch.deleted().length > 0) {
                System.arraycopy(batch.deleted(), from, deleted, rows, count);
            } else {
                Arrays.fill(deleted, rows, rows + count, false);
            }
        }
        copy(batch.keys(), from, keys, count);
        copy(batch.features(), from, features, count);
        rows += count;
        return count;
    }

    private void ensure(RowBatch batch, int wanted) {
        if (wanted > room) {
            room = Math.min(capacity, Math.max(Math.max(FIRST_ROWS, wanted), 2 * room));
            event = Arrays.copyOf(event, room);
            available = available.length > 0 ? Arrays.copyOf(available, room) : available;
            deleted = deleted.length > 0 ? Arrays.copyOf(deleted, room) : deleted;
            keys = grown(keys, batch.keys());
            features = grown(features, batch.features());
        }
        // Most histories need neither, and one batch may be the first that does.
        if (available.length == 0 && batch.isDelayed()) {
            available = Arrays.copyOf(event, room);
        }
        if (deleted.length == 0 && batch.deleted().length > 0) {
            deleted = new boolean[room];
        }
    }

    private List<ColumnData> grown(List<ColumnData> old, List<ColumnData> like) {
        List<ColumnData> larger = new ArrayList<>();
        for (int c = 0; c < like.size(); c++) {
            ColumnData column = like.get(c).empty(room);
            if (!old.isEmpty()) {
                old.get(c).copy(0, column, 0, rows);
            }
            larger.add(column);
        }
        return larger;
    }

    private void copy(List<ColumnData> from, int at, List<ColumnData> to, int count) {
        for (int c = 0; c < from.size(); c++) {
            from.get(c).copy(at, to.get(c), rows, count);
        }
    }

    /// What was gathered; good until the next [#clear].
    RowBatch batch() {
        return new RowBatch(
                rows, keys, event, available.length > 0 ? available : event, deleted, features);
    }

    void clear() {
        rows = 0;
    }

    /// About how much a row takes, with what bringing it into an order takes.
    static long bytesPerRow(List<ColumnType> columns) {
        return 8L * Long.BYTES + columns.size() * (Long.BYTES + 1L);
    }
}
