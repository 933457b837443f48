package dev.touchstone.features.internal.join;

import dev.touchstone.features.ColumnData;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.join.Generated.Label;
import java.util.ArrayList;
import java.util.List;

/// Labels as columns.
public record LabelColumns(List<ColumnData> keys, ColumnData.Longs times) {
    static LabelColumns of(FeatureView view, List<Label> labels) {
        List<List<Value>> keys = new ArrayList<>();
        List<Value> times = new ArrayList<>();
        for (Label label : labels) {
            keys.add(
                    label.hasEntity()
                            ? label.entity().parts()
                            : label.entity().parts().stream().map(_ -> Value.MISSING).toList());
            times.add(label.hasTime() ? Value.of(label.time()) : Value.MISSING);
        }
        return of(view, keys, times);
    }

    /// @param keys for each label the parts of its key
    public static LabelColumns of(FeatureView view, List<List<Value>> keys, List<Value> times) {
        List<ColumnData> columns = new ArrayList<>();
        for (int part = 0; part < view.key().size(); part++) {
            ColumnData column = ColumnData.allocate(view.key().get(part).type(), keys.size());
            for (int i = 0; i < keys.size(); i++) {
                set(column, i, keys.get(i).get(part));
            }
            columns.add(column);
        }
        var moments = new ColumnData.Longs(new long[times.size()], new boolean[times.size()]);
        for (int i = 0; i < times.size(); i++) {
            set(moments, i, times.get(i));
        }
        return new LabelColumns(columns, moments);
    }

    private static void set(ColumnData column, int row, Value value) {
        switch (value) {
            case Value.Missing _ -> column.missing()[row] = true;
            case Value.Whole(long whole) -> ((ColumnData.Longs) column).values()[row] = whole;
            case Value.Text(String text) -> ((ColumnData.Texts) column).values()[row] = text;
            case Value.Real _, Value.Truth _ ->
                    throw new IllegalArgumentException("no key: " + value);
        }
    }
}
