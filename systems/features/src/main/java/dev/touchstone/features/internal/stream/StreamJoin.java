package dev.touchstone.features.internal.stream;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.AsOfRule.Boundary;
import dev.touchstone.features.AsOfRule.StalenessClock;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Times;
import dev.touchstone.features.internal.join.AsOfJoin;
import dev.touchstone.features.internal.table.KeyHash;
import java.util.Arrays;
import java.util.List;

/// Gives waiting labels the features of one view while its history passes by, in any order and
/// without being kept.
///
/// From [AsOfRule]: a row is seen from one moment on, when it has happened and was known. Of the
/// labels of its entity, sorted by time, it can win from the first one at or after that moment. So
/// a row is offered to that one place only, where the strongest offer stays; at the end, the winner
/// of a place is the strongest offer at it or before it. That takes a search among an entity's
/// labels a row, and no memory but the labels'.
///
/// A place keeps its offer in a row of words, so that judging and replacing it touches one cache
/// line for up to five features:
///
/// ```
/// event, available, mask …, value, value …     mask: bit 0 taken, bit 1 tombstone, 2 + f missing
/// ```
///
/// Values are copied when a batch is through, and only those that still win.
public final class StreamJoin {
    private static final int EVENT = 0;
    private static final int AVAILABLE = 1;
    private static final int MASK = 2;
    private static final int TAKEN_BIT = 0;
    private static final int TOMBSTONE_BIT = 1;
    private static final int FIRST_FEATURE_BIT = 2;
    private static final int NONE = -1;
    private static final int CHUNK = 2048;

    /// From which numbers on it pays to visit labels in the order of their hashes.
    private static final int MANY_ROWS = 1 << 13;

    private static final int MANY_LABELS = 1 << 14;
    private static final int MAX_PART_BITS = 11;

    /// Rows of a part from which on one entity must have most of them: parts have 512 on average.
    private static final int HOT_ROWS = 1 << 13;

    private static final int LABELS_PER_SLICE = 256;
    private static final int MAX_SLICES = 1 << 12;

    private final WaitingLabels labels;
    private final AsOfRule rule;
    private final Mode mode;
    private final List<ColumnType> features;
    private final int maskWords;
    private final int width;
    private final long[] words;
    private final String[][] texts;

    /// The row of the present batch that a place was given, or [#NONE].
    private final int[] rowOf;

    private int[] touched = new int[1024];
    private int touchedCount;
    private final int[] entity = new int[CHUNK];
    private final int[] order = new int[CHUNK];

    /// @param features the wanted features' types
    public StreamJoin(WaitingLabels labels, AsOfRule rule, Mode mode, List<ColumnType> features) {
        this.labels = labels;
        this.rule = rule;
        this.mode = mode;
        this.features = List.copyOf(features);
        this.maskWords = (FIRST_FEATURE_BIT + features.size() + Long.SIZE - 1) / Long.SIZE;
        this.width = MASK + maskWords + features.size();
        int places = labels.time.length;
        this.words = new long[Math.multiplyExact(places, width)];
        this.texts = new String[features.size()][];
        for (int f = 0; f < texts.length; f++) {
            texts[f] = new String[features.get(f) == ColumnType.TEXT ? places : 0];
        }
        this.rowOf = new int[places];
        Arrays.fill(rowOf, NONE);
    }

    /// Bytes that a label takes in a join of so many features, its cells included.
    public static long bytesPerLabel(int features) {
        return WaitingLabels.BYTES_PER_LABEL
                + Integer.BYTES
                + (MASK + 1L + features) * Long.BYTES
                + features * (Long.BYTES + 1L);
    }

    /// Lets rows pass by. Of rows that are equal in event and availability the later one wins.
    public void add(RowBatch batch) {
        if (labels.time.length == 0) {
            return;
        }
        if (batch.keys().getFirst() instanceof ColumnData.Longs(long[] ids, _)
                && labels.entities instanceof Entities.Whole whole) {
            addWhole(batch, ids, whole);
        } else {
            addNamed(batch);
        }
        keepValues(batch);
    }

