package dev.touchstone.features.internal.stream;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.AsOfRule.Boundary;
import dev.touchstone.features.AsOfRule.StalenessClock;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Times;
import dev.touchstone.features.internal.join.AsOfJoin;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Gives waiting labels the features of one view while its history passes by, in any order and
/// without being kept.
///
/// From [AsOfRule]: a row is seen from one moment on, when it has happened and was known. Of the
/// labels of its entity, sorted by time, it can win from the first one at or after that moment. So
/// a row is offered to that one place only, where the strongest offer stays ([Offers]); at the end,
/// the winner of a place is the strongest offer at it or before it. That takes a search among an
/// entity's labels a row, and no memory but the labels'.
///
/// Rows that come in no order are gathered, brought into that of the labels' parts, and offered
/// part by part: what a part touches fits into a cache, and parts are shared among threads.
public final class StreamJoin {
    private static final int NOT_FOUND = -1;
    private static final int DELETED = -2;
    private static final int STALE = -3;
    private static final int CHUNK = 2048;
    private static final int MOST_ROWS = 1 << 22;
    private static final int RUN = 32;
    private static final int WORTH_FETCHING = 1 << 8;
    private static final int LEAST_ROWS = 1 << 8;
    private static final int SLICE = 1 << 24;

    private final WaitingLabels labels;
    private final AsOfRule rule;
    private final Mode mode;
    private final List<ColumnType> features;
    private final Parallel parallel;
    private final Offers offers;
    private final RowBuffer buffer;
    private final HashOrder order;

    /// The places that rows of a unit touched, from the unit's first row on.
    private int[] touched = {};

    private final boolean strictly;
    private boolean kept;

    /// @param threads that may join
    /// @param bufferBytes for rows that are gathered, about
    public record Room(int threads, long bufferBytes) {
        /// One thread, and 16 MB.
        public static final Room LITTLE = new Room(1, 16L << 20);
    }

    /// A join in little room.
    public StreamJoin(WaitingLabels labels, AsOfRule rule, Mode mode, List<ColumnType> features) {
        this(labels, rule, mode, features, Room.LITTLE);
    }

    /// @param features the wanted features' types
    public StreamJoin(
            WaitingLabels labels, AsOfRule rule, Mode mode, List<ColumnType> features, Room room) {
        this.labels = labels;
        this.rule = rule;
        this.mode = mode;
        this.features = List.copyOf(features);
        this.parallel = new Parallel(room.threads());
        this.offers = new Offers(labels.places(), features, parallel);
        this.buffer =
                new RowBuffer(
                        Math.clamp(
                                room.bufferBytes() / RowBuffer.bytesPerRow(features),
                                LEAST_ROWS,
                                MOST_ROWS));
        this.order = new HashOrder(parallel);
        this.strictly = rule.boundary() == Boundary.BEFORE;
    }

    /// Bytes that a label takes in a join of so many features, its cells included.
    public static long bytesPerLabel(int features) {
        return WaitingLabels.BYTES_PER_LABEL
                + Offers.bytesPerPlace(features)
                + Integer.BYTES
                + features * (Long.BYTES + 1L)
                + 1;
    }

    /// Lets rows pass by. Of rows that are equal in event and availability the later one wins.
    public void add(RowBatch batch) {
        if (labels.isEmpty()) {
            return;
        }
        if (comesInRuns(batch)) {
            flush();
            offerInOrder(batch);
            return;
        }
        for (int from = 0; from < batch.rows(); ) {
            from += buffer.add(batch, from);
            if (buffer.isFull()) {
                flush();
            }
        }
    }

    /// Whether so many rows of one entity tend to follow one another that to look their entity up,
    /// which the cache does not help with, costs less than to bring them into an order.
    private static boolean comesInRuns(RowBatch batch) {
        var keys = new KeyColumns(batch.keys(), 0);
        int rows = Math.min(batch.rows(), CHUNK);
        int changes = 0;
        for (int row = 1; row < rows; row++) {
            changes += keys.same(row - 1, row) ? 0 : 1;
        }
        return changes < rows / RUN;
    }

