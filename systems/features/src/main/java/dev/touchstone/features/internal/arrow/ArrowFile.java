package dev.touchstone.features.internal.arrow;

import com.github.luben.zstd.Zstd;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.Times;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Block;
import org.apache.arrow.flatbuf.CompressionType;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.Footer;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.TimeUnit;
import org.apache.arrow.flatbuf.Type;

/// An Arrow file of flat columns, mapped into memory and read batch by batch.
public final class ArrowFile implements Closeable {
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
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
    private final Arena arena;
    private final MemorySegment bytes;
    private final Schema schema;
    private final List<Column> columns = new ArrayList<>();
    private final List<RecordBatch> batches = new ArrayList<>();
    private final List<MemorySegment> bodies = new ArrayList<>();

    private ArrowFile(String name, Arena arena, MemorySegment bytes) throws IOException {
        this.name = name;
        this.arena = arena;
        this.bytes = bytes;
        Footer footer = footer();
        this.schema = footer.schema();
        if (schema.endianness() != Endianness.Little) {
            throw new IOException(name + " is big-endian; write it on another machine");
        }
        for (int f = 0; f < schema.fieldsLength(); f++) {
            if (schema.fields(f).childrenLength() > 0) {
                throw new IOException(
                        "column %s of %s is nested; flatten it or leave it out"
                                .formatted(schema.fields(f).name(), name));
            }
            columns.add(ArrowTypes.column(name, schema.fields(f)));
        }
        for (int b = 0; b < footer.recordBatchesLength(); b++) {
            open(footer.recordBatches(b));
        }
    }

    /// Opens a file.
    ///
    /// @throws IOException also when it is none, or has a column of a type that we do not have
    @SuppressWarnings("MustBeClosedChecker") // The file closes it.
    public static ArrowFile open(Path path) throws IOException {
        Arena arena = Arena.ofConfined();
        try (FileChannel channel = FileChannel.open(path)) {
            MemorySegment bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
            return new ArrowFile(path.toString(), arena, bytes);
        } catch (IOException e) {
            arena.close();
            throw e;
        } catch (RuntimeException e) {
            arena.close();
            throw damaged(path.toString(), e);
        }
    }

    private static IOException damaged(String name, RuntimeException cause) {
        return new IOException(
                "%s is damaged: %s; get the file again".formatted(name, cause.getMessage()), cause);
    }

    private Footer footer() throws IOException {
        int magic = ArrowWriter.MAGIC.length;
        long end = bytes.byteSize() - magic - Integer.BYTES;
        boolean begins =
                end > magic
                        && MemorySegment.mismatch(
                                        bytes,
                                        0,
                                        magic,
                                        MemorySegment.ofArray(ArrowWriter.MAGIC),
                                        0,
                                        magic)
                                < 0;
        if (!begins) {
            throw new IOException(
                    "%s is no Arrow file; write Arrow's file format, also called Feather 2"
                            .formatted(name));
        }
        int length = bytes.get(INT, end);
        return Footer.getRootAsFooter(buffer(end - length, length));
    }

