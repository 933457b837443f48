package dev.touchstone.features.internal.join;

import dev.touchstone.features.ColumnData;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.table.KeyHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Labels in parts by the first bits of their keys' hashes: tables are sorted by the same hash, so
/// what the labels of a part read lies together and fits into a cache.
///
/// One partitioning serves all views with the same key columns. Labels without a key or a time are
/// in no part.
public final class JoinLabels {
    private static final byte[] NO_KEY = {};
    private static final int MAX_PART_BITS = 12;

    /// As many rows and labels as a part may have on average, or there are more parts.
    private static final int ROWS_PER_PART = 1 << 13;

    private static final int LABELS_PER_PART = 1 << 12;

    /// From which number on labels of one part are worth being sorted by time: those of a key with
    /// so many that searching its rows from the start each time would miss the cache.
    private static final int HOT_PART = 1 << 16;

    private final int size;
    final int[] partStart;
    final int[] label;
    final long[] hash;
    final long[] time;
    final byte[][] key;

    private JoinLabels(int size, int[] partStart, boolean wholeKey) {
        int inParts = partStart[partStart.length - 1];
        this.size = size;
        this.partStart = partStart;
        this.label = new int[inParts];
        this.hash = new long[inParts];
        this.time = new long[inParts];
        this.key = new byte[wholeKey ? 0 : inParts][];
    }

    /// All labels, those in no part included.
    int size() {
        return size;
    }

    int parts() {
        return partStart.length - 1;
    }

    boolean wholeKey() {
        return key.length == 0;
    }

    /// Partitions labels.
    ///
    /// @param keys the key columns in the order of the views' keys
    /// @param times the labels' moments
    /// @param rows of the largest table that they are joined with
    public static JoinLabels partition(List<ColumnData> keys, ColumnData.Longs times, long rows) {
        boolean[] absent = times.missing().clone();
        for (ColumnData column : keys) {
            for (int i = 0; i < absent.length; i++) {
                absent[i] |= column.missing()[i];
            }
        }
        boolean wholeKey = keys.size() == 1 && keys.getFirst() instanceof ColumnData.Longs;
        byte[][] encoded = wholeKey ? new byte[0][] : encode(keys, absent);
        long[] hashes =
                wholeKey ? hashes(((ColumnData.Longs) keys.getFirst()).values()) : hashes(encoded);
        int bits = 1;
        while (bits < MAX_PART_BITS
                && (rows >>> bits > ROWS_PER_PART || absent.length >>> bits > LABELS_PER_PART)) {
            bits++;
        }
        int shift = Long.SIZE - bits;
        int[] next = partStarts(hashes, absent, bits);
        JoinLabels labels = new JoinLabels(absent.length, next.clone(), wholeKey);
        long[] moments = times.values();
        for (int i = 0; i < hashes.length; i++) {
            if (!absent[i]) {
                int at = next[(int) (hashes[i] >>> shift)]++;
                labels.label[at] = i;
                labels.hash[at] = hashes[i];
                labels.time[at] = moments[i];
                if (!wholeKey) {
                    labels.key[at] = encoded[i];
                }
            }
        }
        labels.sortHotParts();
        return labels;
    }

    private static byte[][] encode(List<ColumnData> keys, boolean[] absent) {
        byte[][] encoded = new byte[absent.length][];
        for (int i = 0; i < absent.length; i++) {
            if (absent[i]) {
                encoded[i] = NO_KEY;
                continue;
            }
            List<Value> parts = new ArrayList<>(keys.size());
            for (ColumnData column : keys) {
                parts.add(column.value(i));
            }
            encoded[i] = KeyHash.encode(new EntityKey(parts));
        }
        return encoded;
    }

    private static long[] hashes(long[] keys) {
        long[] hashes = new long[keys.length];
        for (int i = 0; i < keys.length; i++) {
            hashes[i] = KeyHash.ofWhole(keys[i]);
        }
        return hashes;
    }

    private static long[] hashes(byte[][] keys) {
        long[] hashes = new long[keys.length];
        for (int i = 0; i < keys.length; i++) {
            hashes[i] = KeyHash.ofBytes(keys[i]);
        }
        return hashes;
    }

    private static int[] partStarts(long[] hashes, boolean[] absent, int bits) {
        int[] start = new int[(1 << bits) + 1];
        for (int i = 0; i < hashes.length; i++) {
            start[(int) (hashes[i] >>> (Long.SIZE - bits)) + 1] += absent[i] ? 0 : 1;
        }
        for (int part = 1; part < start.length; part++) {
            start[part] += start[part - 1];
        }
        return start;
    }

    private void sortHotParts() {
        for (int part = 0; part < parts(); part++) {
            int from = partStart[part];
            int size = partStart[part + 1] - from;
            if (size >= HOT_PART) {
                sortByTime(from, size);
            }
        }
    }

    /// The order of labels in a part is free, and a merge of time and place needs no comparator:
    /// times that differ in their upper bits are told apart, those within a slice of time stay
    /// close, which is all that the cache asks for.
    private void sortByTime(int from, int size) {
        long least = Long.MAX_VALUE;
        long greatest = Long.MIN_VALUE;
        for (int i = from; i < from + size; i++) {
            least = Math.min(least, time[i]);
            greatest = Math.max(greatest, time[i]);
        }
        int placeBits = Integer.SIZE - Integer.numberOfLeadingZeros(size - 1);
        int lost =
                Math.max(
                        0,
                        Long.SIZE - Long.numberOfLeadingZeros(greatest - least) + placeBits - 63);
        long[] order = new long[size];
        for (int i = 0; i < size; i++) {
            order[i] = (time[from + i] - least) >>> lost << placeBits | i;
        }
        Arrays.sort(order);
        int[] labels = Arrays.copyOfRange(label, from, from + size);
        long[] hashes = Arrays.copyOfRange(hash, from, from + size);
        long[] times = Arrays.copyOfRange(time, from, from + size);
        byte[][] keys = wholeKey() ? key : Arrays.copyOfRange(key, from, from + size);
        for (int i = 0; i < size; i++) {
            int place = (int) (order[i] & ((1L << placeBits) - 1));
            label[from + i] = labels[place];
            hash[from + i] = hashes[place];
            time[from + i] = times[place];
            if (!wholeKey()) {
                key[from + i] = keys[place];
            }
        }
    }
}
