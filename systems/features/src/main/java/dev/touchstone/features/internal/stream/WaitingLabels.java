package dev.touchstone.features.internal.stream;

import dev.touchstone.features.ColumnData;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// Labels that wait for a history to pass by, in the order of their keys' hashes, and for one key
/// in the order of time. A label's place is its position in that order; an entity is the first
/// place of its labels.
///
/// The first bits of a hash say in which part a place is, so that rows that are brought into the
/// order of the same bits find everything about a part in the cache. The next bits are looked up in
/// the part's directory, which leads to the entity or close before it. Parts share nothing, which
/// is how several threads can work on one index. One index serves all views with the same key
/// columns. Labels without a key or a time have no place.
///
/// ```
/// part 0                       part 1 …     by the hash's first bits
/// directory: bucket → place                 by the bits behind those; one more after the last
/// hash, time, label: by place               one more in each part, which no label is at
/// ```
///
/// Two keys with one hash would be one entity, so hashes are taken with another seed when labels
/// have such keys.
public final class WaitingLabels {
    /// Bytes that a label takes while it waits, what it is given not counted.
    public static final int BYTES_PER_LABEL = 28;

    static final int ABSENT = -1;

    /// Places that may be read after the last one.
    static final int SPARE = 3;

    private static final int LABELS_PER_PART = 12 << 10;
    private static final int MAX_PART_BITS = 11;
    private static final int MAX_BUCKETS = 1 << 16;
    private static final int INSERTION = 32;
    private static final int HOT = 1 << 15;

    /// Of a processor's cache, of 64 bytes.
    static final int LONGS_PER_LINE = 8;

    private static final int INTS_PER_LINE = 16;

    private final int size;
    private final KeyColumns keys;
    private final boolean whole;
    private final int shift;
    private final int[] partStart;
    private final int[] bucketStart;
    private final int[] bucketShift;
    private final List<HotKey> hotKeys = new ArrayList<>();
    private final int[] hotOf;

    /// The first place of each bucket of each part.
    final int[] directory;

    final long[] hash;
    final long[] time;
    final int[] label;

    private WaitingLabels(int size, KeyColumns keys, int shift, int[] partStart) {
        int parts = partStart.length - 1;
        int places = partStart[parts] + parts + SPARE;
        this.size = size;
        this.keys = keys;
        this.whole = keys.isWhole();
        this.shift = shift;
        this.partStart = partStart;
        this.bucketStart = new int[parts + 1];
        this.bucketShift = new int[parts];
        for (int part = 0; part < parts; part++) {
            int buckets = buckets(partStart[part + 1] - partStart[part]);
            bucketStart[part + 1] = bucketStart[part] + buckets + 1;
            bucketShift[part] = Long.SIZE - Integer.numberOfTrailingZeros(buckets);
        }
        this.directory = new int[bucketStart[parts]];
        this.hash = new long[places];
        this.time = new long[places];
        this.label = new int[places];
        this.hotOf = new int[parts];
    }

    /// A power of two, at least 2: about one for each label.
    private static int buckets(int labels) {
        return Math.clamp(Integer.highestOneBit(labels) << 1, 2, MAX_BUCKETS);
    }

    /// All labels, those without a place included.
    int size() {
        return size;
    }

    /// How many arrays that hold something for each place have to have.
    int places() {
        return time.length;
    }

    boolean isEmpty() {
        return partStart[parts()] == 0;
    }

    int parts() {
        return hotOf.length;
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
        for (long seed = 0; ; seed++) {
            WaitingLabels labels = of(new KeyColumns(keys, seed), times, parallel);
            if (labels.whole || labels.hasOneKeyAHash(parallel)) {
                labels.cutHotKeys();
                return labels;
            }
        }
    }

    private static WaitingLabels of(KeyColumns keys, ColumnData.Longs times, Parallel parallel) {
        boolean[] absent = times.missing().clone();
        keys.markAbsent(absent);
        int size = absent.length;
        int bits = 1;
        while (bits < MAX_PART_BITS && size >>> bits > LABELS_PER_PART) {
            bits++;
        }
        var parts = new Parts(absent, bits);
        var order = new HashOrder(parallel);
        order.sort(new HashOrder.Things(keys, absent, times.values(), new long[0]), parts, 0, size);
        var labels = new WaitingLabels(size, keys, Long.SIZE - bits, order.start);
        parallel.each(labels.parts(), part -> labels.sort(part, order));
        return labels;
    }

    /// The parts of labels.
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares two.
    private record Parts(boolean[] absent, int bits) implements HashOrder.Units {
        @Override
        public int count() {
            return 1 << bits;
        }

        @Override
        public boolean areCostly() {
            return false;
        }

        @Override
        public void find(int from, int size, long[] hashes, int[] units) {
            for (int i = 0; i < size; i++) {
                units[i] =
                        absent[from + i]
                                ? HashOrder.NOWHERE
                                : (int) (hashes[i] >>> (Long.SIZE - bits));
            }
        }
    }

    /// Sorts the labels of a part by hash and time, and fills its directory in.
    private void sort(int part, HashOrder order) {
        int next = firstPlace(part);
        int none = noPlace(part);
        hotOf[part] = ABSENT;
        // Of another part, so that no row of this one is taken to have it.
        hash[none] = ((long) part << shift) ^ Long.MIN_VALUE;
        time[none] = Long.MAX_VALUE;
        label[none] = ABSENT;
        int first = bucketStart[part];
        int last = bucketStart[part + 1] - 1;
        for (int i = partStart[part]; i < partStart[part + 1]; i++) {
            directory[bucket(part, order.hash[i]) + 1]++;
        }
        directory[first] = next;
        for (int bucket = first + 1; bucket <= last; bucket++) {
            int count = directory[bucket];
            directory[bucket] = next;
            next += count;
        }
        // What is placed moves the beginning of its bucket to that of the next one.
        for (int i = partStart[part]; i < partStart[part + 1]; i++) {
            int at = directory[bucket(part, order.hash[i]) + 1]++;
            hash[at] = order.hash[i];
            time[at] = order.time[i];
            label[at] = order.number[i];
        }
        for (int bucket = first; bucket < last; bucket++) {
            if (directory[bucket + 1] - directory[bucket] > 1) {
                sort(directory[bucket], directory[bucket + 1]);
            }
        }
    }

