package dev.touchstone.features.internal.stream;

import dev.touchstone.features.ColumnData;
import java.util.List;

/// Some rows of a history as columns, in the order in which they arrived.
///
/// @param rows how many
/// @param keys the key columns, nothing missing in them
/// @param event when each happened, in nanoseconds
/// @param available when each could first be served; the very array of `event` when that is the
///   same
/// @param deleted whether each is a tombstone; empty when none is
/// @param features a column each
@SuppressWarnings("ArrayRecordComponent") // Read once and thrown away; nobody compares two.
public record RowBatch(
        int rows,
        List<ColumnData> keys,
        long[] event,
        long[] available,
        boolean[] deleted,
        List<ColumnData> features) {
    /// Whether rows may have been available later than at their events.
    @SuppressWarnings("ReferenceEquality") // The very array is what is asked for.
    boolean isDelayed() {
        return available != event;
    }

    boolean isTombstone(int row) {
        return deleted.length > 0 && deleted[row];
    }

    /// For each feature, whether it is missing nowhere.
    boolean[] complete() {
        boolean[] complete = new boolean[features.size()];
        for (int f = 0; f < complete.length; f++) {
            complete[f] =
                    sharesMissing(f) ? complete[f - 1] : !anyOf(features.get(f).missing(), rows);
        }
        return complete;
    }

    /// Columns in which nothing is missing often share one array that says so.
    @SuppressWarnings("ReferenceEquality") // The very array is what is asked for.
    private boolean sharesMissing(int f) {
        return f > 0 && features.get(f).missing() == features.get(f - 1).missing();
    }

    /// Whether any of the first `count` flags is set.
    static boolean anyOf(boolean[] flags, int count) {
        for (int i = 0; i < count; i++) {
            if (flags[i]) {
                return true;
            }
        }
        return false;
    }

    /// Gives the cells of its rows to labels.
    ///
    /// @param complete whether the feature is missing nowhere
    /// @param winner the row for each label from `from` up to `to`, or less than 0
    void give(int f, boolean complete, int[] winner, ColumnData cells, int from, int to) {
        ColumnData column = features.get(f);
        boolean[] none = column.missing();
        boolean[] missing = cells.missing();
        if (complete) {
            for (int i = from; i < to; i++) {
                missing[i] = winner[i] < 0;
            }
        } else {
            for (int i = from; i < to; i++) {
                missing[i] = winner[i] < 0 || none[winner[i]];
            }
        }
        switch (cells) {
            case ColumnData.Doubles(double[] its, _) -> {
                double[] values = ((ColumnData.Doubles) column).values();
                for (int i = from; i < to; i++) {
                    double value = values[Math.max(0, winner[i])];
                    its[i] = missing[i] ? Double.NaN : value;
                }
            }
            case ColumnData.Longs(long[] its, _) -> {
                long[] values = ((ColumnData.Longs) column).values();
                for (int i = from; i < to; i++) {
                    long value = values[Math.max(0, winner[i])];
                    its[i] = missing[i] ? 0 : value;
                }
            }
            case ColumnData.Booleans(boolean[] its, _) -> {
                boolean[] values = ((ColumnData.Booleans) column).values();
                for (int i = from; i < to; i++) {
                    its[i] = !missing[i] && values[winner[i]];
                }
            }
            case ColumnData.Texts(String[] its, _) -> {
                String[] values = ((ColumnData.Texts) column).values();
                for (int i = from; i < to; i++) {
                    its[i] = missing[i] ? "" : values[winner[i]];
                }
            }
        }
    }
}
