package dev.touchstone.features.internal.stream;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.AsOfRule.Boundary;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Times;
import java.util.Arrays;

/// Brings the rows of a batch into the order of the units of work that they belong to, stably: what
/// is then worked on unit by unit stays in a processor's own cache.
///
/// Rows are counted by unit, and then go straight to their places; their hashes are found twice,
/// which costs less than to keep them.
final class RowOrder {
    private static final int CHUNK = 1 << 10;
    private static final int LEAST_STRETCH = 1 << 14;
    private static final int STRETCHES_PER_THREAD = 2;
    private static final boolean[] ALL_PRESENT = {};

    private final WaitingLabels labels;
    private final AsOfRule rule;
    private final Mode mode;
    private final Parallel parallel;

    /// Of each row in the new order.
    long[] hash = {};

    long[] event = {};

    /// Used for delayed rows alone.
    long[] available = {};

    /// Its number in the batch.
    int[] row = {};

    /// Room for the places that the rows of a unit touched, from the unit's first row on.
    int[] touched = {};

    /// The first row of each unit; one more at the end.
    int[] start = {};

    /// What is not worth finding twice.
    private long[] foundHash = {};

    private int[] foundUnit = {};

    RowOrder(WaitingLabels labels, AsOfRule rule, Mode mode, Parallel parallel) {
        this.labels = labels;
        this.rule = rule;
        this.mode = mode;
        this.parallel = parallel;
    }

    /// @param touching whether to make room for touched places
    void sort(RowBatch batch, boolean touching) {
        int rows = batch.rows();
        KeyColumns keys = labels.keysOf(batch);
        if (rows > row.length) {
            hash = new long[rows];
            event = new long[rows];
            row = new int[rows];
        }
        available = batch.isDelayed() && rows > available.length ? new long[rows] : available;
        touched = touching && rows > touched.length ? new int[rows] : touched;
        foundHash = !keys.isWhole() && rows > foundHash.length ? new long[rows] : foundHash;
        foundUnit = labels.hasHotKeys() && rows > foundUnit.length ? new int[rows] : foundUnit;
        int stretches =
                Math.clamp(rows / LEAST_STRETCH, 1, parallel.threads() * STRETCHES_PER_THREAD);
        int[][] next = new int[stretches][labels.units()];
        parallel.each(
                stretches,
                s -> pass(batch, keys, cut(rows, s, stretches), cut(rows, s + 1, stretches))
                        .count(next[s]));
        start = starts(next);
        parallel.each(
                stretches,
                s -> pass(batch, keys, cut(rows, s, stretches), cut(rows, s + 1, stretches))
                        .place(next[s]));
    }

    /// Where stretch `s` of `stretches` begins.
    private static int cut(int rows, int s, int stretches) {
        return (int) ((long) rows * s / stretches);
    }

    /// Turns the counts of each stretch into where its first row of each unit goes.
    private int[] starts(int[][] next) {
        int[] starts = new int[labels.units() + 1];
        int sum = 0;
        for (int unit = 0; unit < labels.units(); unit++) {
            starts[unit] = sum;
            for (int[] its : next) {
                int count = its[unit];
                its[unit] = sum;
                sum += count;
            }
        }
        starts[labels.units()] = sum;
        return starts;
    }

    private Pass pass(RowBatch batch, KeyColumns keys, int from, int to) {
        return new Pass(batch, keys, from, to);
    }

    /// One reading of some rows, a chunk at a time.
    private final class Pass {
        private final RowBatch batch;
        private final KeyColumns keys;
        private final int from;
        private final int to;
        private final long[] hashes = new long[CHUNK];
        private final int[] units = new int[CHUNK];
        private final boolean strictly = rule.boundary() == Boundary.BEFORE;

        Pass(RowBatch batch, KeyColumns keys, int from, int to) {
            this.batch = batch;
            this.keys = keys;
            this.from = from;
            this.to = to;
        }

        void count(int[] counts) {
            for (int at = from; at < to; at += CHUNK) {
                int size = Math.min(CHUNK, to - at);
                hash(at, size);
                find(at, size);
                for (int i = 0; i < size; i++) {
                    if (units[i] != Scatter.NOWHERE) {
                        counts[units[i]]++;
                    }
                }
            }
        }

        void place(int[] next) {
            boolean delayed = batch.isDelayed();
            for (int at = from; at < to; at += CHUNK) {
                int size = Math.min(CHUNK, to - at);
                if (keys.isWhole()) {
                    hash(at, size);
                } else {
                    System.arraycopy(foundHash, at, hashes, 0, size);
                }
                if (labels.hasHotKeys()) {
                    System.arraycopy(foundUnit, at, units, 0, size);
                } else {
                    find(at, size);
                }
                for (int i = 0; i < size; i++) {
                    if (units[i] == Scatter.NOWHERE) {
                        continue;
                    }
                    int place = next[units[i]]++;
                    hash[place] = hashes[i];
                    event[place] = batch.event()[at + i];
                    row[place] = at + i;
                    if (delayed) {
                        available[place] = batch.available()[at + i];
                    }
                }
            }
        }

        private void hash(int at, int size) {
            keys.hash(ALL_PRESENT, at, at + size, hashes, at);
            if (!keys.isWhole()) {
                System.arraycopy(hashes, 0, foundHash, at, size);
            }
        }

        private void find(int at, int size) {
            if (!labels.hasHotKeys()) {
                for (int i = 0; i < size; i++) {
                    units[i] = labels.part(hashes[i]);
                }
            } else {
                for (int i = 0; i < size; i++) {
                    units[i] =
                            labels.unit(
                                    hashes[i],
                                    rule.visibleFrom(
                                            batch.event()[at + i],
                                            batch.available()[at + i],
                                            mode));
                }
            }
            if (strictly) {
                // What happens after every moment is never seen.
                for (int i = 0; i < size; i++) {
                    units[i] =
                            batch.event()[at + i] == Times.INFINITY ? Scatter.NOWHERE : units[i];
                }
            }
            if (labels.hasHotKeys()) {
                System.arraycopy(units, 0, foundUnit, at, size);
            }
        }
    }
}
