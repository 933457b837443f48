package dev.touchstone.features.internal.arrow;

import com.github.luben.zstd.Zstd;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.Times;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.TimeUnit;
import org.apache.arrow.flatbuf.Type;

/// A record batch and the bytes behind it.
final class ArrowBatch {
    private static final ValueLayout.OfInt INT = ArrowFile.INT;
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// Of a text view: up to so many bytes stand in the view itself.
    private static final int INLINE = 12;

    private static final int VIEW_BYTES = 16;

    private final String name;
    private final Schema schema;
    private final List<Column> columns;
    private final RecordBatch batch;
    private final MemorySegment body;
    private final Map<Integer, MemorySegment> unpacked = new HashMap<>();

    /// @param name the file's
    /// @param columns of the file, as many as the schema has fields
    ArrowBatch(
            String name,
            Schema schema,
            List<Column> columns,
            RecordBatch batch,
            MemorySegment body) {
        this.name = name;
        this.schema = schema;
        this.columns = columns;
        this.batch = batch;
        this.body = body;
    }

    /// Refuses a batch that would not fit when it is unpacked. One that is not compressed is read
    /// where it lies.
    void checkSize(List<Column> wanted) throws IOException {
        long bytes = 0;
        int at = 0;
        int views = 0;
        for (int f = 0; f < columns.size(); f++) {
            boolean isView = schema.fields(f).typeType() == Type.Utf8View;
            int buffers =
                    ArrowTypes.buffers(schema.fields(f))
                            + (isView ? Math.toIntExact(batch.variadicBufferCounts(views++)) : 0);
            for (int b = at; b < at + buffers && wanted.contains(columns.get(f)); b++) {
                bytes += unpackedBytes(b);
            }
            at += buffers;
        }
        long most = Runtime.getRuntime().maxMemory() / 2;
        if (bytes > most) {
            throw new IOException(
                    "%s has a compressed batch of %,d rows, of which %,d MB would have to be unpacked at once, and %,d MB are there; write it uncompressed or with smaller batches (pyarrow: max_chunksize=1_000_000), or give the process more memory"
                            .formatted(name, batch.length(), bytes >> 20, most >> 20));
        }
    }

    private MemorySegment raw(int buffer) {
        return body.asSlice(batch.buffers(buffer).offset(), batch.buffers(buffer).length());
    }

    private long unpackedBytes(int buffer) {
        MemorySegment raw = raw(buffer);
        return batch.compression() == null || raw.byteSize() == 0
                ? 0
                : Math.max(0, raw.get(LONG, 0));
    }

    /// Some rows of a column.
    ColumnData read(Column column, int from, int count) throws IOException {
        int at = 0;
        int views = 0;
        for (int f = 0; f < schema.fieldsLength(); f++) {
            Field field = schema.fields(f);
            boolean isView = field.typeType() == Type.Utf8View;
            int more = isView ? Math.toIntExact(batch.variadicBufferCounts(views)) : 0;
            if (columns.get(f).equals(column)) {
                ColumnData cells =
                        column.type() == ColumnType.TEXT
                                ? texts(field, at, more, from, count)
                                : numbers(field, column.type(), data(at + 1), from, count);
                if (batch.nodes(f).nullCount() > 0) {
                    markMissing(cells, data(at), from);
                }
                return cells;
            }
            at += ArrowTypes.buffers(field) + more;
            views += isView ? 1 : 0;
        }
        throw new IllegalStateException("no column " + column);
    }

    /// The bytes of a buffer, uncompressed.
    private MemorySegment data(int buffer) throws IOException {
        MemorySegment known = unpacked.get(buffer);
        if (known == null) {
            known = unpack(raw(buffer));
            unpacked.put(buffer, known);
        }
        return known;
    }

