package dev.touchstone.telemetry;

import java.util.Arrays;

/// Counts of values from 0 to `Long.MAX_VALUE` in buckets less than 1/128 of their values wide.
///
/// The layout is HdrHistogram's for two significant digits: exact up to 255, then 128 buckets for
/// each doubling. Written out here because it is a dozen lines, while that library has no stable
/// module name, which would put every module of this house on the class path. The tests compare the
/// two.
final class Buckets {
    /// Buckets of each doubling, as a power of two.
    private static final int SHIFT = 7;

    private static final int PER_DOUBLING = 1 << SHIFT;

    private long[] counts = new long[2 * PER_DOUBLING];
    private long count;
    private double sum;
    private long min = Long.MAX_VALUE;
    private long max;

    /// Bucket of a value that is not negative.
    static int bucket(long value) {
        int doublings = Math.max(0, Long.SIZE - 1 - SHIFT - Long.numberOfLeadingZeros(value));
        return doublings * PER_DOUBLING + (int) (value >>> doublings);
    }

    /// Greatest value in a bucket.
    static long upperBound(int bucket) {
        int doublings = Math.max(0, bucket / PER_DOUBLING - 1);
        return ((bucket - doublings * PER_DOUBLING + 1L) << doublings) - 1;
    }

    void add(long value, long times) {
        int bucket = bucket(value);
        reserve(bucket);
        counts[bucket] += times;
        summarize(times, (double) value * times, value, value);
    }

    void add(Histogram other) {
        for (int i = other.buckets().length - 1; i >= 0; i--) {
            reserve(other.buckets()[i]);
            counts[other.buckets()[i]] += other.counts()[i];
        }
        summarize(other.count(), other.sum(), other.min(), other.max());
    }

    /// What has been added since the last [#clear].
    Histogram histogram() {
        int used = 0;
        for (int bucket = bucket(min); bucket <= bucket(max); bucket++) {
            used += counts[bucket] > 0 ? 1 : 0;
        }
        int[] usedBuckets = new int[used];
        long[] usedCounts = new long[used];
        for (int bucket = bucket(min), i = 0; i < used; bucket++) {
            if (counts[bucket] > 0) {
                usedBuckets[i] = bucket;
                usedCounts[i++] = counts[bucket];
            }
        }
        return new Histogram(usedBuckets, usedCounts, count, sum, min, max);
    }

    void clear() {
        if (count > 0) {
            Arrays.fill(counts, bucket(min), bucket(max) + 1, 0);
        }
        count = 0;
        sum = 0;
        min = Long.MAX_VALUE;
        max = 0;
    }

    private void reserve(int bucket) {
        if (bucket >= counts.length) {
            counts = Arrays.copyOf(counts, (bucket | (PER_DOUBLING - 1)) + 1);
        }
    }

    private void summarize(long moreCount, double moreSum, long less, long greater) {
        count += moreCount;
        sum += moreSum;
        min = Math.min(min, less);
        max = Math.max(max, greater);
    }
}
