package dev.touchstone.features.internal.log;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// An append-only file of frames, the first of which holds the schema.
///
/// A crash while a frame is written leaves a piece of it at the end. It was never acknowledged, and
/// is cut off when the log is opened again. A broken frame with a whole one after it is no crash's
/// work, and refused.
final class LogFile implements Closeable {
    private final Disk.Appender file;
    private long size;

    private LogFile(Disk.Appender file, long size) {
        this.file = file;
        this.size = size;
    }

    /// Hears what a log says.
    interface Frame {
        void of(ByteBuffer payload) throws IOException;
    }

    /// Reads a log's frames, in order.
    ///
    /// @param last whether a torn tail is allowed: in the log that was being written
    /// @param schema hears the first frame, if that is whole, as text
    /// @param frames hears all others
    /// @return the bytes of the whole frames; 0 when not even the schema is whole
    static long read(
            DiskFiles disk, String name, boolean last, Consumer<String> schema, Frame frames)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment file = disk.map(name, arena);
            long place = 0;
            while (place < file.byteSize()) {
                MemorySegment payload = Frames.payload(file, place);
                if (payload.byteSize() == 0) {
                    if (!last || Frames.anyAfter(file, place)) {
                        throw new CorruptHistoryException(
                                "%s is broken at byte %d and goes on after that"
                                        .formatted(name, place));
                    }
                    return place;
                }
                if (place == 0) {
                    schema.accept(StandardCharsets.UTF_8.decode(payload.asByteBuffer()).toString());
                } else {
                    frames.of(payload.asByteBuffer());
                }
                place += Frames.HEADER_BYTES + payload.byteSize();
            }
            return place;
        }
    }

    /// Reads the frames that were appended since `from`, which is where a frame begins.
    void read(Disk disk, String name, long from, Frame frames) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment file = disk.map(name, arena);
            for (long place = from; place < size; ) {
                MemorySegment payload = Frames.payload(file, place);
                if (payload.byteSize() == 0) {
                    throw new CorruptHistoryException(
                            "%s is broken at byte %d, though it was whole when it was written"
                                    .formatted(name, place));
                }
                frames.of(payload.asByteBuffer());
                place += Frames.HEADER_BYTES + payload.byteSize();
            }
        }
    }

    /// How many bytes are on the disk for good.
    long size() {
        return size;
    }

    /// Opens a log for appending, after [#read] has found `whole` bytes of whole frames in it.
    static LogFile open(Disk disk, String name, String schema, long whole) throws IOException {
        Disk.Appender file = disk.append(name);
        try {
            if (file.size() > whole) {
                file.truncate(whole);
            }
            var log = new LogFile(file, whole);
            if (whole == 0) {
                byte[] text = schema.getBytes(StandardCharsets.UTF_8);
                log.append(Frames.allocate(text.length).put(text));
                disk.force();
            }
            return log;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /// Appends a frame that is not yet sealed. When this returns, it is on the disk.
    ///
    /// @throws IOException when it may not be; then nothing more may be appended
    void append(ByteBuffer frame) throws IOException {
        ByteBuffer sealed = Frames.seal(frame, size);
        int bytes = sealed.remaining();
        file.write(sealed);
        file.force();
        size += bytes;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
