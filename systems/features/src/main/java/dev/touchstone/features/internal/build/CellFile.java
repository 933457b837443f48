package dev.touchstone.features.internal.build;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.internal.log.Disk;
import dev.touchstone.features.internal.stream.Parallel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// A finished part of a training set: what one view gives to one block of labels.
///
/// ```
/// frame: length (int), CRC32C (int), that many bytes
/// file:  a frame with the summary, then for each chunk of labels a frame a column
/// ```
///
/// A file is good when all its frames are; it is written under another name and renamed, so what
/// has its name is normally whole. After a power cut it may not be, and [#isWhole] tells.
final class CellFile {
    private static final int HEADER_BYTES = 2 * Integer.BYTES;
    private static final int SUMMARY_BYTES = 2 * Integer.BYTES + 6 * Long.BYTES;
    private static final String UNFINISHED = ".part";

    private CellFile() {}

    /// What a part says about itself.
    ///
    /// @param labels in the block
    /// @param chunk labels a frame, but for the last
    /// @param first the earliest label with a time
    /// @param last the latest
    /// @param statuses how many labels have each status
    record Summary(int labels, int chunk, long first, long last, List<Long> statuses) {
        int chunks() {
            return Math.ceilDiv(labels, chunk);
        }

        private ByteBuffer encode() {
            ByteBuffer bytes = buffer(SUMMARY_BYTES).putInt(labels).putInt(chunk);
            bytes.putLong(first).putLong(last);
            statuses.forEach(bytes::putLong);
            return bytes.flip();
        }

        private static Summary decode(ByteBuffer bytes) {
            return new Summary(
                    bytes.getInt(),
                    bytes.getInt(),
                    bytes.getLong(),
                    bytes.getLong(),
                    List.of(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong()));
        }
    }

