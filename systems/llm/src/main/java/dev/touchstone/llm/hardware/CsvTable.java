package dev.touchstone.llm.hardware;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A comma-separated file with a header, read whole. Quoting is not needed by the files it is for
/// and not understood.
public final class CsvTable {
    private final Path file;
    private final Map<String, Integer> columns = new TreeMap<>();
    private final List<String[]> rows = new ArrayList<>();

    private CsvTable(Path file) {
        this.file = file;
    }

    /// Reads a file that has at least the named columns.
    ///
    /// @throws MalformedTableException naming line and field
    public static CsvTable read(Path file, String... required) throws IOException {
        try {
            return of(file, Files.readAllLines(file), required);
        } catch (NoSuchFileException e) {
            throw new IOException(
                    "there is no file %s; docs/validation.md says where to get it".formatted(file),
                    e);
        }
    }

    /// Reads one that comes with a program.
    ///
    /// @param name for messages
    public static CsvTable read(InputStream in, String name) throws IOException {
        try (in) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return of(Path.of(name), text.lines().toList());
        }
    }

    private static CsvTable of(Path file, List<String> lines, String... required) {
        var table = new CsvTable(file);
        if (lines.isEmpty()) {
            throw new MalformedTableException(
                    file, "is empty; its first line names " + String.join(",", required));
        }
        String[] header = lines.getFirst().split(",", -1);
        for (int i = 0; i < header.length; i++) {
            table.columns.put(header[i], i);
        }
        for (String name : required) {
            if (!table.columns.containsKey(name)) {
                throw new MalformedTableException(
                        file,
                        1,
                        name,
                        "is not among the columns %s; add it".formatted(lines.getFirst()));
            }
        }
        for (int i = 1; i < lines.size(); i++) {
            String[] cells = lines.get(i).split(",", -1);
            if (cells.length != header.length) {
                throw new MalformedTableException(
                        file,
                        i + 1,
                        "line",
                        "has %d fields, the header %d; complete or remove it"
                                .formatted(cells.length, header.length));
            }
            table.rows.add(cells);
        }
        if (table.rows.isEmpty()) {
            throw new MalformedTableException(file, "has a header and no rows; add measurements");
        }
        return table;
    }

    /// Rows below the header.
    public int size() {
        return rows.size();
    }

    /// A cell as it stands there.
    public String text(int row, String column) {
        return rows.get(row)[index(column)];
    }

    /// A cell that holds a whole number of at least `min`.
    public int wholeNumber(int row, String column, int min) {
        String text = text(row, column);
        try {
            int value = Integer.parseInt(text);
            if (value >= min) {
                return value;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw malformed(
                row, column, "must be a whole number from %d, got '%s'".formatted(min, text));
    }

    /// A cell that holds a number above 0.
    public double positive(int row, String column) {
        String text = text(row, column);
        try {
            double value = Double.parseDouble(text);
            if (value > 0 && value < Double.POSITIVE_INFINITY) {
                return value;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw malformed(row, column, "must be a number above 0, got '%s'".formatted(text));
    }

    /// What is wrong with a cell.
    public MalformedTableException malformed(int row, String column, String problem) {
        return new MalformedTableException(file, row + 2, column, problem);
    }

    /// What is wrong with the file as a whole.
    public MalformedTableException malformed(String problem) {
        return new MalformedTableException(file, problem);
    }

    private int index(String column) {
        Integer index = columns.get(column);
        if (index == null) {
            throw new IllegalArgumentException("%s has no column %s".formatted(file, column));
        }
        return index;
    }
}
