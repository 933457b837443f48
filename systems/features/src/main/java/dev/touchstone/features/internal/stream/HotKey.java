package dev.touchstone.features.internal.stream;

/// An entity with so many labels that they are cut into slices by time, each a unit of work of its
/// own: otherwise one thread would have them all, and no cache.
///
/// @param entity which it is
/// @param firstUnit the unit of the first slice
/// @param last the time of each slice's last label
/// @param slices finds slices by their last times
/// @param places finds places by their labels' times
@SuppressWarnings("ArrayRecordComponent") // Nobody compares two.
record HotKey(int entity, int firstUnit, long[] last, TimeDirectory slices, TimeDirectory places) {
    private static final int SLICE = 1 << 12;

    /// Cuts the labels of an entity, which are sorted by time.
    ///
    /// @param from its first place
    /// @param to the place after its last
    static HotKey cut(int entity, int firstUnit, long[] time, int from, int to) {
        long[] last = new long[Math.ceilDiv(to - from, SLICE)];
        for (int s = 0; s < last.length; s++) {
            last[s] = time[Math.min(to, from + (s + 1) * SLICE) - 1];
        }
        return new HotKey(
                entity,
                firstUnit,
                last,
                TimeDirectory.of(last, 0, last.length),
                TimeDirectory.of(time, from, to));
    }

    int count() {
        return last.length;
    }

    /// The unit in which the first label at or after a moment is, or [HashOrder#NOWHERE].
    int unit(long moment) {
        int slice = slices.firstFrom(last, moment);
        return slice == last.length ? HashOrder.NOWHERE : firstUnit + slice;
    }
}
