package dev.touchstone.spark;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import java.io.Serializable;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/// A column of a Spark row, as one of our types.
///
/// Times are timestamps, or whole numbers of nanoseconds where microseconds do not do.
///
/// @param at its position in the row
/// @param spark Spark's type of it
record Cells(String name, ColumnType type, int at, DataType spark) implements Serializable {
    private static final int MICRO = 1000;
    private static final long MICROS_PER_SECOND = 1_000_000;

    /// Finds a column.
    ///
    /// @param whose the data set, for messages
    static Cells of(String whose, StructType schema, Column column) {
        if (!Arrays.asList(schema.fieldNames()).contains(column.name())) {
            throw new IllegalArgumentException(
                    "%s have no column '%s'; there are %s"
                            .formatted(whose, column.name(), Arrays.toString(schema.fieldNames())));
        }
        int at = schema.fieldIndex(column.name());
        DataType found = schema.fields()[at].dataType();
        if (!fits(column.type(), found)) {
            throw new IllegalArgumentException(
                    "column %s of the %s is %s and should be %s; cast it%s"
                            .formatted(
                                    column.name(),
                                    whose,
                                    found.simpleString(),
                                    column.type(),
                                    found.equals(DataTypes.TimestampNTZType)
                                            ? " with its time zone"
                                            : ""));
        }
        return new Cells(column.name(), column.type(), at, found);
    }

    /// A column that is made here.
    ///
    /// @param times Spark's type of the times that it is made from, if it is one itself
    static Cells made(Column column, DataType times) {
        boolean asTime =
                column.type() == ColumnType.TIMESTAMP && times.equals(DataTypes.TimestampType);
        return new Cells(
                column.name(),
                column.type(),
                -1,
                asTime ? DataTypes.TimestampType : DataTypes.LongType);
    }

    private static boolean fits(ColumnType type, DataType found) {
        return switch (type) {
            case DOUBLE -> found.equals(DataTypes.DoubleType) || found.equals(DataTypes.FloatType);
            case LONG ->
                    found.equals(DataTypes.LongType)
                            || found.equals(DataTypes.IntegerType)
                            || found.equals(DataTypes.ShortType);
            case TEXT -> found.equals(DataTypes.StringType);
            case BOOLEAN -> found.equals(DataTypes.BooleanType);
            case TIMESTAMP ->
                    found.equals(DataTypes.TimestampType) || found.equals(DataTypes.LongType);
        };
    }

    /// What the column of this feature is in a training set.
    DataType output() {
        return switch (type) {
            case DOUBLE -> DataTypes.DoubleType;
            case LONG -> DataTypes.LongType;
            case TEXT -> DataTypes.StringType;
            case BOOLEAN -> DataTypes.BooleanType;
            case TIMESTAMP -> spark;
        };
    }

    Value value(Row row) {
        return row.isNullAt(at) ? Value.MISSING : value(row.get(at));
    }

    private Value value(Object cell) {
        return switch (cell) {
            case Double real -> Value.of((double) real);
            case Float real -> Value.of((double) (float) real);
            case Long whole -> Value.of((long) whole);
            case Integer whole -> Value.of((long) (int) whole);
            case Short whole -> Value.of((long) (short) whole);
            case Boolean truth -> Value.of((boolean) truth);
            case Timestamp time -> Value.of(nanos(time.toInstant()));
            case Instant time -> Value.of(nanos(time));
            default -> Value.of(cell.toString());
        };
    }

    /// Spark has no infinite times; the ends of its microseconds stand for them.
    private static long nanos(Instant time) {
        long seconds = time.getEpochSecond();
        if (seconds > Long.MAX_VALUE / MICROS_PER_SECOND / MICRO) {
            return Times.INFINITY;
        }
        if (seconds < Long.MIN_VALUE / MICROS_PER_SECOND / MICRO) {
            return Times.MINUS_INFINITY;
        }
        return Times.of(time);
    }

    /// A value as Spark wants it.
    ///
    /// @param instants whether Spark's rows hold `java.time`
    @Nullable Object cell(Value value, boolean instants) {
        return switch (value) {
            case Value.Missing _ -> null;
            case Value.Real(double real) -> real;
            case Value.Text(String text) -> text;
            case Value.Truth(boolean truth) -> truth;
            case Value.Whole(long whole) when spark.equals(DataTypes.TimestampType) -> {
                Instant time =
                        Instant.ofEpochSecond(
                                Math.floorDiv(whole, MICROS_PER_SECOND * MICRO),
                                Math.floorMod(whole, MICROS_PER_SECOND * MICRO));
                yield instants ? time : Timestamp.from(time);
            }
            case Value.Whole(long whole) -> whole;
        };
    }
}