    private void offerInOrder(RowBatch batch) {
        begin(batch);
        KeyColumns keys = labels.keysOf(batch);
        long[] hash = new long[batch.rows()];
        keys.hash(new boolean[0], 0, batch.rows(), hash);
        int[] touched = new int[batch.rows()];
        int count = 0;
        int entity = WaitingLabels.ABSENT;
        int end = 0;
        int near = 0;
        for (int row = 0; row < batch.rows(); row++) {
            if (row == 0 || !keys.same(row - 1, row)) {
                entity = labels.find(hash[row], keys, row);
                end = entity == WaitingLabels.ABSENT ? 0 : labels.end(entity);
                near = entity;
            }
            long event = batch.event()[row];
            if (entity == WaitingLabels.ABSENT || isNeverSeen(event)) {
                continue;
            }
            long available = batch.available()[row];
            long moment = rule.visibleFrom(event, available, mode);
            // Rows in the order of time go from one label to the next.
            if (near > entity && labels.time[near - 1] >= moment) {
                near = labels.firstFrom(entity, near, hash[row], moment);
            } else if (near < end && labels.time[near] < moment) {
                near = labels.firstFrom(near + 1, end, hash[row], moment);
            }
            if (near < end) {
                touched[count] = near;
                count += offers.settle(near, row, event, available);
            }
        }
        offers.prepare(batch);
        offers.keep(batch, touched, 0, count);
        kept = true;
    }

    /// Whether a row happens after every moment.
    private boolean isNeverSeen(long event) {
        return strictly && event == Times.INFINITY;
    }

    private void begin(RowBatch batch) {
        if (batch.isDelayed()) {
            offers.delay();
        }
    }

    private void flush() {
        if (buffer.rows() > 0) {
            RowBatch batch = buffer.batch();
            offers.prepare(batch);
            offer(batch, true);
            kept = true;
            buffer.clear();
        }
    }

    /// Offers rows unit by unit, at most 16 M at a time: to order them takes 20 bytes each.
    ///
    /// @param keep whether to copy the values of those that are the strongest so far
    private void offer(RowBatch batch, boolean keep) {
        begin(batch);
        var things =
                new HashOrder.Things(
                        labels.keysOf(batch),
                        new boolean[0],
                        batch.event(),
                        batch.isDelayed() ? batch.available() : new long[0]);
        var units = new RowUnits(batch);
        int step = keep ? batch.rows() : SLICE;
        for (int from = 0; from < batch.rows(); from += step) {
            order.sort(things, units, from, Math.min(batch.rows(), from + step));
            offerOrdered(batch, keep);
        }
    }

    private void offerOrdered(RowBatch batch, boolean keep) {
        int[] start = order.start;
        if (keep && touched.length < start[labels.units()]) {
            touched = new int[batch.rows()];
        }
        parallel.each(
                labels.units(),
                unit -> {
                    int count =
                            unit < labels.parts()
                                    ? offerToPart(batch, unit, start[unit], start[unit + 1], keep)
                                    : offerToSlice(batch, unit, start[unit], start[unit + 1], keep);
                    if (keep) {
                        offers.keep(batch, touched, start[unit], start[unit] + count);
                    }
                });
    }

    /// The units of rows.
    private final class RowUnits implements HashOrder.Units {
        private final RowBatch batch;

        RowUnits(RowBatch batch) {
            this.batch = batch;
        }

        @Override
        public int count() {
            return labels.units();
        }

        @Override
        public boolean areCostly() {
            return labels.hasHotKeys();
        }

        @Override
        public void find(int from, int size, long[] hashes, int[] units) {
            if (labels.hasHotKeys()) {
                for (int i = 0; i < size; i++) {
                    long event = batch.event()[from + i];
                    long available = batch.available()[from + i];
                    units[i] = labels.unit(hashes[i], rule.visibleFrom(event, available, mode));
                }
            } else {
                for (int i = 0; i < size; i++) {
                    units[i] = labels.part(hashes[i]);
                }
            }
            if (strictly) {
                for (int i = 0; i < size; i++) {
                    units[i] = isNeverSeen(batch.event()[from + i]) ? HashOrder.NOWHERE : units[i];
                }
            }
        }
    }