    private void addNamed(RowBatch batch) {
        for (int first = 0; first < batch.rows(); first += CHUNK) {
            int count = Math.min(CHUNK, batch.rows() - first);
            for (int i = 0; i < count; i++) {
                order[i] = first + i;
                entity[i] = labels.entities.find(batch.keys(), first + i);
            }
            offer(batch, count);
        }
    }

    private void addWhole(RowBatch batch, long[] ids, Entities.Whole whole) {
        if (batch.rows() >= MANY_ROWS
                && labels.time.length >= MANY_LABELS
                && !comesInRuns(ids, batch.rows())) {
            addScattered(batch, ids, whole);
            return;
        }
        for (int first = 0; first < batch.rows(); first += CHUNK) {
            int count = Math.min(CHUNK, batch.rows() - first);
            for (int i = 0; i < count; i++) {
                int row = first + i;
                order[i] = row;
                entity[i] =
                        i > 0 && ids[row] == ids[row - 1]
                                ? entity[i - 1]
                                : whole.find(KeyHash.ofWhole(ids[row]));
            }
            offer(batch, count);
        }
    }

    /// Whether rows of one entity tend to follow one another.
    private static boolean comesInRuns(long[] ids, int rows) {
        int changes = 0;
        for (int row = 1; row < rows; row++) {
            changes += ids[row] == ids[row - 1] ? 0 : 1;
        }
        return changes < rows - rows / 4;
    }

    /// Visits rows by the first bits of their hashes, and within those in their order: entities are
    /// numbered by hash, so that near rows meet near places.
    private void addScattered(RowBatch batch, long[] ids, Entities.Whole whole) {
        int rows = batch.rows();
        int bits = 1;
        while (bits < MAX_PART_BITS && rows >>> bits > CHUNK / 4) {
            bits++;
        }
        int shift = Long.SIZE - bits;
        long[] hash = new long[rows];
        int[] next = new int[(1 << bits) + 1];
        for (int row = 0; row < rows; row++) {
            hash[row] = KeyHash.ofWhole(ids[row]);
            next[(int) (hash[row] >>> shift) + 1]++;
        }
        for (int part = 1; part < next.length; part++) {
            next[part] += next[part - 1];
        }
        int[] sorted = new int[rows];
        for (int row = 0; row < rows; row++) {
            sorted[next[(int) (hash[row] >>> shift)]++] = row;
        }
        for (int part = 0; part + 1 < next.length; part++) {
            int from = part == 0 ? 0 : next[part - 1];
            if (next[part] - from >= HOT_ROWS) {
                sortHot(batch, sorted, from, next[part], hash, whole);
            }
        }
        for (int first = 0; first < rows; first += CHUNK) {
            int count = Math.min(CHUNK, rows - first);
            System.arraycopy(sorted, first, order, 0, count);
            for (int i = 0; i < count; i++) {
                entity[i] = whole.find(hash[order[i]]);
            }
            offer(batch, count);
        }
    }

    /// Visits the rows of a part in which one entity has most of them by time, roughly: by which of
    /// its labels, some hundred apart, they come after. What a search and an offer touch then fits
    /// into a cache. Rows of one time keep their order.
    private void sortHot(
            RowBatch batch, int[] sorted, int from, int to, long[] hash, Entities.Whole whole) {
        int hot = whole.find(hash[sorted[(from + to) >>> 1]]);
        int size = hot == Entities.ABSENT ? 0 : labels.start[hot + 1] - labels.start[hot];
        int slices = Math.min(MAX_SLICES, size / LABELS_PER_SLICE);
        if (slices < 2) {
            return;
        }
        long[] cuts = new long[slices - 1];
        for (int cut = 0; cut < cuts.length; cut++) {
            cuts[cut] = labels.time[labels.start[hot] + (int) ((cut + 1L) * size / slices)];
        }
        int[] slice = new int[to - from];
        int[] next = new int[slices + 1];
        for (int i = from; i < to; i++) {
            int at = Arrays.binarySearch(cuts, batch.event()[sorted[i]]);
            slice[i - from] = at >= 0 ? at : -at - 1;
            next[slice[i - from] + 1]++;
        }
        for (int s = 1; s < next.length; s++) {
            next[s] += next[s - 1];
        }
        int[] rows = Arrays.copyOfRange(sorted, from, to);
        for (int i = 0; i < rows.length; i++) {
            sorted[from + next[slice[i]]++] = rows[i];
        }
    }

