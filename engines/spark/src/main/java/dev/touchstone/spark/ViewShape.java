package dev.touchstone.spark;

import dev.touchstone.features.Aggregate;
import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Freshness;
import dev.touchstone.features.LatePolicy;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.Window;
import dev.touchstone.features.WindowedSource;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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
/// @param columns what rows hold: the features, or of a view with windows what an event carries
/// @param outputs the features as they come out
record ViewShape(
        Definition view,
        List<Cells> labelKeys,
        Cells labelTime,
        List<Cells> rowKeys,
        TimeCells times,
        List<Cells> columns,
        List<Cells> outputs)
        implements Serializable {

    /// A view that can be serialised.
    ///
    /// @param columns what rows hold
    /// @param windows one or none
    record Definition(
            String name,
            Columns keys,
            Columns columns,
            String boundary,
            long delayNanos,
            long maxAgeNanos,
            String staleness,
            Mode mode,
            List<Windows> windows)
            implements Serializable {
        static Definition of(ViewDefinition definition, Mode mode) {
            FeatureView view = definition.source();
            return new Definition(
                    view.name(),
                    Columns.of(view.key()),
                    Columns.of(view.features()),
                    view.rule().boundary().name(),
                    view.rule().delayNanos(),
                    view.rule().maxAgeNanos(),
                    view.rule().staleness().name(),
                    mode,
                    definition.windows().map(Windows::of).map(List::of).orElse(List.of()));
        }

        AsOfRule rule() {
            return new AsOfRule(
                    AsOfRule.Boundary.valueOf(boundary),
                    delayNanos,
                    maxAgeNanos,
                    AsOfRule.StalenessClock.valueOf(staleness));
        }

        ViewDefinition definition() {
            Optional<WindowedSource> source =
                    windows.stream().findFirst().map(its -> its.source(columns.columns()));
            List<Column> features =
                    source.map(WindowedSource::features).orElseGet(columns::columns);
            return new ViewDefinition(
                    new FeatureView(name, keys.columns(), features, rule()),
                    "spark",
                    source,
                    LatePolicy.DEFAULT,
                    Freshness.DAILY);
        }

        /// The slices of its key's time in which a row may matter, of keys that are cut.
        ///
        /// @param key as in [HotKeys#name]
        Slices slices(FeatureRow row, HotKeys hot, List<Object> key) {
            long from = rule().visibleFrom(row.eventTime(), row.availableTime(), mode);
            if (windows.isEmpty()) {
                int slice = hot.slice(key, from);
                return new Slices(slice, slice);
            }
            if (windows.getFirst().hasId()) {
                // It may replace an event of any age, also where it does not count itself.
                long known =
                        mode == Mode.EVENT_TIME
                                ? Times.MINUS_INFINITY
                                : Times.plus(row.availableTime(), delayNanos);
                return new Slices(hot.slice(key, known), hot.slices(key) - 1);
            }
            long until = Times.plus(row.eventTime(), windows.getFirst().longestNanos());
            return new Slices(hot.slice(key, from), hot.slice(key, until));
        }
    }

    /// Neighbouring slices; none when the last is before the first.
    record Slices(int first, int last) {}

    /// Columns that can be serialised.
    record Columns(List<String> names, List<ColumnType> types) implements Serializable {
        static Columns of(List<Column> columns) {
            return new Columns(
                    new ArrayList<>(columns.stream().map(Column::name).toList()),
                    new ArrayList<>(columns.stream().map(Column::type).toList()));
        }

        List<Column> columns() {
            List<Column> columns = new ArrayList<>();
            for (int i = 0; i < names.size(); i++) {
                columns.add(new Column(names.get(i), types.get(i)));
            }
            return columns;
        }
    }

    /// Aggregates that can be serialised.
    ///
    /// @param id the position of the column that tells events apart, or -1
    record Windows(int id, List<Aggregated> aggregates) implements Serializable {
        static Windows of(WindowedSource source) {
            return new Windows(
                    source.id().orElse(-1),
                    new ArrayList<>(source.aggregates().stream().map(Aggregated::of).toList()));
        }

        boolean hasId() {
            return id >= 0;
        }

        WindowedSource source(List<Column> columns) {
            return new WindowedSource(
                    columns,
                    hasId() ? Optional.of(id) : Optional.empty(),
                    aggregates.stream().map(Aggregated::aggregate).toList());
        }

        /// How long after it happened an event may count.
        long longestNanos() {
            return aggregates.stream()
                    .mapToLong(one -> {
                        long sum = one.lengthNanos + one.hopNanos;
                        return sum < 0 ? Long.MAX_VALUE : sum;
                    })
                    .max()
                    .orElse(0);
        }
    }

    /// An aggregate that can be serialised.
    record Aggregated(
            String name,
            Aggregate.Function function,
            int column,
            long lengthNanos,
            long hopNanos,
            double at)
            implements Serializable {
        static Aggregated of(Aggregate aggregate) {
            var span = (Window.Span) aggregate.window();
            return new Aggregated(
                    aggregate.name(),
                    aggregate.function(),
                    aggregate.column(),
                    span.lengthNanos(),
                    span.hopNanos(),
                    aggregate.at());
        }

        Aggregate aggregate() {
            return new Aggregate(
                    name, function, column, new Window.Span(lengthNanos, hopNanos), at);
        }
    }

    /// The columns that every history has or may have.
    ///
    /// @param available one or none
    /// @param deleted one or none
    record TimeCells(Cells event, List<Cells> available, List<Cells> deleted)
            implements Serializable {}

    /// Finds the columns.
    ///
    /// @throws IllegalArgumentException when one is missing, or is of another type
    static ViewShape of(
            ViewDefinition view, StructType labels, String timeColumn, StructType rows, Mode mode) {
        String history = "rows of " + view.view().name();
        List<Cells> keys = cells(history, rows, view.view().key());
        List<Cells> columns = cells(history, rows, view.source().features());
        return new ViewShape(
                Definition.of(view, mode),
                cells("labels", labels, view.view().key()),
                Cells.of("labels", labels, new Column(timeColumn, ColumnType.TIMESTAMP)),
                keys,
                new TimeCells(
                        Cells.of(history, rows, new Column("event_time", ColumnType.TIMESTAMP)),
                        optional(history, rows, new Column("available_time", ColumnType.TIMESTAMP)),
                        optional(history, rows, new Column("deleted", ColumnType.BOOLEAN))),
                columns,
                outputs(view, columns));
    }

    /// The wanted features of a view and nothing else.
    static ViewDefinition narrow(ViewDefinition definition, List<String> wanted) {
        FeatureView view = definition.view();
        Optional<WindowedSource> source =
                definition
                        .windows()
                        .map(its ->
                                new WindowedSource(
                                        its.columns(),
                                        its.id(),
                                        its.aggregates().stream()
                                                .filter(one -> wanted.contains(one.name()))
                                                .toList()));
        List<Column> features =
                view.features().stream().filter(one -> wanted.contains(one.name())).toList();
        return new ViewDefinition(
                new FeatureView(view.name(), view.key(), features, view.rule()),
                definition.owner(),
                source,
                definition.late(),
                definition.freshness());
    }

    private static List<Cells> outputs(ViewDefinition view, List<Cells> columns) {
        List<Cells> outputs = new ArrayList<>();
        for (int f = 0; f < view.view().features().size(); f++) {
            Column feature = view.view().features().get(f);
            int at = f;
            int of = view.windows().map(its -> its.aggregates().get(at).column()).orElse(f);
            outputs.add(Cells.made(feature, columns.get(of).spark()));
        }
        return outputs;
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
        if (deleted && !view.windows().isEmpty()) {
            throw new IllegalArgumentException(
                    "a row of view %s is deleted, and events are not; to take one back, send it again under its id without values: %s"
                            .formatted(view.name(), row));
        }
        return new FeatureRow(
                new EntityKey(values(rowKeys, row)),
                event,
                available,
                sequence,
                deleted ? List.of() : values(columns, row));
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