    /// Offers some rows to a part. Which of an entity's labels a row goes to, and whether it goes
    /// to any, nobody can foresee. So the first labels are counted without asking, and rows for
    /// nobody are offered to a place of no label.
    ///
    /// @return how many places were touched, if they are kept
    private int offerToPart(RowBatch batch, int part, int from, int to, boolean keep) {
        if (to - from >= WORTH_FETCHING) {
            offers.fetch(labels.fetch(part), labels.firstPlace(part), labels.noPlace(part));
        }
        KeyColumns keys = labels.keysOf(batch);
        boolean whole = labels.isWhole();
        boolean delayed = batch.isDelayed();
        if (whole && rule.isSeenAtEvent(mode) && !delayed && !offers.areDelayed()) {
            return offerToPart(part, from, to, keep);
        }
        int[] directory = labels.directory;
        long[] hash = labels.hash;
        long[] time = labels.time;
        int nobody = labels.noPlace(part);
        int count = 0;
        for (int i = from; i < to; i++) {
            long its = order.hash[i];
            int bucket = labels.bucket(part, its);
            int place = directory[bucket];
            int end = directory[bucket + 1];
            while (place < end && hash[place] < its) {
                place++;
            }
            int row = order.number[i];
            if (!whole && place < end && hash[place] == its && !labels.isOf(place, keys, row)) {
                continue;
            }
            long event = order.time[i];
            long available = delayed ? order.second[i] : event;
            long moment = rule.visibleFrom(event, available, mode);
            int before = 0;
            for (int k = 0; k < WaitingLabels.SPARE; k++) {
                before += Order.same(hash[place + k], its) & Order.before(time[place + k], moment);
            }
            place += before;
            if (before == WaitingLabels.SPARE) {
                place = labels.firstFrom(place, end, its, moment);
            }
            int offered = Order.choose(Order.same(hash[place], its), place, nobody);
            int first = offers.settle(offered, row, event, available);
            if (keep) {
                touched[from + count] = offered;
                count += first;
            }
        }
        return count;
    }

    /// The same for the simplest rows, which most are: keys of one whole number, seen from their
    /// events on. With nothing called and everything at hand it takes half the time.
    private int offerToPart(int part, int from, int to, boolean keep) {
        int[] directory = labels.directory;
        long[] hash = labels.hash;
        long[] time = labels.time;
        long[] rowHash = order.hash;
        long[] rowTime = order.time;
        int[] number = order.number;
        long[] event = offers.event;
        int[] row = offers.row;
        int[] touches = touched;
        int nobody = labels.noPlace(part);
        int count = 0;
        for (int i = from; i < to; i++) {
            long its = rowHash[i];
            long moment = rowTime[i];
            int bucket = labels.bucket(part, its);
            int place = directory[bucket];
            int end = directory[bucket + 1];
            while (place < end && hash[place] < its) {
                place++;
            }
            int before = 0;
            for (int k = 0; k < WaitingLabels.SPARE; k++) {
                before += Order.same(hash[place + k], its) & Order.before(time[place + k], moment);
            }
            place += before;
            if (before == WaitingLabels.SPARE) {
                place = labels.firstFrom(place, end, its, moment);
            }
            int offered = Order.choose(Order.same(hash[place], its), place, nobody);
            int wins = 1 - Order.before(moment, event[offered]);
            event[offered] = Math.max(event[offered], moment);
            int earlier = row[offered];
            row[offered] = Order.choose(wins, number[i], earlier);
            if (keep) {
                touches[from + count] = offered;
                count += wins & (earlier >>> (Integer.SIZE - 1));
            }
        }
        return count;
    }

