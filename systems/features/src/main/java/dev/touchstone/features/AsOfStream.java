package dev.touchstone.features;

import dev.touchstone.features.internal.stream.RowBatch;
import dev.touchstone.features.internal.stream.StreamJoin;
import dev.touchstone.features.internal.stream.WaitingLabels;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The as-of join of one view for engines that bring labels and rows together themselves, such as a
/// partition of Spark: all labels first, then rows in any order, then the answers.
///
/// ```java
/// var join = new AsOfStream(view, Mode.KNOWN_AT_THE_TIME);
/// join.label(List.of(Value.of("a-17")), Value.of(time));
/// rows.forEach(join::row);
/// List<ColumnData> cells = join.finish();
/// ```
///
/// Memory is that of the labels and their answers. Of rows with equal event and availability, the
/// one that came later wins.
///
/// What is in memory as columns is joined by [#join] without making rows of it.
public final class AsOfStream {
    private static final int BATCH = 4096;

    private final FeatureView view;
    private final Mode mode;
    private final List<List<Value>> keys = new ArrayList<>();
    private final List<Value> times = new ArrayList<>();
    private final List<FeatureRow> batch = new ArrayList<>(BATCH);
    private Optional<StreamJoin> join = Optional.empty();

    public AsOfStream(FeatureView view, Mode mode) {
        this.view = view;
        this.mode = mode;
    }

    /// Labels as columns.
    ///
    /// @param key the view's key columns
    /// @param times their moments, in nanoseconds
    public record Labels(List<ColumnData> key, ColumnData.Longs times) {
        /// Refuses columns of different lengths.
        public Labels {
            key = List.copyOf(key);
            key.forEach(column -> checkSize(column, times.size()));
        }
    }

    /// A history as columns, in any order.
    ///
    /// @param key the view's key columns, nothing missing in them
    /// @param event when each row happened, in nanoseconds
    /// @param available when each could first be served; the same column as `event` when that is
    ///   the same
    /// @param deleted whether each is a tombstone; of no cells when none is
    /// @param features the view's features
    public record Rows(
            List<ColumnData> key,
            ColumnData.Longs event,
            ColumnData.Longs available,
            ColumnData.Booleans deleted,
            List<ColumnData> features) {
        /// Refuses columns of different lengths, and rows without a key or a time.
        public Rows {
            key = List.copyOf(key);
            features = List.copyOf(features);
            List<ColumnData> required = new ArrayList<>(key);
            required.add(event);
            required.add(available);
            for (ColumnData column : required) {
                checkSize(column, event.size());
                for (boolean missing : column.missing()) {
                    if (missing) {
                        throw new IllegalArgumentException(
                                "a row has no key or no time; leave it out");
                    }
                }
            }
            features.forEach(column -> checkSize(column, event.size()));
            if (deleted.size() > 0) {
                checkSize(deleted, event.size());
            }
        }

        /// Rows that were available when they happened, no tombstones among them.
        public Rows(List<ColumnData> key, ColumnData.Longs event, List<ColumnData> features) {
            this(
                    key,
                    event,
                    event,
                    new ColumnData.Booleans(new boolean[0], new boolean[0]),
                    features);
        }
    }

    private static void checkSize(ColumnData column, int size) {
        if (column.size() != size) {
            throw new IllegalArgumentException(
                    "a column has %d cells and another one %d".formatted(column.size(), size));
        }
    }

    /// Joins what is in memory already.
    ///
    /// @param threads that may join
    /// @return a column for each feature of the view, a cell for each label in the order given
    /// @throws IllegalArgumentException when columns are not those of the view
    public static List<ColumnData> join(
            FeatureView view, Mode mode, Labels labels, Rows rows, int threads) {
        checkTypes("key of the labels", view.key(), labels.key());
        checkTypes("key of the rows", view.key(), rows.key());
        checkTypes("features", view.features(), rows.features());
        var join =
                new StreamJoin(
                        WaitingLabels.of(labels.key(), labels.times(), threads),
                        view.rule(),
                        mode,
                        view.features().stream().map(Column::type).toList(),
                        new StreamJoin.Room(threads, 0));
        return join.finish(
                        new RowBatch(
                                rows.event().size(),
                                rows.key(),
                                rows.event().values(),
                                rows.available().values(),
                                rows.deleted().values(),
                                rows.features()))
                .cells();
    }

    private static void checkTypes(String what, List<Column> wanted, List<ColumnData> columns) {
        boolean fit = wanted.size() == columns.size();
        for (int c = 0; fit && c < wanted.size(); c++) {
            fit =
                    ColumnData.allocate(wanted.get(c).type(), 0)
                            .getClass()
                            .equals(columns.get(c).getClass());
        }
        if (!fit) {
            throw new IllegalArgumentException(
                    "the %s must be %s, in that order".formatted(what, wanted));
        }
    }

    /// Adds a label, before the first row.
    ///
    /// @param key a value for each key column of the view; missing ones are found nowhere
    /// @param time its moment, or missing
    public void label(List<Value> key, Value time) {
        if (join.isPresent()) {
            throw new IllegalStateException("labels come before rows; this one came after");
        }
        keys.add(key);
        times.add(time);
    }

    /// Lets a row pass by.
    public void row(FeatureRow row) {
        batch.add(row);
        if (batch.size() == BATCH) {
            flush();
        }
    }

    /// A column for each feature of the view, a cell for each label in the order they came.
    public List<ColumnData> finish() {
        flush();
        return begun().finish().cells();
    }

    private StreamJoin begun() {
        if (join.isEmpty()) {
            var moments = (ColumnData.Longs) column(ColumnType.TIMESTAMP, times);
            List<ColumnData> columns = new ArrayList<>();
            for (int part = 0; part < view.key().size(); part++) {
                int at = part;
                columns.add(
                        column(
                                view.key().get(part).type(),
                                keys.stream().map(key -> key.get(at)).toList()));
            }
            join =
                    Optional.of(
                            new StreamJoin(
                                    WaitingLabels.of(columns, moments),
                                    view.rule(),
                                    mode,
                                    view.features().stream().map(Column::type).toList()));
            keys.clear();
        }
        return join.get();
    }

    private static ColumnData column(ColumnType type, List<Value> values) {
        ColumnData column = ColumnData.allocate(type, values.size());
        for (int i = 0; i < values.size(); i++) {
            column.set(i, values.get(i));
        }
        return column;
    }

    private void flush() {
        if (batch.isEmpty()) {
            return;
        }
        int rows = batch.size();
        long[] event = new long[rows];
        long[] available = new long[rows];
        boolean[] deleted = new boolean[rows];
        List<ColumnData> key = allocate(view.key(), rows);
        List<ColumnData> features = allocate(view.features(), rows);
        for (int i = 0; i < rows; i++) {
            FeatureRow row = batch.get(i);
            event[i] = row.eventTime();
            available[i] = row.availableTime();
            deleted[i] = row.isTombstone();
            for (int part = 0; part < key.size(); part++) {
                key.get(part).set(i, row.entity().parts().get(part));
            }
            for (int f = 0; f < row.values().size(); f++) {
                features.get(f).set(i, row.values().get(f));
            }
        }
        begun().add(new RowBatch(rows, key, event, available, deleted, features));
        batch.clear();
    }

    private static List<ColumnData> allocate(List<Column> columns, int rows) {
        List<ColumnData> allocated = new ArrayList<>();
        for (Column column : columns) {
            allocated.add(ColumnData.allocate(column.type(), rows));
        }
        return allocated;
    }
}
