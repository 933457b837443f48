package dev.touchstone.features;

import dev.touchstone.features.internal.files.WholeFile;
import dev.touchstone.features.internal.parquet.ParquetWriter;
import dev.touchstone.features.internal.table.ClusteredTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A view's history as one Parquet file: see [FeatureStore#export].
final class HistoryExport {
    private static final int ROWS_AT_ONCE = 100_000;
    private static final int NANOS_PER_MICRO = 1_000;
    private static final List<Column> OF_EVERY_ROW =
            List.of(
                    new Column("event_time", ColumnType.TIMESTAMP),
                    new Column("available_time", ColumnType.TIMESTAMP),
                    new Column("deleted", ColumnType.BOOLEAN));

    private final List<ClusteredTable> tables;
    private final List<Column> columns = new ArrayList<>();
    private final List<FeatureRow> waiting = new ArrayList<>();
    private long rows;

    HistoryExport(FeatureView view, List<ClusteredTable> tables) {
        this.tables = tables;
        columns.addAll(view.key());
        columns.addAll(OF_EVERY_ROW);
        columns.addAll(view.features());
    }

    /// @return how many rows it has
    long write(Path file) throws IOException {
        try (var whole = new WholeFile(file)) {
            var writer = new ParquetWriter(whole.stream(), columns);
            for (int table = 0; table < tables.size(); table++) {
                ClusteredTable its = tables.get(table);
                for (int entity = 0; entity < its.entities().count(); entity++) {
                    take(table, its.key(entity), writer);
                }
            }
            flush(writer);
            writer.finish();
            var _ = whole.force();
            whole.appear();
        }
        return rows;
    }

    /// An entity's rows are written with those of the first table that has any.
    private void take(int table, EntityKey entity, ParquetWriter writer) throws IOException {
        List<FeatureRow> its = new ArrayList<>();
        for (int each = 0; each < tables.size(); each++) {
            List<FeatureRow> found = tables.get(each).rowsOf(entity);
            if (each < table && !found.isEmpty()) {
                return;
            }
            its.addAll(found);
        }
        its.sort(FeatureRow.BY_PRECEDENCE);
        waiting.addAll(its);
        if (waiting.size() >= ROWS_AT_ONCE) {
            flush(writer);
        }
    }

    private void flush(ParquetWriter writer) throws IOException {
        if (waiting.isEmpty()) {
            return;
        }
        List<ColumnData> cells =
                columns.stream()
                        .map(column -> ColumnData.allocate(column.type(), waiting.size()))
                        .toList();
        for (int row = 0; row < waiting.size(); row++) {
            fill(cells, row, waiting.get(row));
        }
        writer.write(cells, waiting.size());
        rows += waiting.size();
        waiting.clear();
    }

    private static void fill(List<ColumnData> cells, int at, FeatureRow row) {
        int column = 0;
        for (Value part : row.entity().parts()) {
            cells.get(column++).set(at, part);
        }
        cells.get(column++).set(at, Value.of(row.eventTime()));
        cells.get(column++).set(at, Value.of(nextMicro(row.availableTime())));
        boolean deleted = row.values().isEmpty();
        cells.get(column++).set(at, Value.of(deleted));
        while (column < cells.size()) {
            int feature = column - row.entity().parts().size() - OF_EVERY_ROW.size();
            cells.get(column++).set(at, deleted ? Value.MISSING : row.values().get(feature));
        }
    }

    /// A row must not seem known before it was.
    private static long nextMicro(long time) {
        return time == Times.INFINITY || time == Times.MINUS_INFINITY
                ? time
                : Math.ceilDiv(time, NANOS_PER_MICRO) * NANOS_PER_MICRO;
    }
}
