package dev.touchstone.features.internal.table;

import java.util.function.IntToLongFunction;

/// Sorts row numbers: one counting sort by the first bits of a hash, then merge sorts that fit into
/// a cache. Rows that come in order cost one comparison each.
final class RowSort {
    private static final int ROWS_PER_PART = 1 << 12;
    private static final int MAX_PART_BITS = 14;
    private static final int INSERTION = 8;

    private final Order order;
    private final int[] rows;
    private final int[] spare;

    private RowSort(Order order, int[] rows) {
        this.order = order;
        this.rows = rows;
        this.spare = new int[rows.length];
    }

    /// The order of two rows, which begins with that of their hashes as unsigned numbers.
    interface Order {
        int compare(int a, int b);
    }

    /// The rows 0 to `count - 1` in order.
    static int[] sort(int count, IntToLongFunction hash, Order order) {
        int bits = 1;
        while (bits < MAX_PART_BITS && count >>> bits > ROWS_PER_PART) {
            bits++;
        }
        int[] end = new int[1 << bits];
        for (int row = 0; row < count; row++) {
            end[(int) (hash.applyAsLong(row) >>> (Long.SIZE - bits))]++;
        }
        int sum = 0;
        for (int part = 0; part < end.length; part++) {
            int size = end[part];
            end[part] = sum;
            sum += size;
        }
        int[] rows = new int[count];
        for (int row = 0; row < count; row++) {
            rows[end[(int) (hash.applyAsLong(row) >>> (Long.SIZE - bits))]++] = row;
        }
        var sort = new RowSort(order, rows);
        int from = 0;
        for (int to : end) {
            sort.merge(from, to);
            from = to;
        }
        return rows;
    }

    private void merge(int from, int to) {
        if (to - from <= INSERTION) {
            insert(from, to);
            return;
        }
        int middle = (from + to) >>> 1;
        merge(from, middle);
        merge(middle, to);
        if (order.compare(rows[middle - 1], rows[middle]) <= 0) {
            return;
        }
        System.arraycopy(rows, from, spare, from, middle - from);
        int left = from;
        int right = middle;
        for (int i = from; left < middle; i++) {
            boolean takeRight = right < to && order.compare(rows[right], spare[left]) < 0;
            rows[i] = takeRight ? rows[right++] : spare[left++];
        }
    }

    private void insert(int from, int to) {
        for (int i = from + 1; i < to; i++) {
            int row = rows[i];
            int at = i;
            while (at > from && order.compare(row, rows[at - 1]) < 0) {
                rows[at] = rows[at - 1];
                at--;
            }
            rows[at] = row;
        }
    }
}