    private ByteBuffer buffer(long from, long length) {
        return bytes.asSlice(from, length).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    private void open(Block block) throws IOException {
        long offset = block.offset();
        int prefix = bytes.get(INT, offset) == ArrowWriter.CONTINUATION ? 2 : 1;
        long metadata = offset + (long) prefix * Integer.BYTES;
        Message message =
                Message.getRootAsMessage(
                        buffer(metadata, block.metaDataLength() - (long) prefix * Integer.BYTES));
        var batch = new RecordBatch();
        message.header(batch);
        if (batch.compression() != null && batch.compression().codec() != CompressionType.ZSTD) {
            throw new IOException(
                    "%s is compressed with LZ4; write it with Zstandard or uncompressed"
                            .formatted(name));
        }
        if (batch.compression() == null && batch.length() > Byte.SIZE * block.bodyLength()) {
            throw new IllegalStateException(
                    "%,d rows in %,d bytes".formatted(batch.length(), block.bodyLength()));
        }
        batches.add(batch);
        bodies.add(bytes.asSlice(offset + block.metaDataLength(), block.bodyLength()));
    }

    /// The file's name.
    public String name() {
        return name;
    }

    public List<Column> columns() {
        return List.copyOf(columns);
    }

    public long rows() {
        return batches.stream().mapToLong(RecordBatch::length).sum();
    }

    public int batches() {
        return batches.size();
    }

    /// Rows of a batch.
    public int rows(int batch) {
        return Math.toIntExact(batches.get(batch).length());
    }

    /// Some columns of a batch.
    ///
    /// @param wanted columns of the file
    /// @throws IOException when it cannot be read
    public List<ColumnData> read(int batch, List<Column> wanted) throws IOException {
        try {
            List<ColumnData> read = new ArrayList<>();
            for (Column column : wanted) {
                read.add(new Batch(batches.get(batch), bodies.get(batch)).read(column));
            }
            return read;
        } catch (RuntimeException e) {
            throw damaged(name, e);
        }
    }

    /// Refuses a column that is not there or has another type.
    public void check(Column wanted) throws IOException {
        List<String> names = columns.stream().map(Column::name).toList();
        if (!names.contains(wanted.name())) {
            throw new IOException(
                    "%s has no column '%s'; it has %s".formatted(name, wanted.name(), names));
        }
        Column found = columns.get(names.indexOf(wanted.name()));
        if (!found.equals(wanted)) {
            throw new IOException(
                    "column %s of %s is %s, the view says %s; convert one of them"
                            .formatted(found.name(), name, found.type(), wanted.type()));
        }
    }

    /// A record batch and the bytes behind it.
    private final class Batch {
        private final RecordBatch batch;
        private final MemorySegment body;
        private final int rows;

        Batch(RecordBatch batch, MemorySegment body) {
            this.batch = batch;
            this.body = body;
            this.rows = Math.toIntExact(batch.length());
        }

        ColumnData read(Column column) throws IOException {
            int at = 0;
            int views = 0;
            for (int f = 0; f < schema.fieldsLength(); f++) {
                Field field = schema.fields(f);
                boolean isView = field.typeType() == Type.Utf8View;
                int more = isView ? Math.toIntExact(batch.variadicBufferCounts(views)) : 0;
                if (columns.get(f).equals(column)) {
                    ColumnData cells =
                            column.type() == ColumnType.TEXT
                                    ? texts(field, at, more)
                                    : numbers(field, column.type(), data(at + 1));
                    if (batch.nodes(f).nullCount() > 0) {
                        markMissing(cells, data(at));
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
            MemorySegment raw =
                    body.asSlice(batch.buffers(buffer).offset(), batch.buffers(buffer).length());
            if (batch.compression() == null || raw.byteSize() == 0) {
                return raw;
            }
            long size = raw.get(LONG, 0);
            MemorySegment packed = raw.asSlice(Long.BYTES);
            if (size < 0) {
                return packed;
            }
            ByteBuffer unpacked = ByteBuffer.allocateDirect(Math.toIntExact(size));
            long got =
                    Zstd.decompressDirectByteBuffer(
                            unpacked,
                            0,
                            unpacked.capacity(),
                            packed.asByteBuffer(),
                            0,
                            Math.toIntExact(packed.byteSize()));
            if (got != size) {
                throw new IOException("%s has a buffer that does not unpack".formatted(name));
            }
            return MemorySegment.ofBuffer(unpacked);
        }

        private void markMissing(ColumnData cells, MemorySegment present) {
            for (int i = 0; i < rows; i++) {
                cells.missing()[i] = !bit(present, i);
            }
        }

        private static boolean bit(MemorySegment bits, int i) {
            return (bits.get(ValueLayout.JAVA_BYTE, i / Byte.SIZE) >>> i % Byte.SIZE & 1) != 0;
        }

        private ColumnData numbers(Field field, ColumnType type, MemorySegment data)
                throws IOException {
            ColumnData cells = ColumnData.allocate(type, rows);
            switch (cells) {
                case ColumnData.Doubles(double[] values, _) -> {
                    boolean wide = ArrowTypes.floating(field).precision() == Precision.DOUBLE;
                    for (int i = 0; i < rows; i++) {
                        values[i] = wide ? data.getAtIndex(DOUBLE, i) : data.getAtIndex(FLOAT, i);
                    }
                }
                case ColumnData.Longs(long[] values, _) -> {
                    if (type == ColumnType.TIMESTAMP) {
                        times(field, data, values);
                    } else {
                        wholes(ArrowTypes.whole(field).bitWidth(), data, values);
                    }
                }
                case ColumnData.Booleans(boolean[] values, _) -> {
                    for (int i = 0; i < rows; i++) {
                        values[i] = bit(data, i);
                    }
                }
                case ColumnData.Texts _ -> throw new IllegalStateException("a text is no number");
            }
            return cells;
        }

        private static void wholes(int bits, MemorySegment data, long[] values) {
            for (int i = 0; i < values.length; i++) {
                values[i] =
                        switch (bits) {
                            case Byte.SIZE -> data.getAtIndex(ValueLayout.JAVA_BYTE, i);
                            case Short.SIZE -> data.getAtIndex(SHORT, i);
                            case Integer.SIZE -> data.getAtIndex(INT, i);
                            default -> data.getAtIndex(LONG, i);
                        };
            }
        }

        private void times(Field field, MemorySegment data, long[] values) throws IOException {
            long factor =
                    switch (ArrowTypes.timestamp(field).unit()) {
                        case TimeUnit.SECOND -> 1_000_000_000;
                        case TimeUnit.MILLISECOND -> 1_000_000;
                        case TimeUnit.MICROSECOND -> 1_000;
                        default -> 1;
                    };
            long most = Long.MAX_VALUE / factor;
            for (int i = 0; i < values.length; i++) {
                long time = data.getAtIndex(LONG, i);
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

        private ColumnData texts(Field field, int at, int more) throws IOException {
            String[] values = new String[rows];
            MemorySegment first = data(at + 1);
            if (field.typeType() == Type.Utf8View) {
                List<MemorySegment> buffers = new ArrayList<>();
                for (int b = 0; b < more; b++) {
                    buffers.add(data(at + 2 + b));
                }
                for (int i = 0; i < rows; i++) {
                    values[i] = view(first, (long) i * VIEW_BYTES, buffers);
                }
            } else {
                MemorySegment text = data(at + 2);
                boolean large = field.typeType() == Type.LargeUtf8;
                long from = rows == 0 ? 0 : end(first, large, 0);
                for (int i = 0; i < rows; i++) {
                    long to = end(first, large, i + 1);
                    values[i] = text(text, from, to - from);
                    from = to;
                }
            }
            return new ColumnData.Texts(values, new boolean[rows]);
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

    @Override
    public void close() {
        arena.close();
    }
}
