package dev.touchstone.features.internal.log;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// With which columns a history has rows: to be asked before its view is changed, also while
/// another process serves it.
public final class WrittenRows {
    /// A history may be compacted while it is looked at, which deletes files.
    private static final int TRIES = 3;

    private static final int COUNT_AT = Long.BYTES;

    private WrittenRows() {}

    /// The columns of each file that has rows; none where there is no history.
    public static List<WrittenColumns> in(Path folder) throws IOException {
        for (int left = TRIES; ; left--) {
            try {
                return in(new FolderFiles(folder));
            } catch (NoSuchFileException e) {
                if (left == 1) {
                    throw e;
                }
            }
        }
    }

    static List<WrittenColumns> in(DiskFiles disk) throws IOException {
        Catalog catalog = Catalog.read(disk);
        List<WrittenColumns> all = new ArrayList<>();
        if (catalog.segment() > 0) {
            all.add(SegmentFile.columns(disk, Catalog.segmentName(catalog.segment())));
        }
        for (String name : disk.list()) {
            if (Catalog.isLog(name) && catalog.counts(name)) {
                ofLog(disk, name).ifPresent(all::add);
            }
        }
        return all;
    }

    private static Optional<WrittenColumns> ofLog(DiskFiles disk, String name) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment file = disk.map(name, arena);
            MemorySegment schema = Frames.payload(file, 0);
            long place = Frames.HEADER_BYTES + schema.byteSize();
            while (schema.byteSize() > 0 && place < file.byteSize()) {
                MemorySegment frame = Frames.payload(file, place);
                if (frame.byteSize() == 0) {
                    break;
                }
                if (frame.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getInt(COUNT_AT) > 0) {
                    return Optional.of(
                            WrittenColumns.parse(
                                    StandardCharsets.UTF_8
                                            .decode(schema.asByteBuffer())
                                            .toString()));
                }
                place += Frames.HEADER_BYTES + frame.byteSize();
            }
        }
        return Optional.empty();
    }
}
