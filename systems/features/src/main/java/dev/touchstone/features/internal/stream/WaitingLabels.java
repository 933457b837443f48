package dev.touchstone.features.internal.stream;

import dev.touchstone.features.ColumnData;
import java.util.List;

/// Labels that wait for a history to pass by: grouped by entity, each entity's in the order of
/// time. A label's place is its position in that order.
///
/// One index serves all views with the same key columns. Labels without a key or a time have no
/// place.
public final class WaitingLabels {
    /// Bytes that a label takes while it waits, what it is given not counted.
    public static final int BYTES_PER_LABEL = 48;

    private final int size;
    final Entities entities;

    /// An entity's first place; one more at the end.
    final int[] start;

    final long[] time;
    final int[] label;

    private WaitingLabels(int size, Entities entities, int[] start) {
        this.size = size;
        this.entities = entities;
        this.start = start;
        this.time = new long[start[start.length - 1]];
        this.label = new int[time.length];
    }

    /// All labels, those without a place included.
    int size() {
        return size;
    }

    /// Groups and sorts labels.
    ///
    /// @param keys the key columns in the order of the view's
    /// @param times the labels' moments
    public static WaitingLabels of(List<ColumnData> keys, ColumnData.Longs times) {
        boolean[] absent = times.missing().clone();
        for (ColumnData column : keys) {
            for (int i = 0; i < absent.length; i++) {
                absent[i] |= column.missing()[i];
            }
        }
        Entities entities = Entities.of(keys, absent);
        int[] entity = new int[absent.length];
        int[] start = new int[entities.count() + 1];
        for (int i = 0; i < entity.length; i++) {
            entity[i] = absent[i] ? Entities.ABSENT : entities.find(keys, i);
            if (!absent[i]) {
                start[entity[i] + 1]++;
            }
        }
        for (int e = 1; e < start.length; e++) {
            start[e] += start[e - 1];
        }
        var labels = new WaitingLabels(absent.length, entities, start);
        labels.place(entity, times.values());
        return labels;
    }

    private void place(int[] entity, long[] times) {
        int[] next = start.clone();
        for (int i = 0; i < entity.length; i++) {
            if (entity[i] != Entities.ABSENT) {
                int at = next[entity[i]]++;
                time[at] = times[i];
                label[at] = i;
            }
        }
        for (int e = 0; e + 1 < start.length; e++) {
            TimeOrder.sort(time, label, start[e], start[e + 1]);
        }
    }

    /// The first of an entity's places whose label is at or after `moment`, or the place after its
    /// last.
    ///
    /// @param near a place of the entity that may be it, such as that of the row before
    int firstFrom(int entity, long moment, int near) {
        int from = start[entity];
        int end = start[entity + 1];
        if (near >= from
                && near < end
                && time[near] >= moment
                && (near == from || time[near - 1] < moment)) {
            return near;
        }
        int low = from;
        int length = end - from;
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
