package dev.touchstone.features.internal.window;

import dev.touchstone.features.FeatureRow;
import java.util.Arrays;

/// Tiles of one length of one entity: what has to be known about the events in each, in order of
/// time. Tile `k` covers the times from k × length on. There are tiles only where events are.
final class TileLevel {
    private static final int INITIAL = 4;

    private final WindowPlan plan;
    private final long length;
    private long[] numbers = new long[INITIAL];
    private Partial[][] tiles = new Partial[INITIAL][];
    private int size;

    TileLevel(WindowPlan plan, long length) {
        this.plan = plan;
        this.length = length;
    }

    long length() {
        return length;
    }

    long numberOf(long time) {
        return Math.floorDiv(time, length);
    }

    void add(FeatureRow row) {
        for (Partial partial : tile(numberOf(row.eventTime()))) {
            partial.add(row);
        }
    }

    private Partial[] tile(long number) {
        int at = first(number);
        if (at < size && numbers[at] == number) {
            return tiles[at];
        }
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * size);
            tiles = Arrays.copyOf(tiles, 2 * size);
        }
        System.arraycopy(numbers, at, numbers, at + 1, size - at);
        System.arraycopy(tiles, at, tiles, at + 1, size - at);
        numbers[at] = number;
        tiles[at] = plan.partials();
        size++;
        return tiles[at];
    }

    /// Empties the tile that covers a time.
    void reset(long time) {
        for (Partial partial : tile(numberOf(time))) {
            partial.reset();
        }
    }

    /// Adds the tiles from one number up to another to `into`.
    void addTo(Partial[] into, long from, long to) {
        for (int at = first(from); at < size && numbers[at] < to; at++) {
            for (int c = 0; c < into.length; c++) {
                into[c].add(tiles[at][c]);
            }
        }
    }

    /// Whether there is a tile that begins at a time or later.
    boolean anyFrom(long time) {
        return size > 0 && numbers[size - 1] >= Math.ceilDiv(time, length);
    }

    /// Forgets tiles that end at or before a time.
    void trim(long oldest) {
        int gone = first(numberOf(oldest));
        if (gone > size / 2) { // so that each tile is moved but a few times
            System.arraycopy(numbers, gone, numbers, 0, size - gone);
            System.arraycopy(tiles, gone, tiles, 0, size - gone);
            Arrays.fill(tiles, size - gone, size, null);
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
