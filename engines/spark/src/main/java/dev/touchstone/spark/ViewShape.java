package dev.touchstone.spark;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Value;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/// Where a view finds its columns in labels and rows, and everything else that travels to the
/// executors.
///
/// @param view the view with the wanted features, in parts that can be serialised
/// @param labelKeys the key columns in the labels
/// @param labelTime the labels' moments
/// @param rowKeys the key columns in the rows
/// @param times `event_time`, then `available_time` and `deleted` if they are there
/// @param features the features in the rows
record ViewShape(
        Definition view,
        List<Cells> labelKeys,
        Cells labelTime,
        List<Cells> rowKeys,
        Times times,
        List<Cells> features)
        implements Serializable {

    /// A view that can be serialised.
    record Definition(
            String name,
            List<String> keys,
            List<ColumnType> keyTypes,
            List<String> features,
            List<ColumnType> types,
            String boundary,
            long delayNanos,
            long maxAgeNanos,
            String staleness,
            Mode mode)
            implements Serializable {
        static Definition of(FeatureView view, Mode mode) {
            return new Definition(
                    view.name(),
                    new ArrayList<>(view.key().stream().map(Column::name).toList()),
                    new ArrayList<>(view.key().stream().map(Column::type).toList()),
                    new ArrayList<>(view.features().stream().map(Column::name).toList()),
                    new ArrayList<>(view.features().stream().map(Column::type).toList()),
                    view.rule().boundary().name(),
                    view.rule().delayNanos(),
                    view.rule().maxAgeNanos(),
                    view.rule().staleness().name(),
                    mode);
        }

        AsOfRule rule() {
            return new AsOfRule(
                    AsOfRule.Boundary.valueOf(boundary),
                    delayNanos,
                    maxAgeNanos,
                    AsOfRule.StalenessClock.valueOf(staleness));
        }

        FeatureView view() {
            return new FeatureView(name, columns(keys, keyTypes), columns(features, types), rule());
        }

        private static List<Column> columns(List<String> names, List<ColumnType> types) {
            List<Column> columns = new ArrayList<>();
            for (int i = 0; i < names.size(); i++) {
                columns.add(new Column(names.get(i), types.get(i)));
            }
            return columns;
        }
    }

    /// The columns that every history has or may have.
    ///
    /// @param available one or none
    /// @param deleted one or none
    record Times(Cells event, List<Cells> available, List<Cells> deleted) implements Serializable {}

    /// Finds the columns.
    ///
    /// @throws IllegalArgumentException when one is missing, or is of another type
    static ViewShape of(
            FeatureView view,
            List<String> wanted,
            StructType labels,
            String timeColumn,
            StructType rows,
            Mode mode) {
        String history = "rows of " + view.name();
        List<Column> features =
                view.features().stream().filter(f -> wanted.contains(f.name())).toList();
        var narrow = new FeatureView(view.name(), view.key(), features, view.rule());
        return new ViewShape(
                Definition.of(narrow, mode),
                cells("labels", labels, view.key()),
                Cells.of("labels", labels, new Column(timeColumn, ColumnType.TIMESTAMP)),
                cells(history, rows, view.key()),
                new Times(
                        Cells.of(history, rows, new Column("event_time", ColumnType.TIMESTAMP)),
                        optional(history, rows, new Column("available_time", ColumnType.TIMESTAMP)),
                        optional(history, rows, new Column("deleted", ColumnType.BOOLEAN))),
                cells(history, rows, features));
    }

    private static List<Cells> cells(String whose, StructType schema, List<Column> columns) {
        List<Cells> cells = new ArrayList<>();
        for (Column column : columns) {
            cells.add(Cells.of(whose, schema, column));
        }
        return cells;
    }

    private static List<Cells> optional(String whose, StructType schema, Column column) {
        return Arrays.asList(schema.fieldNames()).contains(column.name())
                ? List.of(Cells.of(whose, schema, column))
                : List.of();
    }

    static List<Value> values(List<Cells> columns, Row row) {
        List<Value> values = new ArrayList<>(columns.size());
        for (Cells column : columns) {
            values.add(column.value(row));
        }
        return values;
    }

    /// A row of the history.
    FeatureRow row(Row row, long sequence) {
        long event = time(times.event, row);
        long available = times.available.isEmpty() ? event : time(times.available.getFirst(), row);
        boolean deleted =
                !times.deleted.isEmpty()
                        && times.deleted.getFirst().value(row).equals(Value.of(true));
        for (Cells key : rowKeys) {
            required(key, row);
        }
        return new FeatureRow(
                new EntityKey(values(rowKeys, row)),
                event,
                available,
                sequence,
                deleted ? List.of() : values(features, row));
    }

    private long time(Cells column, Row row) {
        return ((Value.Whole) required(column, row)).value();
    }

    private Value required(Cells column, Row row) {
        Value value = column.value(row);
        if (value.equals(Value.MISSING)) {
            throw new IllegalArgumentException(
                    "a row of view %s has no %s; every row needs one: %s"
                            .formatted(view.name(), column.name(), row));
        }
        return value;
    }
}
