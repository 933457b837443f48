package dev.touchstone.features.internal.stream;

import dev.touchstone.features.ColumnData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Labels that wait for a history to pass by: grouped by entity, each entity's in the order of
/// time. A label's place is its position in that order.
///
/// Entities lie in parts by the first bits of their keys' hashes, so that rows that are brought
/// into the order of the same bits find everything about a part in the cache. Parts share nothing,
/// which is how several threads can work on one index. One index serves all views with the same key
/// columns. Labels without a key or a time have no place.
///
/// ```
/// part 0           part 1 …         by the hash's first bits
/// table: slot → entity              open addressing in a stretch for each part
/// start: entity → first place       one more after the last entity of a part
/// time, label: place → its label
/// ```
public final class WaitingLabels {
    /// Bytes that a label takes while it waits, what it is given not counted.
    public static final int BYTES_PER_LABEL = 44;

    static final int ABSENT = -1;
    private static final int LABELS_PER_PART = 1 << 12;
    private static final int MAX_PART_BITS = 11;
    private static final int HOT = 1 << 15;

    /// Of a processor's cache, of 64 bytes.
    static final int LONGS_PER_LINE = 8;

    private static final int INTS_PER_LINE = 16;

    private final int size;
    private final KeyColumns keys;
    private final boolean whole;
    private final int shift;
    private final int[] partStart;
    private final int[] tableStart;
    private final int[] table;
    private final long[] hash;
    private final int[] entities;
    private final List<HotKey> hotKeys = new ArrayList<>();
    private final int[] hotOf;

    /// An entity's first place; that of the next entity, or of the next part, is behind it.
    final int[] start;

    final long[] time;
    final int[] label;

    private WaitingLabels(int size, KeyColumns keys, int shift, int[] partStart) {
        int parts = partStart.length - 1;
        int places = partStart[parts];
        this.size = size;
        this.keys = keys;
        this.whole = keys.isWhole();
        this.shift = shift;
        this.partStart = partStart;
        this.tableStart = new int[parts + 1];
        for (int part = 0; part < parts; part++) {
            tableStart[part + 1] = tableStart[part] + slots(partStart[part + 1] - partStart[part]);
        }
        this.table = new int[tableStart[parts]];
        this.hash = new long[places + parts];
        this.entities = new int[parts];
        this.start = new int[places + parts];
        this.time = new long[places];
        this.label = new int[places];
        this.hotOf = new int[parts];
    }

    /// A power of two that leaves a third free.
    private static int slots(int entities) {
        return Math.max(1, Integer.highestOneBit(entities + entities / 2) << 1);
    }

    /// All labels, those without a place included.
    int size() {
        return size;
    }

    int places() {
        return time.length;
    }

    int parts() {
        return entities.length;
    }

    /// Units of work: the parts, then the slices of hot keys.
    int units() {
        return hotKeys.isEmpty()
                ? parts()
                : hotKeys.getLast().firstUnit() + hotKeys.getLast().count();
    }

    /// Groups and sorts labels, in one thread.
    ///
    /// @param keys the key columns in the order of the view's
    /// @param times the labels' moments
    public static WaitingLabels of(List<ColumnData> keys, ColumnData.Longs times) {
        return of(keys, times, 1);
    }

    /// Groups and sorts labels.
    ///
    /// @param threads that may work on it
    public static WaitingLabels of(List<ColumnData> keys, ColumnData.Longs times, int threads) {
        var parallel = new Parallel(threads);
        var columns = new KeyColumns(keys);
        boolean[] absent = times.missing().clone();
        columns.markAbsent(absent);
        int size = absent.length;
        int bits = 1;
        while (bits < MAX_PART_BITS && size >>> bits > LABELS_PER_PART) {
            bits++;
        }
        int shift = Long.SIZE - bits;
        long[] hashes = new long[size];
        int[] place = new int[size];
        parallel.stretches(
                size,
                (from, to) -> {
                    columns.hash(absent, from, to, hashes);
                    for (int i = from; i < to; i++) {
                        place[i] = absent[i] ? Scatter.NOWHERE : (int) (hashes[i] >>> shift);
                    }
                });
        int[] partStart = Scatter.places(parallel, place, size, 1 << bits);
        var labels = new WaitingLabels(size, columns, shift, partStart);
        labels.group(parallel, place, hashes, times.values());
        labels.cutHotKeys();
        return labels;
    }

    /// Labels in the order of their parts.
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares two.
    private record Parted(long[] hash, long[] time, int[] label) {}

    private void group(Parallel parallel, int[] place, long[] hashes, long[] times) {
        int places = places();
        var parted = new Parted(new long[places], new long[places], new int[places]);
        parallel.stretches(
                size,
                (from, to) -> {
                    for (int i = from; i < to; i++) {
                        int at = place[i];
                        if (at != Scatter.NOWHERE) {
                            parted.hash[at] = hashes[i];
                            parted.time[at] = times[i];
                            parted.label[at] = i;
                        }
                    }
                });
        // Every label has its place now, so that memory takes the entities.
        parallel.each(parts(), part -> group(part, parted, place));
    }

