package dev.touchstone.features.internal.stream;

/// Finds the places of things that are to be brought into the order of the units they belong to,
/// stably. What is then worked on unit by unit stays in a processor's own cache.
///
/// Every thread takes a stretch of the things and counts for itself, so none waits for another.
final class Scatter {
    /// The unit, and the place, of what belongs nowhere.
    static final int NOWHERE = -1;

    private static final int LEAST_STRETCH = 1 << 12;

    private Scatter() {}

    /// Turns the unit of each thing into its place.
    ///
    /// @param units of things `0` to `size - 1`, each from 0 up to `count` or [#NOWHERE]; their
    ///   places when this returns
    /// @return the first place of each unit; one more at the end
    static int[] places(Parallel parallel, int[] units, int size, int count) {
        int stretches = Math.clamp(size / LEAST_STRETCH, 1, parallel.threads());
        int[][] next = new int[stretches][count];
        parallel.each(
                stretches,
                s -> count(units, cut(size, s, stretches), cut(size, s + 1, stretches), next[s]));
        int[] start = new int[count + 1];
        int sum = 0;
        for (int unit = 0; unit < count; unit++) {
            start[unit] = sum;
            for (int[] its : next) {
                int things = its[unit];
                its[unit] = sum;
                sum += things;
            }
        }
        start[count] = sum;
        parallel.each(
                stretches,
                s -> place(units, cut(size, s, stretches), cut(size, s + 1, stretches), next[s]));
        return start;
    }

    /// Where stretch `s` of `stretches` begins.
    private static int cut(int size, int s, int stretches) {
        return (int) ((long) size * s / stretches);
    }

    private static void count(int[] units, int from, int to, int[] counts) {
        for (int i = from; i < to; i++) {
            if (units[i] != NOWHERE) {
                counts[units[i]]++;
            }
        }
    }

    private static void place(int[] units, int from, int to, int[] next) {
        for (int i = from; i < to; i++) {
            if (units[i] != NOWHERE) {
                units[i] = next[units[i]]++;
            }
        }
    }
}
