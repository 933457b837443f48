package dev.touchstone.features.internal.arrow;

import com.google.flatbuffers.FlatBufferBuilder;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Block;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.Footer;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;

/// Writes an Arrow file from columns, uncompressed. Times are nanoseconds in UTC.
public final class ArrowWriter {
    static final byte[] MAGIC = "ARROW1".getBytes(StandardCharsets.US_ASCII);
    static final int CONTINUATION = -1;
    private static final int ALIGNMENT = 8;

    private final OutputStream out;
    private final List<Column> columns;
    private final List<Written> batches = new ArrayList<>();
    private long position;

    /// Where a batch is.
    private record Written(long offset, int metadataBytes, long bodyBytes) {}

    /// Begins a file; the stream stays open.
    public ArrowWriter(OutputStream out, List<Column> columns) throws IOException {
        this.out = out;
        this.columns = List.copyOf(columns);
        write(MAGIC);
        pad();
        var builder = new FlatBufferBuilder();
        int schema = schema(builder);
        message(builder, MessageHeader.Schema, schema, 0);
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        position += bytes.length;
    }

    private void pad() throws IOException {
        write(new byte[(int) (-position & (ALIGNMENT - 1))]);
    }

    private int schema(FlatBufferBuilder builder) {
        int[] fields = new int[columns.size()];
        for (int c = 0; c < fields.length; c++) {
            Column column = columns.get(c);
            int name = builder.createString(column.name());
            int type = ArrowTypes.write(builder, column.type());
            int children = Field.createChildrenVector(builder, new int[0]);
            fields[c] =
                    Field.createField(
                            builder,
                            name,
                            true,
                            ArrowTypes.code(column.type()),
                            type,
                            0,
                            children,
                            0);
        }
        return Schema.createSchema(
                builder, Endianness.Little, Schema.createFieldsVector(builder, fields), 0, 0);
    }

    /// Writes a message's metadata, after which its body comes.
    ///
    /// @return bytes written
    private int message(FlatBufferBuilder builder, byte type, int header, long bodyBytes)
            throws IOException {
        builder.finish(
                Message.createMessage(builder, MetadataVersion.V5, type, header, bodyBytes, 0));
        byte[] metadata = builder.sizedByteArray();
        int padded = (metadata.length + ALIGNMENT - 1) & -ALIGNMENT;
        write(ints(CONTINUATION, padded));
        write(metadata);
        write(new byte[padded - metadata.length]);
        return 2 * Integer.BYTES + padded;
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] ints(int... values) {
        byte[] bytes = new byte[values.length * Integer.BYTES];
        little(bytes).asIntBuffer().put(values);
        return bytes;
    }

    /// Writes a record batch.
    ///
    /// @param cells a column each, all of `rows` cells
    public void write(List<ColumnData> cells, int rows) throws IOException {
        List<byte[]> buffers = new ArrayList<>();
        long[] nulls = new long[cells.size()];
        for (int c = 0; c < nulls.length; c++) {
            for (int i = 0; i < rows; i++) {
                nulls[c] += cells.get(c).missing()[i] ? 1 : 0;
            }
            buffers.add(nulls[c] == 0 ? new byte[0] : present(cells.get(c).missing(), rows));
            addBody(cells.get(c), rows, buffers);
        }
        var builder = new FlatBufferBuilder();
        long bodyBytes = 0;
        long[] offsets = new long[buffers.size()];
        for (int b = 0; b < offsets.length; b++) {
            offsets[b] = bodyBytes;
            bodyBytes += (buffers.get(b).length + ALIGNMENT - 1L) & -ALIGNMENT;
        }
        // Vectors of structs are written from their ends.
        RecordBatch.startBuffersVector(builder, offsets.length);
        for (int b = offsets.length - 1; b >= 0; b--) {
            Buffer.createBuffer(builder, offsets[b], buffers.get(b).length);
        }
        int bufferVector = builder.endVector();
        RecordBatch.startNodesVector(builder, nulls.length);
        for (int c = nulls.length - 1; c >= 0; c--) {
            FieldNode.createFieldNode(builder, rows, nulls[c]);
        }
        int nodeVector = builder.endVector();
        int batch = RecordBatch.createRecordBatch(builder, rows, nodeVector, bufferVector, 0, 0);
        long offset = position;
        int metadataBytes = message(builder, MessageHeader.RecordBatch, batch, bodyBytes);
        for (byte[] buffer : buffers) {
            write(buffer);
            pad();
        }
        batches.add(new Written(offset, metadataBytes, bodyBytes));
    }

    private static byte[] present(boolean[] missing, int rows) {
        byte[] bits = new byte[Math.ceilDiv(rows, Byte.SIZE)];
        for (int i = 0; i < rows; i++) {
            bits[i / Byte.SIZE] |= (byte) (missing[i] ? 0 : 1 << i % Byte.SIZE);
        }
        return bits;
    }

    private static void addBody(ColumnData column, int rows, List<byte[]> buffers)
            throws IOException {
        switch (column) {
            case ColumnData.Doubles(double[] values, _) -> {
                byte[] body = new byte[Math.multiplyExact(rows, Double.BYTES)];
                little(body).asDoubleBuffer().put(values, 0, rows);
                buffers.add(body);
            }
            case ColumnData.Longs(long[] values, _) -> {
                byte[] body = new byte[Math.multiplyExact(rows, Long.BYTES)];
                little(body).asLongBuffer().put(values, 0, rows);
                buffers.add(body);
            }
            case ColumnData.Booleans(boolean[] values, _) -> {
                boolean[] not = new boolean[rows];
                for (int i = 0; i < rows; i++) {
                    not[i] = !values[i];
                }
                buffers.add(present(not, rows));
            }
            case ColumnData.Texts(String[] values, boolean[] missing) -> {
                byte[] ends = new byte[Math.multiplyExact(rows + 1, Integer.BYTES)];
                ByteBuffer next = little(ends).putInt(0);
                List<byte[]> utf8 = new ArrayList<>(rows);
                long bytes = 0;
                for (int i = 0; i < rows; i++) {
                    utf8.add(missing[i] ? new byte[0] : values[i].getBytes(StandardCharsets.UTF_8));
                    bytes += utf8.getLast().length;
                    if (bytes > Integer.MAX_VALUE) {
                        throw new IOException(
                                "%d texts have more than 2 GB together; build with less memory, so that fewer are written at a time"
                                        .formatted(rows));
                    }
                    next.putInt((int) bytes);
                }
                byte[] body = new byte[(int) bytes];
                utf8.forEach(ByteBuffer.wrap(body)::put);
                buffers.add(ends);
                buffers.add(body);
            }
        }
    }

    /// Writes what makes it an Arrow file. The stream stays open.
    public void finish() throws IOException {
        write(ints(CONTINUATION, 0));
        var builder = new FlatBufferBuilder();
        int schema = schema(builder);
        Footer.startRecordBatchesVector(builder, batches.size());
        for (Written batch : batches.reversed()) {
            Block.createBlock(builder, batch.offset, batch.metadataBytes, batch.bodyBytes);
        }
        int blocks = builder.endVector();
        Footer.startDictionariesVector(builder, 0);
        int dictionaries = builder.endVector();
        builder.finish(
                Footer.createFooter(builder, MetadataVersion.V5, schema, dictionaries, blocks, 0));
        byte[] footer = builder.sizedByteArray();
        write(footer);
        write(ints(footer.length));
        write(MAGIC);
        out.flush();
    }
}