    private void sort(int from, int to) {
        if (to - from > INSERTION) {
            partition(from, to);
            return;
        }
        for (int i = from + 1; i < to; i++) {
            long its = hash[i];
            long moment = time[i];
            int number = label[i];
            int at = i;
            while (at > from
                    && (hash[at - 1] > its || (hash[at - 1] == its && time[at - 1] > moment))) {
                hash[at] = hash[at - 1];
                time[at] = time[at - 1];
                label[at] = label[at - 1];
                at--;
            }
            hash[at] = its;
            time[at] = moment;
            label[at] = number;
        }
    }

    /// Sorts a large bucket, in which few keys have many labels: those of one key in the middle are
    /// put between those with smaller and with larger hashes.
    private void partition(int from, int to) {
        long middle = hash[(from + to) >>> 1];
        int smaller = from;
        int larger = to;
        for (int i = from; i < larger; ) {
            if (hash[i] < middle) {
                swap(i++, smaller++);
            } else if (hash[i] > middle) {
                swap(i, --larger);
            } else {
                i++;
            }
        }
        TimeOrder.sort(time, label, smaller, larger);
        sort(from, smaller);
        sort(larger, to);
    }

    private void swap(int a, int b) {
        long itsHash = hash[a];
        long itsTime = time[a];
        int itsLabel = label[a];
        hash[a] = hash[b];
        time[a] = time[b];
        label[a] = label[b];
        hash[b] = itsHash;
        time[b] = itsTime;
        label[b] = itsLabel;
    }

    private boolean hasOneKeyAHash(Parallel parallel) {
        var clash = new AtomicBoolean();
        parallel.each(
                parts(),
                part -> {
                    for (int place = firstPlace(part) + 1; place < noPlace(part); place++) {
                        if (hash[place] == hash[place - 1]
                                && !keys.same(label[place], label[place - 1])) {
                            clash.set(true);
                        }
                    }
                });
        return !clash.get();
    }

    /// Cuts the largest entity of a part into slices if it is large enough.
    private void cutHotKeys() {
        for (int part = 0; part < parts(); part++) {
            if (partStart[part + 1] - partStart[part] < HOT) {
                continue;
            }
            int largest = firstPlace(part);
            int most = 0;
            int end;
            for (int entity = largest; entity < noPlace(part); entity = end) {
                end = end(entity);
                if (end - entity > most) {
                    largest = entity;
                    most = end - entity;
                }
            }
            if (most >= HOT) {
                hotOf[part] = hotKeys.size();
                hotKeys.add(HotKey.cut(largest, units(), time, largest, largest + most));
            }
        }
    }

    /// The key columns of rows, hashed as those of the labels are.
    KeyColumns keysOf(RowBatch rows) {
        return new KeyColumns(rows.keys(), keys.seed());
    }

    /// Whether a key is told by its hash alone.
    boolean isWhole() {
        return whole;
    }

    /// The part of a hash.
    int part(long wanted) {
        return (int) (wanted >>> shift);
    }

    /// Where in the directory the first place at or before a hash stands; the first place behind it
    /// is in the next one.
    int bucket(int part, long wanted) {
        return bucketStart[part] + (int) (wanted << (Long.SIZE - shift) >>> bucketShift[part]);
    }

    /// The unit in which a row's place is, or [HashOrder#NOWHERE].
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
        int bucket = bucket(part(wanted), wanted);
        int end = directory[bucket + 1];
        for (int place = directory[bucket]; place < end; place++) {
            if (hash[place] == wanted) {
                return isOf(place, rows, row) ? place : ABSENT;
            }
        }
        return ABSENT;
    }

    /// The place after an entity's last.
    int end(int entity) {
        int bucket = bucket(part(hash[entity]), hash[entity]);
        return firstFrom(entity, directory[bucket + 1], hash[entity], Long.MAX_VALUE, true);
    }

    /// Whether a row with the hash of an entity is about it.
    boolean isOf(int entity, KeyColumns rows, int row) {
        return whole || keys.equal(label[entity], rows, row);
    }

    /// The first of the places from `from` up to `end` that is not one of an entity before a
    /// moment, or `end`.
    ///
    /// @param its hash, which the place at `from` has
    int firstFrom(int from, int end, long its, long moment) {
        return firstFrom(from, end, its, moment, false);
    }

    private int firstFrom(int from, int end, long its, long moment, boolean andAt) {
        int low = from;
        int length = end - from;
        while (length > 0) {
            int half = length >>> 1;
            long at = time[low + half];
            if (hash[low + half] == its && (at < moment || (andAt && at == moment))) {
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
        for (int i = bucketStart[part]; i < bucketStart[part + 1]; i += INTS_PER_LINE) {
            sum += directory[i];
        }
        for (int place = firstPlace(part); place < noPlace(part); place += LONGS_PER_LINE) {
            sum += hash[place] + time[place];
        }
        return sum;
    }

    int firstPlace(int part) {
        return partStart[part] + part;
    }

    /// The place after a part's last, which has no label: what is offered to nobody goes there.
    int noPlace(int part) {
        return partStart[part + 1] + part;
    }
}
