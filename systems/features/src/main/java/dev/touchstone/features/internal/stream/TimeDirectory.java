package dev.touchstone.features.internal.stream;

/// Finds the first of many sorted times that is not before a moment, in a step or two where they
/// are spread evenly, which a search by halves takes twenty for, each of them a guess for the
/// processor.
///
/// @param least the first time
/// @param shift bits of a distance from the first time that do not tell buckets apart
/// @param first the position of the first time in each bucket or a later one; one more at the end
@SuppressWarnings("ArrayRecordComponent") // Nobody compares two.
record TimeDirectory(long least, int shift, int[] first) {
    /// Times `from` up to `to`, at least one.
    static TimeDirectory of(long[] time, int from, int to) {
        long least = time[from];
        long span = time[to - 1] - least;
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(to - from);
        int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(span) - bits);
        int[] first = new int[(int) (span >>> shift) + 2];
        int at = from;
        for (int bucket = 0; bucket < first.length; bucket++) {
            while (at < to && (time[at] - least) >>> shift < bucket) {
                at++;
            }
            first[bucket] = at;
        }
        return new TimeDirectory(least, shift, first);
    }

    /// The position of the first time at or after `moment`, or the one after the last time.
    int firstFrom(long[] time, long moment) {
        if (moment <= least) {
            return first[0];
        }
        // The distance of two longs may look negative, and is right as an unsigned number.
        long bucket = (moment - least) >>> shift;
        if (bucket < 0 || bucket >= first.length - 1) {
            return first[first.length - 1];
        }
        int low = first[(int) bucket];
        int length = first[(int) bucket + 1] - low;
        while (length > 0) {
            int half = length >>> 1;
            if (time[low + half] < moment) {
                low += half + 1;
                length -= half + 1;
            } else {
                length = half;
            }
        }
        return low;
    }
}
