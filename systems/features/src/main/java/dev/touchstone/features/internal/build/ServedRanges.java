package dev.touchstone.features.internal.build;

import java.util.ArrayList;
import java.util.List;

/// Which labels of a column have a value that was logged when it was served, as ranges of their
/// numbers: in practice the log begins somewhere and then has everything.
///
/// Where it comes and goes there would be too many to list; then the last one says `…`.
final class ServedRanges {
    private static final int MOST = 1000;

    private final List<String> ranges = new ArrayList<>();
    private long count;
    private long first;
    private long end;

    /// @param label greater than the one before
    void add(long label) {
        if (label != end) {
            keep(ranges);
            first = label;
        }
        end = label + 1;
        count++;
    }

    private void keep(List<String> kept) {
        if (end == first || kept.size() > MOST) {
            return;
        }
        kept.add(
                kept.size() == MOST
                        ? "…"
                        : end - first == 1 ? "" + first : first + "-" + (end - 1));
    }

    long count() {
        return count;
    }

    /// Such as `0-17`, `19`; the numbers begin with 0.
    List<String> ranges() {
        List<String> all = new ArrayList<>(ranges);
        keep(all);
        return all;
    }
}
