package dev.touchstone.features.internal.csv;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import java.io.IOException;

/// Cells as text: what is written is read back as the same value.
public final class Cells {
    private Cells() {}

    /// The value of a cell.
    ///
    /// @throws CsvException with line, column and what to write
    public static Value read(CsvReader file, CsvRecord line, int at, Column column)
            throws CsvException {
        if (line.isMissing(at)) {
            return Value.MISSING;
        }
        String text = line.cells()[at];
        try {
            return switch (column.type()) {
                case DOUBLE -> Value.of(Double.parseDouble(text));
                case LONG -> Value.of(Long.parseLong(text));
                case TEXT -> Value.of(text);
                case BOOLEAN -> truth(text);
                case TIMESTAMP -> Value.of(Times.parse(text));
            };
        } catch (IllegalArgumentException e) {
            throw new CsvException(
                    "%s line %d, column %s: %s, got '%s'"
                            .formatted(
                                    file.name(),
                                    line.line(),
                                    file.header().get(at),
                                    cure(column.type()),
                                    text),
                    e);
        }
    }

    private static Value truth(String text) {
        return switch (text) {
            case "true" -> Value.of(true);
            case "false" -> Value.of(false);
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }

    private static String cure(ColumnType type) {
        return switch (type) {
            case DOUBLE -> "write a number such as 1.5, NaN or -Infinity";
            case LONG -> "write a whole number of 64 bits";
            case TEXT -> "write Unicode text";
            case BOOLEAN -> "write true or false";
            case TIMESTAMP ->
                    "write a time with its zone such as 2026-03-01T12:00:00Z, or infinity";
        };
    }

    /// Appends a cell; nothing where it is missing.
    public static void write(Appendable out, ColumnData column, ColumnType type, int row)
            throws IOException {
        if (column.missing()[row]) {
            return;
        }
        switch (column) {
            case ColumnData.Doubles(double[] values, _) -> out.append(Double.toString(values[row]));
            case ColumnData.Longs(long[] values, _) ->
                    out.append(
                            type == ColumnType.TIMESTAMP
                                    ? Times.text(values[row])
                                    : Long.toString(values[row]));
            case ColumnData.Booleans(boolean[] values, _) ->
                    out.append(Boolean.toString(values[row]));
            case ColumnData.Texts(String[] values, _) ->
                    write(out, values[row], values[row].isEmpty());
        }
    }

    /// Appends a text, in quotes where it must be or shall be.
    public static void write(Appendable out, String text, boolean quoted) throws IOException {
        if (!quoted && text.chars().noneMatch(Cells::needsQuotes)) {
            out.append(text);
            return;
        }
        out.append('"').append(text.replace("\"", "\"\"")).append('"');
    }

    private static boolean needsQuotes(int character) {
        return character == ',' || character == '"' || character == '\n' || character == '\r';
    }
}
