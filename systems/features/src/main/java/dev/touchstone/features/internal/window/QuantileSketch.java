package dev.touchstone.features.internal.window;

import dev.touchstone.features.Value;
import java.util.Arrays;

/// How values are distributed: how many there are in buckets that are 1/64 of an octave wide, so
/// that a quantile is within 1/128 (0.8 %) of the value that has its rank, whatever the values are.
/// Numbers so small that they have fewer digits (below 2.3e-308) count as 0.
///
/// A bucket is the sign, the exponent and the first six bits of the fraction. Counts are exact, so
/// sketches of parts may be merged in any order. The idea is DDSketch (C. Masson and others, 2019),
/// with the binary logarithm that a double has already.
final class QuantileSketch {
    private static final int FRACTION_BITS = 6;
    private static final int SHIFT = 52 - FRACTION_BITS;
    private static final int INITIAL = 4;

    private int[] buckets = new int[INITIAL];
    private long[] counts = new long[INITIAL];
    private int size;

    /// Where a merge goes; then the two change places.
    private int[] otherBuckets = {};

    private long[] otherCounts = {};

    void reset() {
        size = 0;
    }

    void add(Value value) {
        double number = value instanceof Value.Whole(long whole) ? whole : Partial.real(value);
        int bucket = (int) (Input.ordered(Value.of(number)) >> SHIFT);
        int at = Arrays.binarySearch(buckets, 0, size, bucket);
        if (at >= 0) {
            counts[at]++;
            return;
        }
        at = -at - 1;
        if (size == buckets.length) {
            buckets = Arrays.copyOf(buckets, 2 * size);
            counts = Arrays.copyOf(counts, 2 * size);
        }
        System.arraycopy(buckets, at, buckets, at + 1, size - at);
        System.arraycopy(counts, at, counts, at + 1, size - at);
        buckets[at] = bucket;
        counts[at] = 1;
        size++;
    }

    void add(QuantileSketch other) {
        if (otherBuckets.length < size + other.size) {
            otherBuckets = new int[2 * (size + other.size)];
            otherCounts = new long[otherBuckets.length];
        }
        int a = 0;
        int b = 0;
        int merged = 0;
        while (a < size || b < other.size) {
            int mine = a < size ? buckets[a] : Integer.MAX_VALUE;
            int its = b < other.size ? other.buckets[b] : Integer.MAX_VALUE;
            otherBuckets[merged] = Math.min(mine, its);
            otherCounts[merged] =
                    (mine <= its ? counts[a] : 0) + (its <= mine ? other.counts[b] : 0);
            a += mine <= its ? 1 : 0;
            b += its <= mine ? 1 : 0;
            merged++;
        }
        int[] swappedBuckets = buckets;
        long[] swappedCounts = counts;
        buckets = otherBuckets;
        counts = otherCounts;
        otherBuckets = swappedBuckets;
        otherCounts = swappedCounts;
        size = merged;
    }

    /// The value with a rank among `count` that were added: the one that ⌊share × (count − 1)⌋
    /// others are not above.
    ///
    /// @param share 0 to 1
    double quantile(double share, long count) {
        long rank = (long) (share * (count - 1));
        int at = 0;
        for (long below = counts[0]; below <= rank && at < size - 1; below += counts[at]) {
            at++;
        }
        return middle(buckets[at]);
    }

    private static double middle(int bucket) {
        if (bucket == 0 || bucket == -1) {
            return 0;
        }
        long first = (long) bucket << SHIFT;
        double low = Input.real(first);
        double high = Input.real(first + (1L << SHIFT) - 1);
        if (Double.isInfinite(low) || Double.isInfinite(high)) {
            return Double.isInfinite(low) ? low : high;
        }
        return low + (high - low) / 2;
    }
}
