package dev.touchstone.features.internal.training;

import java.util.ArrayList;
import java.util.List;

/// Which labels of a column have a value that was logged when it was served, as ranges of their
/// numbers: in practice the log begins somewhere and then has everything.
final class ServedRanges {
    private final List<String> ranges = new ArrayList<>();
    private long count;
    private long first;
    private long end;

    /// @param label greater than the one before
    void add(long label) {
        if (label != end) {
            ranges.addAll(last());
            first = label;
        }
        end = label + 1;
        count++;
    }

    private List<String> last() {
        if (end == first) {
            return List.of();
        }
        return List.of(end - first == 1 ? "" + first : first + "-" + (end - 1));
    }

    long count() {
        return count;
    }

    /// Such as `0-17`, `19`; the numbers begin with 0.
    List<String> ranges() {
        List<String> all = new ArrayList<>(ranges);
        all.addAll(last());
        return all;
    }
}
