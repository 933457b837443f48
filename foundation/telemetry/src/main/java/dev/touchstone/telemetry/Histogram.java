package dev.touchstone.telemetry;

/// Counts of values by bucket, sparse and immutable: what a [Distribution] keeps of a window.
///
/// @param buckets those that hold something, ascending, numbered as in [Buckets]
/// @param counts what each of them holds
/// @param count all of them together
/// @param sum of the values
/// @param min least value, exact
/// @param max greatest value, exact
@SuppressWarnings("ArrayRecordComponent") // made and read in this package only, never compared
record Histogram(int[] buckets, long[] counts, long count, double sum, long min, long max) {
    double mean() {
        return count == 0 ? Double.NaN : sum / count;
    }

    double least() {
        return count == 0 ? Double.NaN : min;
    }

    double greatest() {
        return count == 0 ? Double.NaN : max;
    }

    /// Least value that a share `q` of the values does not exceed, as the upper bound of its
    /// bucket: too high by less than 1/128 of itself, never above the maximum.
    double quantile(double q) {
        if (!(q >= 0 && q <= 1)) {
            throw new IllegalArgumentException(
                    "a quantile lies between 0 and 1, got %s; the 99th percentile is 0.99"
                            .formatted(q));
        }
        if (count == 0) {
            return Double.NaN;
        }
        // One step down, lest 0.07 * 100 = 7.000000000000001 ask for the eighth value.
        long rank = Math.max(1, (long) Math.ceil(Math.nextDown(q) * count));
        int i = 0;
        for (long passed = counts[0]; passed < rank; passed += counts[i]) {
            i++;
        }
        return Math.min(Buckets.upperBound(buckets[i]), max);
    }

    /// Share of the values in buckets above that of `threshold`.
    double fractionAbove(long threshold) {
        int bucket = threshold < 0 ? -1 : Buckets.bucket(threshold);
        long above = 0;
        for (int i = buckets.length - 1; i >= 0 && buckets[i] > bucket; i--) {
            above += counts[i];
        }
        return count == 0 ? Double.NaN : (double) above / count;
    }
}