    private void group(int part, Parted parted, int[] entityOf) {
        int from = partStart[part];
        int to = partStart[part + 1];
        Arrays.fill(table, tableStart[part], tableStart[part + 1], ABSENT);
        int first = from + part;
        int count = 0;
        for (int i = from; i < to; i++) {
            int slot = slot(part, parted.hash[i]);
            while (table[slot] != ABSENT && !isEntity(table[slot], parted, i)) {
                slot = next(part, slot);
            }
            if (table[slot] == ABSENT) {
                table[slot] = first + count;
                hash[first + count] = parted.hash[i];
                // Until places are known, an entity is known by one of its labels.
                start[first + count] = parted.label[i];
                count++;
            }
            entityOf[i] = table[slot];
        }
        entities[part] = count;
        int[] next = new int[count + 1];
        for (int i = from; i < to; i++) {
            next[entityOf[i] - first + 1]++;
        }
        next[0] = from;
        for (int e = 1; e <= count; e++) {
            next[e] += next[e - 1];
        }
        System.arraycopy(next, 0, start, first, count + 1);
        for (int i = from; i < to; i++) {
            int at = next[entityOf[i] - first]++;
            time[at] = parted.time[i];
            label[at] = parted.label[i];
        }
        hotOf[part] = ABSENT;
        for (int e = first; e < first + count; e++) {
            TimeOrder.sort(time, label, start[e], start[e + 1]);
        }
    }

    private boolean isEntity(int entity, Parted parted, int at) {
        return hash[entity] == parted.hash[at]
                && (whole || keys.equal(start[entity], keys, parted.label[at]));
    }

    private int slot(int part, long wanted) {
        return tableStart[part] + ((int) wanted & (tableStart[part + 1] - tableStart[part] - 1));
    }

    private int next(int part, int slot) {
        return slot + 1 == tableStart[part + 1] ? tableStart[part] : slot + 1;
    }

    /// Cuts the largest entity of a part into slices if it is large enough.
    private void cutHotKeys() {
        for (int part = 0; part < parts(); part++) {
            if (partStart[part + 1] - partStart[part] < HOT) {
                continue;
            }
            int first = partStart[part] + part;
            int largest = first;
            for (int e = first; e < first + entities[part]; e++) {
                if (start[e + 1] - start[e] > start[largest + 1] - start[largest]) {
                    largest = e;
                }
            }
            if (start[largest + 1] - start[largest] >= HOT && isAlone(part, largest)) {
                hotOf[part] = hotKeys.size();
                hotKeys.add(HotKey.cut(largest, units(), time, start[largest], start[largest + 1]));
            }
        }
    }

    /// Whether no other entity of the part has the same hash.
    private boolean isAlone(int part, int entity) {
        int first = partStart[part] + part;
        for (int e = first; e < first + entities[part]; e++) {
            if (e != entity && hash[e] == hash[entity]) {
                return false;
            }
        }
        return true;
    }

    /// The part of a hash.
    int part(long wanted) {
        return (int) (wanted >>> shift);
    }

    /// The unit in which a row's place is, or [Scatter#NOWHERE].
    ///
    /// @param moment from when on the row is seen
    int unit(long wanted, long moment) {
        int part = part(wanted);
        int hot = hotOf[part];
        if (hot != ABSENT && hash[hotKeys.get(hot).entity()] == wanted) {
            return hotKeys.get(hot).unit(moment);
        }
        return part;
    }

    boolean hasHotKeys() {
        return !hotKeys.isEmpty();
    }

    /// The entity of a row, or [#ABSENT].
    int find(long wanted, KeyColumns rows, int row) {
        int part = part(wanted);
        int slot = slot(part, wanted);
        while (table[slot] != ABSENT
                && !(hash[table[slot]] == wanted && isOf(table[slot], rows, row))) {
            slot = next(part, slot);
        }
        return table[slot];
    }

    /// Whether a row with the hash of an entity is about it.
    boolean isOf(int entity, KeyColumns rows, int row) {
        return whole || keys.equal(label[start[entity]], rows, row);
    }

    /// The first of the places from `from` up to `end`, all of one entity, whose label is at or
    /// after `moment`, or `end`.
    int firstFrom(int from, int end, long moment) {
        int low = from;
        int length = end - from;
        while (length > 0) {
            int half = length >>> 1;
            if (time[low + half] < moment) {
                low += half + 1;
                length -= half + 1;
            } else {
                length = half;
            }
        }
        return low;
    }

    /// The hot key of a slice.
    ///
    /// @param unit one after the parts
    HotKey hotKey(int unit) {
        int at = 0;
        while (unit >= hotKeys.get(at).firstUnit() + hotKeys.get(at).count()) {
            at++;
        }
        return hotKeys.get(at);
    }

    /// Reads what a search in a part reads, from beginning to end: a processor fetches that ahead,
    /// which it cannot do for the searches themselves.
    ///
    /// @return nothing of interest, but needed for the reading to happen
    long fetch(int part) {
        long sum = 0;
        for (int i = tableStart[part]; i < tableStart[part + 1]; i += INTS_PER_LINE) {
            sum += table[i];
        }
        int first = firstEntity(part);
        for (int e = first; e < first + entities[part]; e += LONGS_PER_LINE) {
            sum += hash[e] + start[e];
        }
        for (int place = partStart[part]; place < partStart[part + 1]; place += LONGS_PER_LINE) {
            sum += time[place];
        }
        return sum;
    }

    /// The first place of a part, or one after the last for the one after the last.
    int firstPlace(int part) {
        return partStart[part];
    }

    /// Entities of a part: the first, and how many follow it.
    int firstEntity(int part) {
        return partStart[part] + part;
    }

    int entityCount(int part) {
        return entities[part];
    }
}
