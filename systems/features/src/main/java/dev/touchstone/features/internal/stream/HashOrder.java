package dev.touchstone.features.internal.stream;

/// Brings rows or labels into the order of the units of work that they belong to, stably: what is
/// then worked on unit by unit stays in a processor's own cache.
///
/// They are counted by unit and then go straight to their places; hashes of whole numbers are found
/// twice, which costs less than to keep them. Every thread takes a stretch and counts for itself,
/// so none waits for another.
final class HashOrder {
    /// The unit of what belongs nowhere.
    static final int NOWHERE = -1;

    private static final int CHUNK = 1 << 10;
    private static final int LEAST_STRETCH = 1 << 12;
    private static final int STRETCHES_PER_THREAD = 2;

    private final Parallel parallel;

    /// Of each thing in the new order.
    long[] hash = {};

    long[] time = {};

    /// Used when things have a second time.
    long[] second = {};

    /// Its number in the old order.
    int[] number = {};

    /// The first place of each unit; one more at the end.
    int[] start = {};

    /// What is not worth finding twice.
    private long[] foundHash = {};

    private int[] foundUnit = {};

    HashOrder(Parallel parallel) {
        this.parallel = parallel;
    }

    /// What is to be ordered.
    ///
    /// @param absent those without a key or a time; empty when there are none
    /// @param second another time that goes along; empty when there is none
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares two.
    record Things(KeyColumns keys, boolean[] absent, long[] time, long[] second) {}

    /// Says to which unit a thing belongs.
    interface Units {
        int count();

        /// Whether finding them takes more than a shift.
        boolean areCostly();

        /// Finds the units of some things.
        ///
        /// @param from the first of them
        /// @param hashes a hash each
        /// @param units a unit each, or [#NOWHERE]
        void find(int from, int size, long[] hashes, int[] units);
    }

    /// Orders the things `from` up to `to`.
    void sort(Things things, Units units, int from, int to) {
        int size = to - from;
        makeRoom(things, units, size);
        int stretches =
                Math.clamp(size / LEAST_STRETCH, 1, parallel.threads() * STRETCHES_PER_THREAD);
        int[][] next = new int[stretches][units.count()];
        parallel.each(
                stretches,
                s ->
                        new Pass(things, units, from)
                                .count(
                                        cut(size, s, stretches),
                                        cut(size, s + 1, stretches),
                                        next[s]));
        start = starts(next, units.count());
        parallel.each(
                stretches,
                s ->
                        new Pass(things, units, from)
                                .place(
                                        cut(size, s, stretches),
                                        cut(size, s + 1, stretches),
                                        next[s]));
    }

    private void makeRoom(Things things, Units units, int size) {
        if (size > number.length) {
            // To allocate is work, too: somebody fills arrays with zeros.
            parallel.each(
                    2,
                    which -> {
                        if (which == 0) {
                            hash = new long[size];
                        } else {
                            time = new long[size];
                            number = new int[size];
                        }
                    });
        }
        if (things.second.length > 0 && size > second.length) {
            second = new long[size];
        }
        if (!things.keys.isWhole() && size > foundHash.length) {
            foundHash = new long[size];
        }
        if (units.areCostly() && size > foundUnit.length) {
            foundUnit = new int[size];
        }
    }

    /// Where stretch `s` of `stretches` begins.
    private static int cut(int size, int s, int stretches) {
        return (int) ((long) size * s / stretches);
    }

    /// Turns the counts of each stretch into where its first thing of each unit goes.
    private static int[] starts(int[][] next, int units) {
        int[] starts = new int[units + 1];
        int sum = 0;
        for (int unit = 0; unit < units; unit++) {
            starts[unit] = sum;
            for (int[] its : next) {
                int count = its[unit];
                its[unit] = sum;
                sum += count;
            }
        }
        starts[units] = sum;
        return starts;
    }

    /// A reading of some things, a chunk at a time.
    private final class Pass {
        private final Things things;
        private final Units units;
        private final int first;
        private final boolean whole;
        private final long[] hashes = new long[CHUNK];
        private final int[] its = new int[CHUNK];

        Pass(Things things, Units units, int first) {
            this.things = things;
            this.units = units;
            this.first = first;
            this.whole = things.keys.isWhole();
        }

        void count(int from, int to, int[] counts) {
            for (int at = from; at < to; at += CHUNK) {
                int size = Math.min(CHUNK, to - at);
                hash(at, size);
                units.find(first + at, size, hashes, its);
                if (!whole) {
                    System.arraycopy(hashes, 0, foundHash, at, size);
                }
                if (units.areCostly()) {
                    System.arraycopy(its, 0, foundUnit, at, size);
                }
                for (int i = 0; i < size; i++) {
                    if (its[i] != NOWHERE) {
                        counts[its[i]]++;
                    }
                }
            }
        }

        private void hash(int at, int size) {
            things.keys.hash(things.absent, first + at, first + at + size, hashes);
        }

        void place(int from, int to, int[] next) {
            boolean twice = things.second.length > 0;
            for (int at = from; at < to; at += CHUNK) {
                int size = Math.min(CHUNK, to - at);
                if (whole) {
                    hash(at, size);
                } else {
                    System.arraycopy(foundHash, at, hashes, 0, size);
                }
                if (units.areCostly()) {
                    System.arraycopy(foundUnit, at, its, 0, size);
                } else {
                    units.find(first + at, size, hashes, its);
                }
                int base = first + at;
                for (int i = 0; i < size; i++) {
                    if (its[i] == NOWHERE) {
                        continue;
                    }
                    int place = next[its[i]]++;
                    hash[place] = hashes[i];
                    time[place] = things.time[base + i];
                    number[place] = base + i;
                    if (twice) {
                        second[place] = things.second[base + i];
                    }
                }
            }
        }
    }
}
