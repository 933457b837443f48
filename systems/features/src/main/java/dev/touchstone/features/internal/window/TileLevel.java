package dev.touchstone.features.internal.window;

import dev.touchstone.features.FeatureRow;
import java.util.Arrays;

/// Tiles of one length of one entity: what has to be known about the events in each, in order of
/// time. Tile `k` covers the times from k × length on. There are tiles only where events are.
final class TileLevel {
    private static final int INITIAL = 4;

    private final long length;
    private final ColumnTiles[] columns;
    private long[] numbers = new long[INITIAL];
    private int size;

    TileLevel(WindowPlan plan, long length) {
        this.length = length;
        this.columns = new ColumnTiles[plan.inputs.length];
        for (int c = 0; c < columns.length; c++) {
            columns[c] = new ColumnTiles(plan.inputs[c], INITIAL);
        }
    }

    long length() {
        return length;
    }

    long numberOf(long time) {
        return Math.floorDiv(time, length);
    }

    void add(FeatureRow row) {
        int at = tile(numberOf(row.eventTime()));
        for (ColumnTiles column : columns) {
            column.add(at, row);
        }
    }

    /// The position of a tile, which is made if need be.
    private int tile(long number) {
        int at = first(number);
        if (at < size && numbers[at] == number) {
            return at;
        }
        int capacity = size == numbers.length ? 2 * size : numbers.length;
        numbers = size == numbers.length ? Arrays.copyOf(numbers, capacity) : numbers;
        System.arraycopy(numbers, at, numbers, at + 1, size - at);
        for (ColumnTiles column : columns) {
            column.insert(at, size, capacity);
        }
        numbers[at] = number;
        size++;
        return at;
    }

    /// Empties the tile that covers a time.
    void reset(long time) {
        int at = tile(numberOf(time));
        for (ColumnTiles column : columns) {
            column.reset(at);
        }
    }

    /// Adds the tiles from one number up to another to `into`.
    void addTo(Partial[] into, long from, long to) {
        int first = first(from);
        int end = first(to);
        if (first < end) {
            for (int c = 0; c < into.length; c++) {
                columns[c].addTo(into[c], first, end);
            }
        }
    }

    /// Forgets tiles that end at or before a time.
    void trim(long oldest) {
        int gone = first(numberOf(oldest));
        if (gone > size / 2) { // so that each tile is moved but a few times
            System.arraycopy(numbers, gone, numbers, 0, size - gone);
            for (ColumnTiles column : columns) {
                column.removeFirst(gone, size);
            }
            size -= gone;
        }
    }

    /// The position of the first tile that is not before a number. Most events go to the end.
    private int first(long number) {
        if (size == 0 || numbers[size - 1] < number) {
            return size;
        }
        if (numbers[size - 1] == number) {
            return size - 1;
        }
        int at = Arrays.binarySearch(numbers, 0, size, number);
        return at < 0 ? -at - 1 : at;
    }
}
