package dev.touchstone.features.internal.join;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.stream.RowBatch;
import java.util.ArrayList;
import java.util.List;

/// Rows as columns.
public final class RowBatches {
    private RowBatches() {}

    public static RowBatch of(FeatureView view, List<FeatureRow> rows) {
        List<ColumnData> keys = allocate(view.key(), rows.size());
        List<ColumnData> features = allocate(view.features(), rows.size());
        long[] event = new long[rows.size()];
        long[] available = new long[rows.size()];
        boolean[] deleted = new boolean[rows.size()];
        for (int i = 0; i < rows.size(); i++) {
            FeatureRow row = rows.get(i);
            event[i] = row.eventTime();
            available[i] = row.availableTime();
            deleted[i] = row.isTombstone();
            for (int k = 0; k < keys.size(); k++) {
                set(keys.get(k), i, row.entity().parts().get(k));
            }
            for (int f = 0; f < row.values().size(); f++) {
                set(features.get(f), i, row.values().get(f));
            }
        }
        return new RowBatch(rows.size(), keys, event, available, deleted, features);
    }

    static List<ColumnData> allocate(List<Column> columns, int rows) {
        List<ColumnData> data = new ArrayList<>();
        for (Column column : columns) {
            data.add(ColumnData.allocate(column.type(), rows));
        }
        return data;
    }

    static void set(ColumnData column, int row, Value value) {
        switch (value) {
            case Value.Missing _ -> column.missing()[row] = true;
            case Value.Whole(long whole) -> ((ColumnData.Longs) column).values()[row] = whole;
            case Value.Text(String text) -> ((ColumnData.Texts) column).values()[row] = text;
            case Value.Real(double real) -> ((ColumnData.Doubles) column).values()[row] = real;
            case Value.Truth(boolean truth) -> ((ColumnData.Booleans) column).values()[row] = truth;
        }
    }
}
