package dev.touchstone.features.internal.csv;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The rows of a view from a file with its key and feature columns, `event_time`, and if it has
/// them `available_time` (else the event's) and `deleted` (true for a tombstone).
public final class CsvRows {
    private static final Column EVENT = new Column("event_time", ColumnType.TIMESTAMP);
    private static final Column AVAILABLE = new Column("available_time", ColumnType.TIMESTAMP);
    private static final Column DELETED = new Column("deleted", ColumnType.BOOLEAN);
    private static final int ABSENT = -1;

    private final CsvReader file;
    private final FeatureView view;
    private final int[] key;
    private final int[] features;
    private final int event;
    private final int available;
    private final int deleted;

    /// @throws CsvException when a column is missing, or there is one that the view does not know
    public CsvRows(CsvReader file, FeatureView view) throws CsvException {
        this.file = file;
        this.view = view;
        this.key = columns(view.key());
        this.features = columns(view.features());
        this.event = file.column(EVENT.name());
        this.available = file.header().indexOf(AVAILABLE.name());
        this.deleted = file.header().indexOf(DELETED.name());
        int known =
                key.length
                        + features.length
                        + 1
                        + (available == ABSENT ? 0 : 1)
                        + (deleted == ABSENT ? 0 : 1);
        if (known < file.header().size()) {
            throw new CsvException(
                    "%s has columns that view %s does not define, among %s; define them or leave"
                                    .formatted(file.name(), view.name(), file.header())
                            + " them out");
        }
    }

    private int[] columns(List<Column> columns) throws CsvException {
        int[] at = new int[columns.size()];
        for (int i = 0; i < at.length; i++) {
            at[i] = file.column(columns.get(i).name());
        }
        return at;
    }

    /// The next rows, at most `limit`; none at the end.
    public List<FeatureRow> next(int limit) throws IOException {
        List<FeatureRow> rows = new ArrayList<>();
        while (rows.size() < limit) {
            Optional<CsvRecord> line = file.next();
            if (line.isEmpty()) {
                break;
            }
            rows.add(row(line.get()));
        }
        return rows;
    }

    private FeatureRow row(CsvRecord line) throws CsvException {
        List<Value> parts = new ArrayList<>(key.length);
        for (int i = 0; i < key.length; i++) {
            parts.add(required(line, key[i], view.key().get(i)));
        }
        long eventTime = time(required(line, event, EVENT));
        long availableTime =
                available == ABSENT ? eventTime : time(required(line, available, AVAILABLE));
        List<Value> values = new ArrayList<>(features.length);
        boolean tombstone =
                deleted != ABSENT
                        && Cells.read(file, line, deleted, DELETED).equals(Value.of(true));
        for (int i = 0; i < features.length && !tombstone; i++) {
            values.add(Cells.read(file, line, features[i], view.features().get(i)));
        }
        return new FeatureRow(new EntityKey(parts), eventTime, availableTime, 0, values);
    }

    private Value required(CsvRecord line, int at, Column column) throws CsvException {
        Value value = Cells.read(file, line, at, column);
        if (value.equals(Value.MISSING)) {
            throw new CsvException(
                    column.equals(AVAILABLE)
                            ? "%s line %d has no %s; write when it was known, or leave the whole column out where that is when it happened"
                                    .formatted(file.name(), line.line(), column.name())
                            : "%s line %d has no %s; every row needs one%s"
                                    .formatted(
                                            file.name(),
                                            line.line(),
                                            column.name(),
                                            column.type() == ColumnType.TEXT
                                                    ? " (\"\" is the empty text)"
                                                    : ""));
        }
        return value;
    }

    private static long time(Value value) {
        return ((Value.Whole) value).value();
    }
}
