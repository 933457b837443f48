package dev.touchstone.features.internal.parquet;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.Times;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/// Writes flat Parquet files from columns: plain encoding, uncompressed, one page a column and row
/// group, each page with its checksum, every column optional. Times are microseconds in UTC, which
/// every reader knows.
public final class ParquetWriter {
    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
    private static final int NANOS_PER_MICRO = 1000;
    private static final int OPTIONAL = 1;
    private static final int PLAIN = 0;
    private static final int RLE = 3;
    private static final int UNCOMPRESSED = 0;
    private static final int LEVELS_PREFIX_BYTES = Integer.BYTES;
    private static final int MAX_VARINT_BYTES = 5;

    private final OutputStream out;
    private final List<Column> columns;
    private final boolean parallel;
    private final List<RowGroup> groups = new ArrayList<>();
    private long position;

    private record RowGroup(int rows, List<Chunk> chunks) {
        long bytes() {
            return chunks.stream().mapToLong(Chunk::bytes).sum();
        }
    }

    private record Chunk(long place, long bytes) {}

    /// A writer that encodes in the thread that calls it.
    public ParquetWriter(OutputStream out, List<Column> columns) throws IOException {
        this(out, columns, false);
    }

    /// @param parallel whether the columns of a row group are encoded on the common pool, all of
    ///   them at a time
    public ParquetWriter(OutputStream out, List<Column> columns, boolean parallel)
            throws IOException {
        this.parallel = parallel;
        this.out = out;
        this.columns = List.copyOf(columns);
        write(MAGIC);
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        position += bytes.length;
    }

    /// Writes a row group.
    ///
    /// @param cells a column each, all of `rows` cells
    /// @throws IOException also when a time is no whole number of microseconds
    public void write(List<ColumnData> cells, int rows) throws IOException {
        if (parallel) {
            write(encode(cells, rows));
            return;
        }
        List<Chunk> chunks = new ArrayList<>();
        for (int column = 0; column < columns.size(); column++) {
            chunks.add(write(page(column, cells, rows)));
        }
        groups.add(new RowGroup(rows, chunks));
    }

    /// A row group that is ready to be written.
    public static final class Encoded {
        private final int rows;
        private final List<Page> pages;

        private Encoded(int rows, List<Page> pages) {
            this.rows = rows;
            this.pages = pages;
        }
    }

    /// Encodes a row group, which may go on while the one before it is being written.
    ///
    /// @param cells a column each, all of `rows` cells
    /// @throws IOException also when a time is no whole number of microseconds
    public Encoded encode(List<ColumnData> cells, int rows) throws IOException {
        return new Encoded(rows, pages(cells, rows));
    }

    /// Writes a row group that was encoded before.
    public void write(Encoded group) throws IOException {
        List<Chunk> chunks = new ArrayList<>();
        for (Page page : group.pages) {
            chunks.add(write(page));
        }
        groups.add(new RowGroup(group.rows, chunks));
    }

    private record Page(ByteBuffer header, ByteBuffer body) {}

