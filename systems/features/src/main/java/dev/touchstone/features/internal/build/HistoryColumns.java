package dev.touchstone.features.internal.build;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.TrainingSetSources.HistoryFile;
import dev.touchstone.features.internal.stream.RowBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Which columns of a file hold a view's history: its keys, then features, then `event_time`, and
/// of `available_time` and `deleted` what is there.
///
/// @param from says what columns are called that are not called as in the view
/// @param names of all columns of the file
record HistoryColumns(HistoryFile from, List<String> names) {
    private static final String EVENT = "event_time";
    private static final String AVAILABLE = "available_time";
    private static final String DELETED = "deleted";

    HistoryColumns {
        names = List.copyOf(names);
    }

    /// The columns to read, as they are called in the file.
    List<Column> of(FeatureView view, List<Column> features) {
        List<Column> columns = new ArrayList<>();
        view.key().forEach(key -> columns.add(named(key)));
        features.forEach(feature -> columns.add(named(feature)));
        columns.add(named(new Column(EVENT, ColumnType.TIMESTAMP)));
        if (isThere(AVAILABLE)) {
            columns.add(named(new Column(AVAILABLE, ColumnType.TIMESTAMP)));
        }
        if (isThere(DELETED)) {
            columns.add(named(new Column(DELETED, ColumnType.BOOLEAN)));
        }
        return columns;
    }

    private Column named(Column column) {
        return new Column(from.nameOf(column.name()), column.type());
    }

    /// Whether to read an optional column; one that the caller named must be there.
    private boolean isThere(String column) {
        return from.columns().containsKey(column) || names.contains(column);
    }

    /// Whether every row needs a value in a column.
    boolean isRequired(int column, FeatureView view, List<Column> features) {
        int times = view.key().size() + features.size();
        return column < view.key().size()
                || column == times
                || (column == times + 1 && isThere(AVAILABLE));
    }

    /// Refuses rows without a value that they need.
    ///
    /// @param before rows of the file before these
    void refuseMissing(long before, List<ColumnData> cells, FeatureView view, List<Column> features)
            throws IOException {
        for (int c = 0; c < cells.size(); c++) {
            boolean[] missing = cells.get(c).missing();
            for (int row = 0; row < missing.length && isRequired(c, view, features); row++) {
                if (missing[row]) {
                    throw new IOException(
                            "%s row %d has no %s; every row needs one"
                                    .formatted(
                                            from.file(),
                                            before + row + 1,
                                            of(view, features).get(c).name()));
                }
            }
        }
    }

    /// Makes rows of columns that were read.
    RowBatch rows(int count, List<ColumnData> cells, FeatureView view, List<Column> features) {
        int keys = view.key().size();
        int at = keys + features.size();
        long[] event = ((ColumnData.Longs) cells.get(at)).values();
        boolean delayed = isThere(AVAILABLE);
        return new RowBatch(
                count,
                cells.subList(0, keys),
                event,
                delayed ? ((ColumnData.Longs) cells.get(at + 1)).values() : event,
                isThere(DELETED) ? tombstones(count, cells.getLast()) : new boolean[0],
                cells.subList(keys, at));
    }

    private static boolean[] tombstones(int count, ColumnData cells) {
        var flags = (ColumnData.Booleans) cells;
        boolean[] deleted = new boolean[count];
        for (int row = 0; row < count; row++) {
            deleted[row] = flags.values()[row] && !flags.missing()[row];
        }
        return deleted;
    }
}
