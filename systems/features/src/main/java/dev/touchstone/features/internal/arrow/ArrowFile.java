package dev.touchstone.features.internal.arrow;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Block;
import org.apache.arrow.flatbuf.CompressionType;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Footer;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;
import org.jspecify.annotations.Nullable;

/// An Arrow file of flat columns, mapped into memory and read batch by batch.
public final class ArrowFile implements Closeable {
    static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private final String name;
    private final Arena arena;
    private final MemorySegment bytes;
    private final Schema schema;
    private final List<Column> columns = new ArrayList<>();
    private final List<RecordBatch> batches = new ArrayList<>();
    private final List<MemorySegment> bodies = new ArrayList<>();

    /// The batch that was read last.
    private @Nullable ArrowBatch open;

    private int openNumber = -1;

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

    /// Some rows of some columns of a batch. What a compressed batch holds is unpacked once, as
    /// long as no other batch is read in between.
    ///
    /// @param wanted columns of the file
    /// @param from the first row
    /// @throws IOException when it cannot be read
    public List<ColumnData> read(int batch, List<Column> wanted, int from, int count)
            throws IOException {
        try {
            ArrowBatch its = open;
            if (its == null || batch != openNumber) {
                its = new ArrowBatch(name, schema, columns, batches.get(batch), bodies.get(batch));
                its.checkSize(wanted);
                open = its;
                openNumber = batch;
            }
            List<ColumnData> read = new ArrayList<>();
            for (Column column : wanted) {
                read.add(its.read(column, from, count));
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

    @Override
    public void close() {
        arena.close();
    }
}
