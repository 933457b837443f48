package dev.touchstone.features.internal.csv;

/// One line of cells.
///
/// @param line where it begins, the first being 1
@SuppressWarnings("ArrayRecordComponent") // Read once and thrown away; nobody compares two.
public record CsvRecord(long line, String[] cells, boolean[] quoted) {
    public int size() {
        return cells.length;
    }

    /// Whether the cell is empty and not in quotes.
    public boolean isMissing(int cell) {
        return cells[cell].isEmpty() && !quoted[cell];
    }
}