    private List<Page> pages(List<ColumnData> cells, int rows) throws IOException {
        try {
            IntStream all = IntStream.range(0, columns.size());
            return (parallel ? all.parallel() : all)
                    .mapToObj(column -> {
                        try {
                            return page(column, cells, rows);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private Page page(int column, List<ColumnData> cells, int rows) throws IOException {
        ByteBuffer body = page(columns.get(column), cells.get(column), rows);
        return new Page(ByteBuffer.wrap(pageHeader(body, rows)), body);
    }

    private Chunk write(Page page) throws IOException {
        long place = position;
        write(page.header, page.header.limit());
        write(page.body, page.body.position());
        return new Chunk(place, position - place);
    }

    private void write(ByteBuffer bytes, int length) throws IOException {
        out.write(bytes.array(), bytes.arrayOffset(), length);
        position += length;
    }

    private static byte[] pageHeader(ByteBuffer page, int rows) {
        var checksum = new CRC32();
        checksum.update(page.array(), page.arrayOffset(), page.position());
        return new ThriftWriter()
                .begin()
                .i32(1, 0)
                .i32(2, page.position())
                .i32(3, page.position())
                .i32(4, (int) checksum.getValue())
                .struct(5)
                .i32(1, rows)
                .i32(2, PLAIN)
                .i32(3, RLE)
                .i32(4, RLE)
                .end()
                .end()
                .toByteArray();
    }

    private static ByteBuffer page(Column column, ColumnData cells, int rows) throws IOException {
        int levels = LEVELS_PREFIX_BYTES + MAX_VARINT_BYTES + rows / Byte.SIZE + 1;
        return switch (cells) {
            case ColumnData.Doubles(double[] values, boolean[] missing) -> {
                ByteBuffer page = begin(levels + (long) rows * Double.BYTES, missing, rows);
                for (int i = 0; i < rows; i++) {
                    if (!missing[i]) {
                        page.putDouble(values[i]);
                    }
                }
                yield page;
            }
            case ColumnData.Longs(long[] values, boolean[] missing) -> {
                ByteBuffer page = begin(levels + (long) rows * Long.BYTES, missing, rows);
                boolean time = column.type() == ColumnType.TIMESTAMP;
                for (int i = 0; i < rows; i++) {
                    if (!missing[i]) {
                        page.putLong(time ? micros(column, values[i]) : values[i]);
                    }
                }
                yield page;
            }
            case ColumnData.Booleans(boolean[] values, boolean[] missing) -> {
                ByteBuffer page = begin(levels + rows / Byte.SIZE + 1L, missing, rows);
                putBits(page, values, missing, rows);
                yield page;
            }
            case ColumnData.Texts(String[] values, boolean[] missing) ->
                    texts(levels, values, missing, rows);
        };
    }

    private static ByteBuffer texts(int levels, String[] values, boolean[] missing, int rows) {
        byte[][] utf8 = new byte[rows][];
        long bytes = levels;
        for (int i = 0; i < rows; i++) {
            utf8[i] = missing[i] ? new byte[0] : values[i].getBytes(StandardCharsets.UTF_8);
            bytes += Integer.BYTES + utf8[i].length;
        }
        ByteBuffer page = begin(bytes, missing, rows);
        for (int i = 0; i < rows; i++) {
            if (!missing[i]) {
                page.putInt(utf8[i].length).put(utf8[i]);
            }
        }
        return page;
    }

    private static void putBits(ByteBuffer page, boolean[] values, boolean[] missing, int rows) {
        int bits = 0;
        int count = 0;
        for (int i = 0; i < rows; i++) {
            if (!missing[i]) {
                bits |= (values[i] ? 1 : 0) << count++;
            }
            if (count == Byte.SIZE || (i == rows - 1 && count > 0)) {
                page.put((byte) bits);
                bits = 0;
                count = 0;
            }
        }
    }

    private static long micros(Column column, long nanos) throws IOException {
        if (nanos == Times.INFINITY) {
            return Long.MAX_VALUE;
        }
        if (nanos == Times.MINUS_INFINITY) {
            return -Long.MAX_VALUE;
        }
        if (nanos % NANOS_PER_MICRO != 0) {
            throw new IOException(
                    "column %s has the time %s, and Parquet files here hold microseconds; write CSV"
                            .formatted(column.name(), Times.text(nanos)));
        }
        return nanos / NANOS_PER_MICRO;
    }

    /// A page with its definition levels: one run when nothing is missing, else a bit a row.
    private static ByteBuffer begin(long bytes, boolean[] missing, int rows) {
        ByteBuffer page =
                ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
        page.position(LEVELS_PREFIX_BYTES);
        boolean complete = true;
        for (int i = 0; i < rows && complete; i++) {
            complete = !missing[i];
        }
        if (complete) {
            putVarint(page, (long) rows << 1);
            page.put((byte) 1);
        } else {
            int groups = Math.ceilDiv(rows, Byte.SIZE);
            putVarint(page, (long) groups << 1 | 1);
            for (int group = 0; group < groups; group++) {
                int bits = 0;
                for (int bit = 0; bit < Byte.SIZE; bit++) {
                    int row = group * Byte.SIZE + bit;
                    bits |= (row < rows && !missing[row] ? 1 : 0) << bit;
                }
                page.put((byte) bits);
            }
        }
        page.putInt(0, page.position() - LEVELS_PREFIX_BYTES);
        return page;
    }

    private static void putVarint(ByteBuffer page, long value) {
        long left = value;
        while (left > 0x7F) {
            page.put((byte) ((left & 0x7F) | 0x80));
            left >>>= 7;
        }
        page.put((byte) left);
    }

    /// Writes what makes it a Parquet file. The stream stays open.
    public void finish() throws IOException {
        byte[] footer = footer();
        write(footer);
        byte[] length =
                ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(footer.length)
                        .array();
        write(length);
        write(MAGIC);
        out.flush();
    }

    private byte[] footer() {
        var thrift = new ThriftWriter().begin().i32(1, 1).structs(2, columns.size() + 1);
        thrift.begin().text(4, "schema").i32(5, columns.size()).end();
        for (Column column : columns) {
            schemaElement(thrift, column);
        }
        thrift.i64(3, groups.stream().mapToLong(RowGroup::rows).sum());
        thrift.structs(4, groups.size());
        for (RowGroup group : groups) {
            thrift.begin().structs(1, columns.size());
            for (int column = 0; column < columns.size(); column++) {
                chunk(thrift, columns.get(column), group.chunks.get(column), group.rows);
            }
            thrift.i64(2, group.bytes()).i64(3, group.rows).end();
        }
        return thrift.text(6, "touchstone").end().toByteArray();
    }

    private static void schemaElement(ThriftWriter thrift, Column column) {
        thrift.begin().i32(1, physical(column.type())).i32(3, OPTIONAL).text(4, column.name());
        switch (column.type()) {
            case TEXT -> thrift.i32(6, 0).struct(10).struct(1).end().end();
            case TIMESTAMP ->
                    thrift.i32(6, 10)
                            .struct(10)
                            .struct(8)
                            .yes(1)
                            .struct(2)
                            .struct(2)
                            .end()
                            .end()
                            .end()
                            .end();
            case DOUBLE, LONG, BOOLEAN -> {}
        }
        thrift.end();
    }

    private static int physical(ColumnType type) {
        return switch (type) {
            case BOOLEAN -> 0;
            case LONG, TIMESTAMP -> 2;
            case DOUBLE -> 5;
            case TEXT -> 6;
        };
    }

    private static void chunk(ThriftWriter thrift, Column column, Chunk chunk, int rows) {
        thrift.begin()
                .i64(2, chunk.place)
                .struct(3)
                .i32(1, physical(column.type()))
                .i32s(2, PLAIN, RLE)
                .texts(3, column.name())
                .i32(4, UNCOMPRESSED)
                .i64(5, rows)
                .i64(6, chunk.bytes)
                .i64(7, chunk.bytes)
                .i64(9, chunk.place)
                .end()
                .end();
    }
}
