package dev.touchstone.features.internal.log;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Which files make up the history: one segment or none, and the logs from a number on.
///
/// @param segment the segment's number; 0 for none
/// @param firstLog the number of the first log whose rows are not in the segment
record Catalog(long segment, long firstLog) {
    static final Catalog EMPTY = new Catalog(0, 1);
    private static final String NAME = "catalog";
    private static final String UNFINISHED = ".tmp";

    static Catalog read(DiskFiles disk) throws IOException {
        if (!disk.list().contains(NAME)) {
            return EMPTY;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment payload = Frames.payload(disk.map(NAME, arena), 0);
            if (payload.byteSize() != 2 * Long.BYTES) {
                throw new CorruptHistoryException("the file 'catalog' is damaged");
            }
            ByteBuffer in = payload.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
            return new Catalog(in.getLong(), in.getLong());
        }
    }

    /// Replaces the catalog; durable when this returns.
    void write(Disk disk) throws IOException {
        try (Disk.Appender file = disk.append(NAME + UNFINISHED)) {
            file.truncate(0);
            file.write(
                    Frames.seal(
                            Frames.allocate(2 * Long.BYTES).putLong(segment).putLong(firstLog), 0));
            file.force();
        }
        disk.rename(NAME + UNFINISHED, NAME);
        disk.force();
    }

    static String logName(long number) {
        return "log-%08d".formatted(number);
    }

    static String segmentName(long number) {
        return "segment-%08d".formatted(number);
    }

    static String unfinished(String name) {
        return name + UNFINISHED;
    }

    /// Whether a file counts. What does not is a leftover of a crash.
    boolean counts(String name) {
        return name.equals(NAME)
                || (segment > 0 && name.equals(segmentName(segment)))
                || (isLog(name) && logNumber(name) >= firstLog);
    }

    static boolean isSegment(String name) {
        return name.matches("segment-[0-9]{8}");
    }

    static boolean isLog(String name) {
        return name.matches("log-[0-9]{8}");
    }

    static long logNumber(String name) {
        return Long.parseLong(name.substring(name.indexOf('-') + 1));
    }
}
