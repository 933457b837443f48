package dev.touchstone.features.internal.table;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Finds the last row of a range that was available at a time.
///
/// Late and corrected rows can be anywhere, so a walk back from the latest event could be long; an
/// adversary could make it as long as the table. Least availabilities of blocks of 16 rows, of 16
/// such blocks and so on let the walk step over what was not known, in 16 steps a level at most.
///
/// @param available the rows' availabilities
/// @param levels level 0 holds the least of each 16 whole rows, the next of each 16 of those
record AvailabilityIndex(MemorySegment available, List<MemorySegment> levels) {
    private static final int FANOUT_BITS = 4;

    static AvailabilityIndex of(MemorySegment available, int rows, Arena arena) {
        List<MemorySegment> levels = new ArrayList<>();
        MemorySegment below = available;
        for (int size = rows >>> FANOUT_BITS; size > 0; size >>>= FANOUT_BITS) {
            MemorySegment level = arena.allocate(Layouts.LONG, size);
            for (int block = 0; block < size; block++) {
                long least = Long.MAX_VALUE;
                long first = (long) block << FANOUT_BITS;
                for (long i = first; i < first + (1 << FANOUT_BITS); i++) {
                    least = Math.min(least, below.getAtIndex(Layouts.LONG, i));
                }
                level.setAtIndex(Layouts.LONG, block, least);
            }
            levels.add(level);
            below = level;
        }
        return new AvailabilityIndex(available, levels);
    }

    /// The last row from `row` back to `first` with an availability of at most `known`, or `first -
    /// 1`.
    int lastKnown(int first, int row, long known) {
        int at = row;
        while (at >= first) {
            if (available.getAtIndex(Layouts.LONG, at) <= known) {
                return at;
            }
            at = stepBack(at, known);
        }
        return first - 1;
    }

    /// The row before `row`, or before the largest block that ends before `row` and has nothing
    /// known in it, and so on as long as there is such a block.
    private int stepBack(int row, long known) {
        int end = row;
        while (end > 0) {
            int level = blockEndingAt(end, known);
            if (level < 0) {
                break;
            }
            end -= 1 << ((level + 1) * FANOUT_BITS);
        }
        return end - 1;
    }

    private int blockEndingAt(int end, long known) {
        for (int level = levels.size() - 1; level >= 0; level--) {
            int bits = (level + 1) * FANOUT_BITS;
            if ((end & ((1 << bits) - 1)) == 0
                    && levels.get(level).getAtIndex(Layouts.LONG, (end >>> bits) - 1L) > known) {
                return level;
            }
        }
        return -1;
    }
}