    private MemorySegment unpack(MemorySegment raw) throws IOException {
        if (batch.compression() == null || raw.byteSize() == 0) {
            return raw;
        }
        long size = raw.get(LONG, 0);
        MemorySegment packed = raw.asSlice(Long.BYTES);
        if (size < 0) {
            return packed;
        }
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.toIntExact(size));
        long got =
                Zstd.decompressDirectByteBuffer(
                        bytes,
                        0,
                        bytes.capacity(),
                        packed.asByteBuffer(),
                        0,
                        Math.toIntExact(packed.byteSize()));
        if (got != size) {
            throw new IOException("%s has a buffer that does not unpack".formatted(name));
        }
        return MemorySegment.ofBuffer(bytes);
    }

    private static void markMissing(ColumnData cells, MemorySegment present, int from) {
        for (int i = 0; i < cells.size(); i++) {
            cells.missing()[i] = !bit(present, from + i);
        }
    }

    private static boolean bit(MemorySegment bits, int i) {
        return (bits.get(ValueLayout.JAVA_BYTE, i / Byte.SIZE) >>> i % Byte.SIZE & 1) != 0;
    }

    private ColumnData numbers(
            Field field, ColumnType type, MemorySegment data, int from, int count)
            throws IOException {
        ColumnData cells = ColumnData.allocate(type, count);
        switch (cells) {
            case ColumnData.Doubles(double[] values, _) -> {
                boolean wide = ArrowTypes.floating(field).precision() == Precision.DOUBLE;
                for (int i = 0; i < count; i++) {
                    values[i] =
                            wide
                                    ? data.getAtIndex(DOUBLE, from + i)
                                    : data.getAtIndex(FLOAT, from + i);
                }
            }
            case ColumnData.Longs(long[] values, _) -> {
                if (type == ColumnType.TIMESTAMP) {
                    times(field, data, values, from);
                } else {
                    wholes(ArrowTypes.whole(field).bitWidth(), data, values, from);
                }
            }
            case ColumnData.Booleans(boolean[] values, _) -> {
                for (int i = 0; i < count; i++) {
                    values[i] = bit(data, from + i);
                }
            }
            case ColumnData.Texts _ -> throw new IllegalStateException("a text is no number");
        }
        return cells;
    }

    private static void wholes(int bits, MemorySegment data, long[] values, int from) {
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    switch (bits) {
                        case Byte.SIZE -> data.getAtIndex(ValueLayout.JAVA_BYTE, from + i);
                        case Short.SIZE -> data.getAtIndex(SHORT, from + i);
                        case Integer.SIZE -> data.getAtIndex(INT, from + i);
                        default -> data.getAtIndex(LONG, from + i);
                    };
        }
    }

    private void times(Field field, MemorySegment data, long[] values, int from)
            throws IOException {
        long factor =
                switch (ArrowTypes.timestamp(field).unit()) {
                    case TimeUnit.SECOND -> 1_000_000_000;
                    case TimeUnit.MILLISECOND -> 1_000_000;
                    case TimeUnit.MICROSECOND -> 1_000;
                    default -> 1;
                };
        long most = Long.MAX_VALUE / factor;
        for (int i = 0; i < values.length; i++) {
            long time = data.getAtIndex(LONG, from + i);
            // Files have no infinite times; the ends of the range stand for them. What is
            // missing may be anything.
            values[i] =
                    time > most
                            ? Times.INFINITY
                            : time < -most ? Times.MINUS_INFINITY : time * factor;
            if (factor > 1
                    && (time > most || time < -most)
                    && time != Long.MAX_VALUE
                    && time > -Long.MAX_VALUE) {
                throw new IOException(
                        "%s, column %s: %d is outside the years 1677 to 2262"
                                .formatted(name, field.name(), time));
            }
        }
    }

    private ColumnData texts(Field field, int at, int more, int from, int count)
            throws IOException {
        String[] values = new String[count];
        MemorySegment first = data(at + 1);
        if (field.typeType() == Type.Utf8View) {
            List<MemorySegment> buffers = new ArrayList<>();
            for (int b = 0; b < more; b++) {
                buffers.add(data(at + 2 + b));
            }
            for (int i = 0; i < count; i++) {
                values[i] = view(first, (long) (from + i) * VIEW_BYTES, buffers);
            }
        } else {
            MemorySegment text = data(at + 2);
            boolean large = field.typeType() == Type.LargeUtf8;
            long begin = count == 0 ? 0 : end(first, large, from);
            for (int i = 0; i < count; i++) {
                long end = end(first, large, from + i + 1);
                values[i] = text(text, begin, end - begin);
                begin = end;
            }
        }
        return new ColumnData.Texts(values, new boolean[count]);
    }

    private static long end(MemorySegment ends, boolean large, int i) {
        return large ? ends.getAtIndex(LONG, i) : ends.getAtIndex(INT, i);
    }

    private static String view(MemorySegment views, long at, List<MemorySegment> buffers) {
        int length = views.get(INT, at);
        if (length <= INLINE) {
            return text(views, at + Integer.BYTES, length);
        }
        int buffer = views.get(INT, at + 2L * Integer.BYTES);
        int offset = views.get(INT, at + 3L * Integer.BYTES);
        return text(buffers.get(buffer), offset, length);
    }

    private static String text(MemorySegment bytes, long from, long length) {
        byte[] utf8 = bytes.asSlice(from, length).toArray(ValueLayout.JAVA_BYTE);
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
