package dev.touchstone.features.internal.parquet;

import dev.hardwood.InputFile;
import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The rows of a view from a Parquet file with its key and feature columns, `event_time`, and if it
/// has them `available_time` (else the event's) and `deleted` (true for a tombstone).
public final class ParquetRows implements Closeable {
    private static final Column EVENT = new Column("event_time", ColumnType.TIMESTAMP);
    private static final Column AVAILABLE = new Column("available_time", ColumnType.TIMESTAMP);
    private static final Column DELETED = new Column("deleted", ColumnType.BOOLEAN);

    private final String name;
    private final FeatureView view;
    private final ParquetFileReader file;
    private final RowReader rows;
    private final boolean available;
    private final boolean deleted;
    private long line;

    /// Opens a file.
    ///
    /// @throws ParquetException when it is no Parquet file, or a column is missing or of another
    ///   type than the view says
    public ParquetRows(Path path, FeatureView view) throws IOException {
        this.name = path.toString();
        this.view = view;
        this.file = open(path);
        try {
            for (Column column : view.key()) {
                check(column);
            }
            for (Column column : view.features()) {
                check(column);
            }
            check(EVENT);
            this.available = checkIfThere(AVAILABLE);
            this.deleted = checkIfThere(DELETED);
            this.rows = file.rowReader();
        } catch (IOException e) {
            file.close();
            throw e;
        } catch (RuntimeException e) {
            file.close();
            throw new ParquetException("%s cannot be read: %s".formatted(path, e.getMessage()), e);
        }
    }

    private static ParquetFileReader open(Path path) throws IOException {
        InputFile input = InputFile.of(path);
        // What fails behind this is in memory already, so that it is the content that is wrong.
        input.open();
        try {
            return ParquetFileReader.open(input);
        } catch (IOException | RuntimeException e) {
            input.close();
            throw new ParquetException(
                    "%s is no Parquet file: %s".formatted(path, e.getMessage()), e);
        }
    }

    private boolean checkIfThere(Column column) throws IOException {
        if (ParquetTypes.names(file.getFileSchema()).contains(column.name())) {
            check(column);
            return true;
        }
        return false;
    }

    private void check(Column column) throws IOException {
        ParquetTypes.check(name, file.getFileSchema(), column);
    }

    /// The next rows, at most `limit`; none at the end.
    ///
    /// @throws ParquetException when the next row is damaged or lacks its key or time
    public List<FeatureRow> next(int limit) throws IOException {
        List<FeatureRow> batch = new ArrayList<>();
        try {
            while (batch.size() < limit && rows.hasNext()) {
                rows.next();
                line++;
                batch.add(row());
            }
        } catch (RuntimeException e) {
            throw new ParquetException(
                    "%s cannot be read at row %d: %s".formatted(name, line, e.getMessage()), e);
        }
        return batch;
    }

    private FeatureRow row() throws IOException {
        List<Value> key = new ArrayList<>(view.key().size());
        for (Column column : view.key()) {
            key.add(required(column));
        }
        long event = ((Value.Whole) required(EVENT)).value();
        long known = available ? ((Value.Whole) required(AVAILABLE)).value() : event;
        List<Value> values = new ArrayList<>(view.features().size());
        boolean tombstone = deleted && value(DELETED).equals(Value.of(true));
        for (int f = 0; f < view.features().size() && !tombstone; f++) {
            values.add(value(view.features().get(f)));
        }
        return new FeatureRow(new EntityKey(key), event, known, 0, values);
    }

    private Value required(Column column) throws IOException {
        Value value = value(column);
        if (value.equals(Value.MISSING)) {
            throw new ParquetException(
                    "%s row %d has no %s; every row needs one"
                            .formatted(name, line, column.name()));
        }
        return value;
    }

    private Value value(Column column) {
        if (rows.isNull(column.name())) {
            return Value.MISSING;
        }
        return switch (column.type()) {
            case DOUBLE -> Value.of(real(column.name()));
            case LONG -> Value.of(whole(column.name()));
            case TEXT -> Value.of(rows.getString(column.name()));
            case BOOLEAN -> Value.of(rows.getBoolean(column.name()));
            case TIMESTAMP -> Value.of(Times.of(rows.getTimestamp(column.name())));
        };
    }

    private double real(String column) {
        return file.getFileSchema().getColumn(column).type() == PhysicalType.FLOAT
                ? rows.getFloat(column)
                : rows.getDouble(column);
    }

    private long whole(String column) {
        return file.getFileSchema().getColumn(column).type() == PhysicalType.INT32
                ? rows.getInt(column)
                : rows.getLong(column);
    }

    @Override
    public void close() throws IOException {
        rows.close();
        file.close();
    }
}