    /// Offers `count` rows, those in `order`, to their places.
    private void offer(RowBatch batch, int count) {
        boolean strictly = rule.boundary() == Boundary.BEFORE;
        long[] event = batch.event();
        long[] available = batch.available();
        int near = NONE;
        for (int i = 0; i < count; i++) {
            int row = order[i];
            if (entity[i] == Entities.ABSENT || (strictly && event[row] == Times.INFINITY)) {
                continue;
            }
            long from = rule.visibleFrom(event[row], available[row], mode);
            int place = labels.firstFrom(entity[i], from, near);
            near = place;
            if (place < labels.start[entity[i] + 1]) {
                settle(place, row, event[row], available[row]);
            }
        }
    }

    private void settle(int place, int row, long event, long available) {
        int at = place * width;
        if ((words[at + MASK] & 1L << TAKEN_BIT) != 0
                && (event < words[at + EVENT]
                        || (event == words[at + EVENT] && available < words[at + AVAILABLE]))) {
            return;
        }
        words[at + EVENT] = event;
        words[at + AVAILABLE] = available;
        words[at + MASK] |= 1L << TAKEN_BIT;
        if (rowOf[place] == NONE) {
            if (touchedCount == touched.length) {
                touched = Arrays.copyOf(touched, 2 * touchedCount);
            }
            touched[touchedCount++] = place;
        }
        rowOf[place] = row;
    }

    private void keepValues(RowBatch batch) {
        for (int first = 0; first < touchedCount; first += CHUNK) {
            int end = Math.min(touchedCount, first + CHUNK);
            for (int t = first; t < end; t++) {
                int at = touched[t] * width + MASK;
                Arrays.fill(words, at, at + maskWords, 0);
                boolean tombstone = batch.isTombstone(rowOf[touched[t]]);
                words[at] = 1L << TAKEN_BIT | (tombstone ? 1L << TOMBSTONE_BIT : 0);
            }
            for (int f = 0; f < features.size(); f++) {
                keepValues(f, batch.features().get(f), first, end);
            }
            for (int t = first; t < end; t++) {
                rowOf[touched[t]] = NONE;
            }
        }
        touchedCount = 0;
    }

    private void keepValues(int f, ColumnData column, int first, int end) {
        int offset = MASK + maskWords + f;
        switch (column) {
            case ColumnData.Doubles(double[] values, _) -> {
                for (int t = first; t < end; t++) {
                    words[touched[t] * width + offset] =
                            Double.doubleToRawLongBits(values[rowOf[touched[t]]]);
                }
            }
            case ColumnData.Longs(long[] values, _) -> {
                for (int t = first; t < end; t++) {
                    words[touched[t] * width + offset] = values[rowOf[touched[t]]];
                }
            }
            case ColumnData.Booleans(boolean[] values, _) -> {
                for (int t = first; t < end; t++) {
                    words[touched[t] * width + offset] = values[rowOf[touched[t]]] ? 1 : 0;
                }
            }
            case ColumnData.Texts(String[] values, _) -> {
                for (int t = first; t < end; t++) {
                    texts[f][touched[t]] = values[rowOf[touched[t]]];
                }
            }
        }
        int bit = FIRST_FEATURE_BIT + f;
        boolean[] missing = column.missing();
        for (int t = first; t < end; t++) {
            if (missing[rowOf[touched[t]]]) {
                words[touched[t] * width + MASK + bit / Long.SIZE] |= 1L << (bit % Long.SIZE);
            }
        }
    }

