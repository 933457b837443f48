package dev.touchstone.features.internal.csv;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Reads records one after another.
public final class CsvReader {
    private static final int END = -1;
    private static final int BUFFER_CHARS = 1 << 16;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final Reader reader;
    private final String name;
    private final char[] buffer = new char[BUFFER_CHARS];
    private final StringBuilder cell = new StringBuilder();
    private final List<String> header;
    private int position;
    private int limit;
    private long line = 1;

    /// Reads the header.
    ///
    /// @param name the file's name, for messages
    /// @throws CsvException also when two columns have one name
    public CsvReader(Reader reader, String name) throws IOException {
        this.reader = reader;
        this.name = name;
        if (peek() == BYTE_ORDER_MARK) {
            take();
        }
        CsvRecord first =
                read().orElseThrow(() ->
                        new CsvException(
                                "%s is empty; its first line names the columns".formatted(name)));
        this.header = List.of(first.cells());
        for (String column : header) {
            if (header.indexOf(column) != header.lastIndexOf(column)) {
                throw new CsvException(
                        "%s has two columns named '%s'; rename one".formatted(name, column));
            }
        }
    }

    /// The columns' names.
    public List<String> header() {
        return header;
    }

    /// The file's name.
    public String name() {
        return name;
    }

    /// Where a column is.
    ///
    /// @throws CsvException when there is none of that name, with those there are
    public int column(String column) throws CsvException {
        int at = header.indexOf(column);
        if (at < 0) {
            throw new CsvException(
                    "%s has no column '%s'; it has %s".formatted(name, column, header));
        }
        return at;
    }

    /// The next record, or nothing at the end.
    ///
    /// @throws CsvException when it has more or fewer cells than the header
    public Optional<CsvRecord> next() throws IOException {
        Optional<CsvRecord> next = read();
        if (next.isPresent() && next.get().size() != header.size()) {
            throw new CsvException(
                    "%s line %d has %d cells, the header %d; quote cells that hold a comma"
                            .formatted(name, next.get().line(), next.get().size(), header.size()));
        }
        return next;
    }

    private Optional<CsvRecord> read() throws IOException {
        if (peek() == END) {
            return Optional.empty();
        }
        long begin = line;
        List<String> cells = new ArrayList<>();
        boolean[] quoted = new boolean[8];
        while (true) {
            cell.setLength(0);
            if (cells.size() == quoted.length) {
                quoted = Arrays.copyOf(quoted, 2 * quoted.length);
            }
            if (peek() == '"') {
                quoted[cells.size()] = true;
                quotedCell(begin);
            } else {
                plainCell();
            }
            cells.add(cell.toString());
            int after = take();
            if (after == ',') {
                continue;
            }
            if (after == '\r' && peek() == '\n') {
                after = take();
            }
            if (after != '\n' && after != END) {
                throw new CsvException(
                        "%s line %d goes on after a closing quote; double quotes inside a cell"
                                .formatted(name, line));
            }
            line++;
            return Optional.of(
                    new CsvRecord(
                            begin,
                            cells.toArray(String[]::new),
                            Arrays.copyOf(quoted, cells.size())));
        }
    }

    private void plainCell() throws IOException {
        for (int next = peek(); next != ',' && next != '\n' && next != END; next = peek()) {
            if (next == '\r') {
                take();
                if (peek() == '\n' || peek() == END) {
                    return;
                }
                cell.append('\r');
            } else {
                cell.append((char) take());
            }
        }
    }

    private void quotedCell(long begin) throws IOException {
        take();
        while (true) {
            int next = take();
            if (next == END) {
                throw new CsvException(
                        "%s line %d opens a quote that never closes".formatted(name, begin));
            }
            if (next == '\n') {
                line++;
            }
            if (next != '"') {
                cell.append((char) next);
            } else if (peek() == '"') {
                cell.append((char) take());
            } else {
                return;
            }
        }
    }

    private int peek() throws IOException {
        if (position == limit) {
            limit = Math.max(0, reader.read(buffer));
            position = 0;
        }
        return position == limit ? END : buffer[position];
    }

    private int take() throws IOException {
        int next = peek();
        if (next != END) {
            position++;
        }
        return next;
    }
}
