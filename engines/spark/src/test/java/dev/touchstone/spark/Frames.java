package dev.touchstone.spark;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Mode;
import dev.touchstone.features.TrainingSetRequest;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/// Labels and rows as Spark's data, with times in nanoseconds, and the answers back.
final class Frames {
    private Frames() {}

    static DataType type(ColumnType type) {
        return switch (type) {
            case DOUBLE -> DataTypes.DoubleType;
            case LONG, TIMESTAMP -> DataTypes.LongType;
            case TEXT -> DataTypes.StringType;
            case BOOLEAN -> DataTypes.BooleanType;
        };
    }

    static @Nullable Object cell(Value value) {
        return switch (value) {
            case Value.Missing _ -> null;
            case Value.Real(double real) -> real;
            case Value.Whole(long whole) -> whole;
            case Value.Text(String text) -> text;
            case Value.Truth(boolean truth) -> truth;
        };
    }

    static Dataset<Row> rows(SparkSession spark, FeatureView view, List<FeatureRow> rows) {
        StructType schema = new StructType();
        for (Column column : view.key()) {
            schema = schema.add(column.name(), type(column.type()));
        }
        for (Column column : view.features()) {
            schema = schema.add(column.name(), type(column.type()));
        }
        schema =
                schema.add("event_time", DataTypes.LongType)
                        .add("available_time", DataTypes.LongType)
                        .add("deleted", DataTypes.BooleanType)
                        .add("sequence", DataTypes.LongType);
        List<Row> data = new ArrayList<>();
        for (FeatureRow row : rows) {
            List<@Nullable Object> cells = new ArrayList<>();
            row.entity().parts().forEach(part -> cells.add(cell(part)));
            for (int f = 0; f < view.features().size(); f++) {
                cells.add(row.isTombstone() ? null : cell(row.values().get(f)));
            }
            cells.add(row.eventTime());
            cells.add(row.availableTime());
            cells.add(row.isTombstone());
            cells.add(row.sequence());
            data.add(RowFactory.create(cells.toArray()));
        }
        return spark.createDataFrame(data, schema);
    }

    /// Labels with a number, a `time` and other columns.
    ///
    /// @param cells one list for each label
    static Dataset<Row> labels(
            SparkSession spark, List<Column> columns, List<List<Value>> cells, List<Value> times) {
        StructType schema =
                new StructType()
                        .add("label_number", DataTypes.LongType)
                        .add("time", DataTypes.LongType);
        for (Column column : columns) {
            schema = schema.add(column.name(), type(column.type()));
        }
        List<Row> data = new ArrayList<>();
        for (int i = 0; i < cells.size(); i++) {
            List<@Nullable Object> row = new ArrayList<>();
            row.add((long) i);
            row.add(cell(times.get(i)));
            cells.get(i).forEach(part -> row.add(cell(part)));
            data.add(RowFactory.create(row.toArray()));
        }
        return spark.createDataFrame(data, schema);
    }

    /// What each label is given of one view, in the order of their numbers.
    static List<List<Value>> join(
            Dataset<Row> labels,
            ViewDefinition view,
            Dataset<Row> rows,
            Mode mode,
            SparkTrainingSets.Settings settings) {
        String name = view.view().name();
        return join(
                labels,
                new Definitions(List.of(view)),
                Map.of(name, rows),
                new TrainingSetRequest(List.of(name + ".*"), "time", mode),
                settings);
    }

    /// What each label is given, in the order of their numbers.
    static List<List<Value>> join(
            Dataset<Row> labels,
            Definitions definitions,
            Map<String, Dataset<Row>> rows,
            TrainingSetRequest request,
            SparkTrainingSets.Settings settings) {
        Dataset<Row> set = SparkTrainingSets.build(labels, definitions, rows, request, settings);
        List<Row> made = new ArrayList<>(set.collectAsList());
        made.sort(Comparator.comparingLong(row -> row.getLong(0)));
        List<List<Value>> answers = new ArrayList<>();
        for (Row row : made) {
            List<Value> cells = new ArrayList<>();
            for (int at = labels.columns().length; at < row.size(); at++) {
                cells.add(row.isNullAt(at) ? Value.MISSING : value(row.get(at)));
            }
            answers.add(cells);
        }
        return answers;
    }

    private static Value value(Object cell) {
        return switch (cell) {
            case Double real -> Value.of((double) real);
            case Long whole -> Value.of((long) whole);
            case Boolean truth -> Value.of((boolean) truth);
            default -> Value.of(cell.toString());
        };
    }
}