    private int offerToSlice(RowBatch batch, int unit, int from, int to, boolean keep) {
        KeyColumns keys = labels.keysOf(batch);
        boolean delayed = batch.isDelayed();
        HotKey hot = labels.hotKey(unit);
        int count = 0;
        for (int i = from; i < to; i++) {
            int row = order.number[i];
            if (!labels.isOf(hot.entity(), keys, row)) {
                continue;
            }
            long event = order.time[i];
            long available = delayed ? order.second[i] : event;
            int place =
                    hot.places().firstFrom(labels.time, rule.visibleFrom(event, available, mode));
            int first = offers.settle(place, row, event, available);
            if (keep) {
                touched[from + count] = place;
                count += first;
            }
        }
        return count;
    }

    /// What each label was given.
    ///
    /// @param cells a column a feature, in the order of the labels
    /// @param status an [AsOfJoin] status a label
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares two.
    public record Result(List<ColumnData> cells, byte[] status) {}

    /// Ends the join, when the whole history has passed.
    public Result finish() {
        if (kept || buffer.rows() == 0) {
            flush();
            return give(Optional.empty());
        }
        return judgeAll(buffer.batch());
    }

    /// Ends a join of which this is the whole history: nothing has to be copied in between.
    ///
    /// @throws IllegalStateException when rows were added before
    public Result finish(RowBatch all) {
        if (kept || buffer.rows() > 0) {
            throw new IllegalStateException("other rows have passed already; add this batch, too");
        }
        return all.rows() == 0 ? give(Optional.empty()) : judgeAll(all);
    }

    private Result judgeAll(RowBatch all) {
        offer(all, false);
        return give(Optional.of(all));
    }

    /// @param only the batch in which all winners are, when nothing was kept
    private Result give(Optional<RowBatch> only) {
        int[] winner = new int[labels.size()];
        Arrays.fill(winner, NOT_FOUND);
        parallel.each(labels.parts(), part -> judge(part, only, winner));
        byte[] status = new byte[winner.length];
        ColumnData[] cells = new ColumnData[features.size()];
        // To fill arrays with zeros is work, too.
        parallel.each(
                cells.length, f -> cells[f] = ColumnData.allocate(features.get(f), winner.length));
        boolean[] complete = only.map(RowBatch::complete).orElse(new boolean[0]);
        parallel.stretches(
                winner.length,
                (first, last) -> {
                    for (int from = first; from < last; from += CHUNK) {
                        int to = Math.min(last, from + CHUNK);
                        for (int i = from; i < to; i++) {
                            status[i] = status(winner[i]);
                        }
                        for (int f = 0; f < cells.length; f++) {
                            if (only.isPresent()) {
                                only.get().give(f, complete[f], winner, cells[f], from, to);
                            } else {
                                offers.give(f, winner, cells[f], from, to);
                            }
                        }
                    }
                });
        return new Result(List.of(cells), status);
    }

    private static byte status(int winner) {
        return switch (winner) {
            case NOT_FOUND -> AsOfJoin.NOT_FOUND;
            case DELETED -> AsOfJoin.DELETED;
            case STALE -> AsOfJoin.STALE;
            default -> AsOfJoin.FOUND;
        };
    }

    private void judge(int part, Optional<RowBatch> only, int[] winner) {
        int strongest = Offers.NONE;
        for (int place = labels.firstPlace(part); place < labels.noPlace(part); place++) {
            if (place > labels.firstPlace(part) && labels.hash[place] != labels.hash[place - 1]) {
                strongest = Offers.NONE;
            }
            if (offers.row[place] != Offers.NONE
                    && (strongest == Offers.NONE || offers.isStronger(place, strongest))) {
                strongest = place;
            }
            if (strongest != Offers.NONE) {
                winner[labels.label[place]] = judge(strongest, labels.time[place], only);
            }
        }
    }

    private int judge(int strongest, long labelTime, Optional<RowBatch> only) {
        long since =
                rule.staleness() == StalenessClock.EVENT
                        ? offers.event[strongest]
                        : offers.available(strongest);
        if (since < rule.oldestServed(labelTime)) {
            return STALE;
        }
        if (only.isPresent()) {
            int row = offers.row[strongest];
            return only.get().isTombstone(row) ? DELETED : row;
        }
        return offers.isTombstone(strongest) ? DELETED : strongest;
    }
}
