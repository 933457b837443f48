package dev.touchstone.features.internal.parquet;

import dev.hardwood.metadata.LogicalType;
import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.schema.ColumnSchema;
import dev.hardwood.schema.FileSchema;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Which of our types a Parquet column is.
final class ParquetTypes {
    private ParquetTypes() {}

    static List<String> names(FileSchema schema) {
        return schema.getColumns().stream().map(ColumnSchema::name).toList();
    }

    /// Refuses a file that lacks a column, or has it as another type.
    ///
    /// @param name the file's name
    /// @param column under the name that it has in the file
    static void check(String name, FileSchema schema, Column column) throws ParquetException {
        if (!names(schema).contains(column.name())) {
            throw new ParquetException(
                    "%s has no column '%s'; it has %s"
                            .formatted(name, column.name(), names(schema)));
        }
        ColumnSchema found = schema.getColumn(column.name());
        if (column.type() == ColumnType.TIMESTAMP
                && found.logicalType() instanceof LogicalType.TimestampType time
                && !time.isAdjustedToUTC()) {
            throw new ParquetException(
                    "column %s of %s has times without a zone; write them as UTC"
                            .formatted(column.name(), name));
        }
        if (!column.type().equals(of(found).orElse(null))) {
            throw new ParquetException(
                    "column %s of %s is %s, the view says %s; convert one of them"
                            .formatted(column.name(), name, described(found), column.type()));
        }
    }

    /// @throws IOException when we have no such type
    static Column known(String name, ColumnSchema found) throws IOException {
        if (found.logicalType() instanceof LogicalType.TimestampType time
                && !time.isAdjustedToUTC()) {
            throw new IOException(
                    "column %s of %s has times without a zone; write them as UTC"
                            .formatted(found.name(), name));
        }
        return of(found)
                .map(type -> new Column(found.name(), type))
                .orElseThrow(() ->
                        new IOException(
                                ("column %s of %s is %s; there are double, float, signed whole"
                                                + " numbers, text, boolean and timestamps: convert"
                                                + " it or leave it out")
                                        .formatted(found.name(), name, described(found))));
    }

    private static String described(ColumnSchema column) {
        return column.logicalType() == null
                ? column.type().name()
                : "%s (%s)".formatted(column.type(), column.logicalType());
    }

    private static Optional<ColumnType> of(ColumnSchema found) {
        PhysicalType physical = found.type();
        if (found.maxRepetitionLevel() > 0) {
            return Optional.empty();
        }
        return switch (found.logicalType()) {
            case LogicalType.StringType _ -> Optional.of(ColumnType.TEXT);
            case LogicalType.TimestampType _ -> Optional.of(ColumnType.TIMESTAMP);
            case LogicalType.IntType whole when whole.isSigned() -> Optional.of(ColumnType.LONG);
            case null ->
                    switch (physical) {
                        case DOUBLE, FLOAT -> Optional.of(ColumnType.DOUBLE);
                        case INT32, INT64 -> Optional.of(ColumnType.LONG);
                        case BOOLEAN -> Optional.of(ColumnType.BOOLEAN);
                        default -> Optional.empty();
                    };
            default -> Optional.empty();
        };
    }
}
