package dev.touchstone.features.internal.window;

import dev.touchstone.features.Value;
import java.util.Arrays;

/// How many different values there were: exactly up to [#MOST_EXACT], above that by HyperLogLog
/// with 4,096 registers, whose standard error is 1.04 / √4096, or 1.6 %.
///
/// What it holds depends on the set of values alone, so sketches of parts may be merged in any
/// order. The estimate is that of O. Ertl, "New cardinality estimation algorithms for HyperLogLog
/// sketches" (2017), which needs no tables of corrections.
final class DistinctSketch {
    /// Up to so many values the answer is exact.
    static final int MOST_EXACT = 256;

    private static final int INDEX_BITS = 12;
    private static final int REGISTERS = 1 << INDEX_BITS;

    /// A register's greatest value is one more.
    private static final int RANKS = Long.SIZE - INDEX_BITS;

    private static final double ALPHA = 0.5 / Math.log(2);
    private static final int INITIAL = 8;
    private static final long EMPTY = 0;
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    /// Hashes in an open table that is at most half full, while they are few.
    private long[] hashes = new long[INITIAL];

    private int count;
    private boolean dense;
    private byte[] registers = {};

    /// How many registers have each value, while an estimate is made.
    private int[] of = {};

    void reset() {
        Arrays.fill(hashes, EMPTY);
        if (dense) {
            Arrays.fill(registers, (byte) 0);
        }
        count = 0;
        dense = false;
    }

    void add(Value value) {
        addHash(hash(value));
    }

    void add(DistinctSketch other) {
        if (other.dense) {
            condense();
            for (int i = 0; i < REGISTERS; i++) {
                registers[i] = (byte) Math.max(registers[i], other.registers[i]);
            }
            return;
        }
        for (long hash : other.hashes) {
            if (hash != EMPTY) {
                addHash(hash);
            }
        }
    }

    private void addHash(long hash) {
        if (dense) {
            register(hash);
            return;
        }
        int at = place(hash);
        if (hashes[at] == hash) {
            return;
        }
        if (count == MOST_EXACT) {
            condense();
            register(hash);
            return;
        }
        hashes[at] = hash;
        count++;
        if (2 * count > hashes.length) {
            long[] before = hashes;
            hashes = new long[2 * before.length];
            for (long its : before) {
                if (its != EMPTY) {
                    hashes[place(its)] = its;
                }
            }
        }
    }

    private int place(long hash) {
        int mask = hashes.length - 1;
        int at = (int) hash & mask;
        while (hashes[at] != EMPTY && hashes[at] != hash) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void condense() {
        if (dense) {
            return;
        }
        dense = true;
        if (registers.length == 0) {
            registers = new byte[REGISTERS];
        }
        for (long hash : hashes) {
            if (hash != EMPTY) {
                register(hash);
            }
        }
    }

    private void register(long hash) {
        int index = (int) (hash >>> RANKS);
        int rank = Math.min(RANKS, Long.numberOfLeadingZeros(hash << INDEX_BITS)) + 1;
        registers[index] = (byte) Math.max(registers[index], rank);
    }

    /// How many there were.
    long estimate() {
        if (!dense) {
            return count;
        }
        if (of.length == 0) {
            of = new int[RANKS + 2];
        }
        Arrays.fill(of, 0);
        for (byte register : registers) {
            of[register]++;
        }
        double z = REGISTERS * tau(1 - (double) of[RANKS + 1] / REGISTERS);
        for (int rank = RANKS; rank >= 1; rank--) {
            z = 0.5 * (z + of[rank]);
        }
        z += REGISTERS * sigma((double) of[0] / REGISTERS);
        return Math.round(ALPHA * REGISTERS * REGISTERS / z);
    }

    private static double sigma(double empty) {
        double x = empty;
        double y = 1;
        double z = x;
        for (double before = -1; z != before; y += y) {
            x *= x;
            before = z;
            z += x * y;
        }
        return z;
    }

    private static double tau(double full) {
        if (full == 0 || full == 1) {
            return 0;
        }
        double x = full;
        double y = 1;
        double z = 1 - x;
        for (double before = -1; z != before; ) {
            x = Math.sqrt(x);
            before = z;
            y *= 0.5;
            z -= (1 - x) * (1 - x) * y;
        }
        return z / 3;
    }

    /// Never 0. Values that are equal have one hash, on every machine.
    private static long hash(Value value) {
        long bits =
                switch (value) {
                    case Value.Whole(long whole) -> whole;
                    case Value.Truth(boolean truth) -> truth ? 1 : 0;
                    case Value.Real(double real) -> Double.doubleToLongBits(real);
                    case Value.Text(String text) -> {
                        long hash = text.length();
                        for (int i = 0; i < text.length(); i++) {
                            hash = mixed(hash + text.charAt(i) + GOLDEN);
                        }
                        yield hash;
                    }
                    case Value.Missing _ ->
                            throw new IllegalArgumentException("what is missing is no value");
                };
        long hash = mixed(bits + GOLDEN);
        return hash == EMPTY ? 1 : hash;
    }

    /// The finalizer of SplitMix64.
    private static long mixed(long bits) {
        long z = (bits ^ (bits >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }
}
