package dev.touchstone.features;

import dev.touchstone.features.internal.stream.RowBatch;
import dev.touchstone.features.internal.stream.StreamJoin;
import dev.touchstone.features.internal.stream.WaitingLabels;
import dev.touchstone.features.internal.table.TableBuilder;
import dev.touchstone.features.internal.table.TableShape;
import dev.touchstone.features.internal.window.WindowJoin;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

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
/// Memory is that of the labels and their answers, and for windows also that of the events of the
/// labels' entities. Of rows with equal event and availability, the one that came later wins.
///
/// What is in memory as columns already is joined by [AsOfColumns].
public final class AsOfStream {
    private static final int BATCH = 4096;

    private final FeatureView view;
    private final Mode mode;
    private final Optional<ViewDefinition> windows;
    private final List<FeatureRow> events = new ArrayList<>();
    private final Set<List<Value>> entities = new HashSet<>();
    private final List<List<Value>> keys = new ArrayList<>();
    private final List<Value> times = new ArrayList<>();
    private final List<FeatureRow> batch = new ArrayList<>(BATCH);
    private Optional<StreamJoin> join = Optional.empty();

    /// A view whose rows are its features.
    public AsOfStream(FeatureView view, Mode mode) {
        this.view = view;
        this.mode = mode;
        this.windows = Optional.empty();
    }

    /// Any view that has rows or events.
    public AsOfStream(ViewDefinition definition, Mode mode) {
        this.view = definition.view();
        this.mode = mode;
        this.windows = Optional.of(definition).filter(one -> one.windows().isPresent());
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
        if (windows.isPresent()) {
            entities.add(key);
        }
    }

    /// Lets a row pass by: of a view with windows, an event.
    public void row(FeatureRow row) {
        if (windows.isPresent()) {
            if (entities.contains(row.entity().parts())) {
                events.add(row);
            }
            return;
        }
        batch.add(row);
        if (batch.size() == BATCH) {
            flush();
        }
    }

    /// A column for each feature of the view, a cell for each label in the order they came.
    public List<ColumnData> finish() {
        if (windows.isPresent()) {
            return aggregated(windows.get());
        }
        flush();
        return begun().finish().cells();
    }

    private List<ColumnData> aggregated(ViewDefinition definition) {
        List<Column> features = view.features();
        List<Integer> all = IntStream.range(0, features.size()).boxed().toList();
        List<ColumnData> cells = allocate(features, times.size());
        try (Arena arena = Arena.ofConfined()) {
            var table = new TableBuilder(TableShape.of(definition.source()));
            events.forEach(table::add);
            new WindowJoin(definition, List.of(table.build(arena)), all, mode)
                    .join(keyColumns(), moments(), cells, new byte[times.size()]);
        }
        return cells;
    }

    private ColumnData.Longs moments() {
        return (ColumnData.Longs) column(ColumnType.TIMESTAMP, times);
    }

    private List<ColumnData> keyColumns() {
        List<ColumnData> columns = new ArrayList<>();
        for (int part = 0; part < view.key().size(); part++) {
            int at = part;
            columns.add(
                    column(
                            view.key().get(part).type(),
                            keys.stream().map(key -> key.get(at)).toList()));
        }
        return columns;
    }

    private StreamJoin begun() {
        if (join.isEmpty()) {
            join =
                    Optional.of(
                            new StreamJoin(
                                    WaitingLabels.of(keyColumns(), moments()),
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