    private static ByteBuffer buffer(long bytes) {
        return ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Writes a part; it has its name when it is complete.
    static void write(
            Disk disk, String name, Summary summary, List<ColumnData> cells, Parallel parallel)
            throws IOException {
        String unfinished = name + UNFINISHED;
        disk.delete(unfinished);
        try (Disk.Appender file = disk.append(unfinished)) {
            frame(file, summary.encode());
            for (int chunk = 0; chunk < summary.chunks(); chunk++) {
                int from = chunk * summary.chunk();
                int to = Math.min(summary.labels(), from + summary.chunk());
                ByteBuffer[] frames = new ByteBuffer[cells.size()];
                parallel.each(frames.length, c -> frames[c] = encode(cells.get(c), from, to));
                for (ByteBuffer frame : frames) {
                    frame(file, frame);
                }
            }
        }
        disk.rename(unfinished, name);
    }

    private static void frame(Disk.Appender file, ByteBuffer payload) throws IOException {
        ByteBuffer header =
                buffer(HEADER_BYTES).putInt(payload.remaining()).putInt(checksum(payload));
        file.write(header.flip());
        file.write(payload);
    }

    private static int checksum(ByteBuffer payload) {
        var checksum = new CRC32C();
        checksum.update(payload.duplicate());
        return (int) checksum.getValue();
    }

    private static ByteBuffer encode(ColumnData column, int from, int to) {
        int rows = to - from;
        boolean[] missing = column.missing();
        int flags = Math.ceilDiv(rows, Byte.SIZE);
        byte[] bits = new byte[flags];
        for (int i = 0; i < rows; i++) {
            bits[i / Byte.SIZE] |= (byte) (missing[from + i] ? 1 << i % Byte.SIZE : 0);
        }
        return switch (column) {
            case ColumnData.Doubles(double[] values, _) -> {
                ByteBuffer bytes = buffer(flags + (long) rows * Double.BYTES).put(bits);
                bytes.asDoubleBuffer().put(values, from, rows);
                yield bytes.rewind();
            }
            case ColumnData.Longs(long[] values, _) -> {
                ByteBuffer bytes = buffer(flags + (long) rows * Long.BYTES).put(bits);
                bytes.asLongBuffer().put(values, from, rows);
                yield bytes.rewind();
            }
            case ColumnData.Booleans(boolean[] values, _) -> {
                ByteBuffer bytes = buffer(flags + rows).put(bits);
                for (int i = from; i < to; i++) {
                    bytes.put((byte) (values[i] ? 1 : 0));
                }
                yield bytes.flip();
            }
            case ColumnData.Texts(String[] values, _) -> texts(bits, values, missing, from, to);
        };
    }

    private static ByteBuffer texts(
            byte[] bits, String[] values, boolean[] missing, int from, int to) {
        List<byte[]> utf8 = new ArrayList<>(to - from);
        long bytes = bits.length;
        for (int i = from; i < to; i++) {
            utf8.add(missing[i] ? new byte[0] : values[i].getBytes(StandardCharsets.UTF_8));
            bytes += Integer.BYTES + utf8.getLast().length;
        }
        ByteBuffer encoded = buffer(bytes).put(bits);
        for (byte[] text : utf8) {
            encoded.putInt(text.length).put(text);
        }
        return encoded.flip();
    }

    /// Whether all of a part is good.
    ///
    /// @param columns of the part
    static boolean isWhole(Disk disk, String name, List<Column> columns) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            var reader = new Reader(name, disk.map(name, arena), columns);
            for (int chunk = 0; chunk < reader.summary.chunks(); chunk++) {
                for (int column = 0; column < columns.size(); column++) {
                    reader.frame();
                }
            }
            return reader.isAtEnd();
        } catch (DamagedException _) {
            return false;
        }
    }

    /// A part that is not what was written.
    static final class DamagedException extends IOException {
        DamagedException(String message) {
            super(message);
        }
    }

    /// Reads a part chunk by chunk.
    static final class Reader implements SetColumns.Part {
        private final String name;
        private final MemorySegment file;
        private final List<Column> columns;
        private final Summary summary;
        private long place;
        private int row;

        /// @param file the bytes of the whole file
        Reader(String name, MemorySegment file, List<Column> columns) throws DamagedException {
            this.name = name;
            this.file = file;
            this.columns = columns;
            ByteBuffer bytes = frame();
            if (bytes.remaining() != SUMMARY_BYTES) {
                throw damaged();
            }
            this.summary = Summary.decode(bytes);
        }

        @Override
        public Summary summary() {
            return summary;
        }

        private boolean isAtEnd() {
            return place == file.byteSize();
        }

        private DamagedException damaged() {
            return new DamagedException(
                    "the finished part %s is damaged at %,d; start the build again to make it anew"
                            .formatted(name, place));
        }

        private ByteBuffer frame() throws DamagedException {
            if (file.byteSize() - place < HEADER_BYTES) {
                throw damaged();
            }
            ByteBuffer header = slice(place, HEADER_BYTES);
            int length = header.getInt();
            int checksum = header.getInt();
            if (length < 0 || file.byteSize() - place - HEADER_BYTES < length) {
                throw damaged();
            }
            ByteBuffer payload = slice(place + HEADER_BYTES, length);
            if (checksum(payload) != checksum) {
                throw damaged();
            }
            place += HEADER_BYTES + length;
            return payload;
        }

        private ByteBuffer slice(long from, int length) {
            return file.asSlice(from, length).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        }

        /// The columns of the next chunk.
        @Override
        public List<ColumnData> next() throws DamagedException {
            int rows = Math.min(summary.chunk(), summary.labels() - row);
            row += rows;
            List<ColumnData> cells = new ArrayList<>(columns.size());
            for (Column column : columns) {
                cells.add(decode(frame(), ColumnData.allocate(column.type(), rows)));
            }
            return cells;
        }

        private static ColumnData decode(ByteBuffer bytes, ColumnData column) {
            boolean[] missing = column.missing();
            byte[] bits = new byte[Math.ceilDiv(missing.length, Byte.SIZE)];
            bytes.get(bits);
            for (int i = 0; i < missing.length; i++) {
                missing[i] = (bits[i / Byte.SIZE] >>> i % Byte.SIZE & 1) != 0;
            }
            switch (column) {
                case ColumnData.Doubles(double[] values, _) -> bytes.asDoubleBuffer().get(values);
                case ColumnData.Longs(long[] values, _) -> bytes.asLongBuffer().get(values);
                case ColumnData.Booleans(boolean[] values, _) -> {
                    for (int i = 0; i < values.length; i++) {
                        values[i] = bytes.get() != 0;
                    }
                }
                case ColumnData.Texts(String[] values, _) -> {
                    for (int i = 0; i < values.length; i++) {
                        byte[] utf8 = new byte[bytes.getInt()];
                        bytes.get(utf8);
                        values[i] = new String(utf8, StandardCharsets.UTF_8);
                    }
                }
            }
            return column;
        }
    }
}
