package dev.touchstone.features.internal.log;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// How a log is cut into pieces that are whole or not there: magic, payload length, the frame's own
/// place in the file, CRC-32C of those and the payload, payload. Little-endian.
///
/// The place is in the checksum, so bytes of a payload that look like a frame never pass for one.
final class Frames {
    static final int HEADER_BYTES = Integer.BYTES + Integer.BYTES + Long.BYTES + Integer.BYTES;

    /// Longest payload: what a reader allocates before it can check anything.
    static final int MAX_PAYLOAD_BYTES = 1 << 26;

    private static final int MAGIC = 0x5453_4C47; // "TSLG"
    private static final int LENGTH_AT = Integer.BYTES;
    private static final int PLACE_AT = 2 * Integer.BYTES;
    private static final int CHECKSUM_AT = PLACE_AT + Long.BYTES;

    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Frames() {}

    /// A buffer with room for a payload of `bytes` behind the header.
    static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocate(HEADER_BYTES + bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(HEADER_BYTES);
    }

    /// Completes a frame whose payload ends at the buffer's position; ready to be written.
    static ByteBuffer seal(ByteBuffer frame, long place) {
        frame.flip();
        frame.putInt(0, MAGIC);
        frame.putInt(LENGTH_AT, frame.limit() - HEADER_BYTES);
        frame.putLong(PLACE_AT, place);
        frame.putInt(CHECKSUM_AT, checksum(MemorySegment.ofBuffer(frame), 0, frame.limit()));
        return frame;
    }

    /// The payload of the frame at a place, or an empty segment when there is no whole frame.
    static MemorySegment payload(MemorySegment file, long place) {
        MemorySegment none = file.asSlice(place, 0);
        if (file.byteSize() - place < HEADER_BYTES
                || file.get(INT, place) != MAGIC
                || file.get(LONG, place + PLACE_AT) != place) {
            return none;
        }
        int length = file.get(INT, place + LENGTH_AT);
        if (length < 1
                || length > MAX_PAYLOAD_BYTES
                || length > file.byteSize() - place - HEADER_BYTES
                || file.get(INT, place + CHECKSUM_AT)
                        != checksum(file, place, HEADER_BYTES + length)) {
            return none;
        }
        return file.asSlice(place + HEADER_BYTES, length);
    }

    /// Whether a whole frame begins anywhere after a place: then what is broken there is no torn
    /// tail.
    static boolean anyAfter(MemorySegment file, long place) {
        for (long at = place + 1; at <= file.byteSize() - HEADER_BYTES; at++) {
            if (payload(file, at).byteSize() > 0) {
                return true;
            }
        }
        return false;
    }

    private static int checksum(MemorySegment bytes, long from, long length) {
        var checksum = new CRC32C();
        checksum.update(bytes.asSlice(from, CHECKSUM_AT).asByteBuffer());
        checksum.update(bytes.asSlice(from + HEADER_BYTES, length - HEADER_BYTES).asByteBuffer());
        return (int) checksum.getValue();
    }
}
