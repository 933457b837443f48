package dev.touchstone.features.internal.training;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.csv.Cells;
import dev.touchstone.features.internal.csv.CsvReader;
import dev.touchstone.features.internal.csv.CsvRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Some labels: their lines as they came, and their times and keys as columns.
public record LabelChunk(
        List<CsvRecord> lines, ColumnData.Longs times, Map<String, ColumnData> keys) {
    /// Reads at most `limit` labels.
    ///
    /// @param time the column of their moments
    /// @param keys the key columns of all views
    static LabelChunk read(CsvReader file, String time, List<Column> keys, int limit)
            throws IOException {
        List<CsvRecord> lines = new ArrayList<>();
        while (lines.size() < limit) {
            Optional<CsvRecord> line = file.next();
            if (line.isEmpty()) {
                break;
            }
            lines.add(line.get());
        }
        Map<String, ColumnData> columns = new LinkedHashMap<>();
        for (Column key : keys) {
            columns.put(key.name(), column(file, lines, key));
        }
        var times = column(file, lines, new Column(time, ColumnType.TIMESTAMP));
        return new LabelChunk(lines, (ColumnData.Longs) times, columns);
    }

    /// A column of the labels, of type LONG, TEXT or TIMESTAMP.
    static ColumnData column(CsvReader file, List<CsvRecord> lines, Column column)
            throws IOException {
        int at = file.column(column.name());
        ColumnData data = ColumnData.allocate(column.type(), lines.size());
        for (int i = 0; i < lines.size(); i++) {
            switch (Cells.read(file, lines.get(i), at, column)) {
                case Value.Missing _ -> data.missing()[i] = true;
                case Value.Whole(long whole) -> ((ColumnData.Longs) data).values()[i] = whole;
                case Value.Text(String text) -> ((ColumnData.Texts) data).values()[i] = text;
                case Value.Real _, Value.Truth _ ->
                        throw new IllegalArgumentException("a key is LONG or TEXT: " + column);
            }
        }
        return data;
    }

    int size() {
        return lines.size();
    }

    /// The columns of a view's key.
    List<ColumnData> key(List<Column> key) {
        List<ColumnData> columns = new ArrayList<>();
        for (Column column : key) {
            columns.add(keys.get(column.name()));
        }
        return columns;
    }
}