    /// What each label was given.
    ///
    /// @param cells a column a feature, in the order of the labels
    /// @param status an [AsOfJoin] status a label
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares two.
    public record Result(List<ColumnData> cells, byte[] status) {}

    /// Ends the join, when the whole history has passed.
    public Result finish() {
        byte[] status = new byte[labels.size()];
        int[] winner = new int[labels.size()];
        Arrays.fill(winner, NONE);
        for (int e = 0; e + 1 < labels.start.length; e++) {
            int strongest = NONE;
            for (int place = labels.start[e]; place < labels.start[e + 1]; place++) {
                if (isTaken(place) && (strongest == NONE || isStronger(place, strongest))) {
                    strongest = place;
                }
                int label = labels.label[place];
                status[label] = judge(strongest, labels.time[place]);
                winner[label] = status[label] == AsOfJoin.FOUND ? strongest : NONE;
            }
        }
        List<ColumnData> cells =
                features.stream().map(type -> ColumnData.allocate(type, labels.size())).toList();
        for (int first = 0; first < winner.length; first += CHUNK) {
            int end = Math.min(winner.length, first + CHUNK);
            for (int f = 0; f < cells.size(); f++) {
                fill(f, cells.get(f), winner, first, end);
            }
        }
        return new Result(cells, status);
    }

    private boolean isTaken(int place) {
        return (words[place * width + MASK] & 1L << TAKEN_BIT) != 0;
    }

    private boolean isStronger(int a, int b) {
        int byEvent = Long.compare(words[a * width + EVENT], words[b * width + EVENT]);
        return byEvent != 0
                ? byEvent > 0
                : words[a * width + AVAILABLE] > words[b * width + AVAILABLE];
    }

    private byte judge(int winner, long labelTime) {
        if (winner == NONE) {
            return AsOfJoin.NOT_FOUND;
        }
        int clock = rule.staleness() == StalenessClock.EVENT ? EVENT : AVAILABLE;
        if (words[winner * width + clock] < rule.oldestServed(labelTime)) {
            return AsOfJoin.STALE;
        }
        return (words[winner * width + MASK] & 1L << TOMBSTONE_BIT) != 0
                ? AsOfJoin.DELETED
                : AsOfJoin.FOUND;
    }

    private void fill(int f, ColumnData column, int[] winner, int first, int end) {
        int offset = MASK + maskWords + f;
        int bit = FIRST_FEATURE_BIT + f;
        int maskAt = MASK + bit / Long.SIZE;
        boolean[] missing = column.missing();
        for (int i = first; i < end; i++) {
            missing[i] =
                    winner[i] == NONE
                            || (words[winner[i] * width + maskAt] >>> (bit % Long.SIZE) & 1) != 0;
        }
        switch (column) {
            case ColumnData.Doubles(double[] values, _) -> {
                for (int i = first; i < end; i++) {
                    values[i] =
                            missing[i]
                                    ? Double.NaN
                                    : Double.longBitsToDouble(words[winner[i] * width + offset]);
                }
            }
            case ColumnData.Longs(long[] values, _) -> {
                for (int i = first; i < end; i++) {
                    values[i] = missing[i] ? 0 : words[winner[i] * width + offset];
                }
            }
            case ColumnData.Booleans(boolean[] values, _) -> {
                for (int i = first; i < end; i++) {
                    values[i] = !missing[i] && words[winner[i] * width + offset] != 0;
                }
            }
            case ColumnData.Texts(String[] values, _) -> {
                for (int i = first; i < end; i++) {
                    values[i] = missing[i] ? "" : texts[f][winner[i]];
                }
            }
        }
    }
}
