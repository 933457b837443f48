package dev.touchstone.features.internal.stream;

import java.util.Arrays;

/// Sorts labels of one entity by time.
final class TimeOrder {
    private static final int INSERTION = 32;

    private TimeOrder() {}

    /// Sorts `time` from `from` up to `to`, and `label` along with it.
    static void sort(long[] time, int[] label, int from, int to) {
        if (to - from <= INSERTION) {
            insert(time, label, from, to);
        } else if (!isSorted(time, from, to)) {
            pack(time, label, from, to);
        }
    }

    private static boolean isSorted(long[] time, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            if (time[i - 1] > time[i]) {
                return false;
            }
        }
        return true;
    }

    private static void insert(long[] time, int[] label, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            long moment = time[i];
            int its = label[i];
            int at = i;
            while (at > from && time[at - 1] > moment) {
                time[at] = time[at - 1];
                label[at] = label[at - 1];
                at--;
            }
            time[at] = moment;
            label[at] = its;
        }
    }

    /// Times and places in one number each, which needs no comparator. What of the time does not
    /// fit is sorted afterwards, among those that agree in the rest; their span is shorter by as
    /// many bits as fitted, so this ends soon.
    private static void pack(long[] time, int[] label, int from, int to) {
        int size = to - from;
        long least = Long.MAX_VALUE;
        long greatest = Long.MIN_VALUE;
        for (int i = from; i < to; i++) {
            least = Math.min(least, time[i]);
            greatest = Math.max(greatest, time[i]);
        }
        int placeBits = Integer.SIZE - Integer.numberOfLeadingZeros(size - 1);
        int timeBits = Long.SIZE - Long.numberOfLeadingZeros(greatest - least);
        int lost = Math.max(0, timeBits + placeBits - (Long.SIZE - 1));
        long[] order = new long[size];
        for (int i = 0; i < size; i++) {
            order[i] = (time[from + i] - least) >>> lost << placeBits | i;
        }
        Arrays.sort(order);
        long[] times = Arrays.copyOfRange(time, from, to);
        int[] labels = Arrays.copyOfRange(label, from, to);
        int mask = (1 << placeBits) - 1;
        int run = 0;
        for (int i = 0; i < size; i++) {
            int place = (int) order[i] & mask;
            time[from + i] = times[place];
            label[from + i] = labels[place];
            boolean last = i + 1 == size || order[i + 1] >>> placeBits != order[i] >>> placeBits;
            if (last) {
                if (lost > 0) {
                    sort(time, label, from + run, from + i + 1);
                }
                run = i + 1;
            }
        }
    }
}
