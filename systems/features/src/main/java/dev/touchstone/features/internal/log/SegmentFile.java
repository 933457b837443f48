package dev.touchstone.features.internal.log;

import dev.touchstone.features.FeatureView;
import dev.touchstone.features.internal.table.ClusteredTable;
import dev.touchstone.features.internal.table.EntityIndex;
import dev.touchstone.features.internal.table.TableShape;
import dev.touchstone.features.internal.table.Texts;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/// A [ClusteredTable] in a file that is mapped, not read.
///
/// ```
/// section, section …   each at a multiple of 64 bytes
/// footer               schema length and bytes; counts; place, length and CRC-32C of each section
/// trailer, 24 bytes    place of the footer, CRC-32C of the footer, magic
/// ```
final class SegmentFile {
    private static final long MAGIC = 0x3147_4553_5453_4F54L; // "TOSTSEG1"
    private static final int TRAILER_BYTES = 3 * Long.BYTES;
    private static final int ALIGNMENT = 64;
    private static final int CHUNK_BYTES = 1 << 26;
    private static final int SECTIONS = 11;
    private static final int SECTION_ENTRY_BYTES = 3 * Long.BYTES;
    private static final int COUNTS = 6;

    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private SegmentFile() {}

    /// A segment and the sequence number of the row after its last.
    ///
    /// @param changed whether it was written with other columns than the view has
    record Opened(ClusteredTable table, long nextSequence, boolean changed) {}

    /// Writes a table; its bytes are durable when this returns, its name is not.
    static void write(
            Disk disk, String name, ClusteredTable table, String schema, long nextSequence)
            throws IOException {
        List<MemorySegment> sections = sections(table);
        byte[] text = schema.getBytes(StandardCharsets.UTF_8);
        ByteBuffer footer =
                ByteBuffer.allocate(
                                Long.BYTES
                                        + text.length
                                        + COUNTS * Long.BYTES
                                        + SECTIONS * SECTION_ENTRY_BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
        footer.putLong(text.length).put(text);
        footer.putLong(table.entities().count());
        footer.putLong(table.entities().directoryBits());
        footer.putLong(table.rows().count());
        footer.putLong(table.rows().words());
        footer.putLong(table.texts().count());
        footer.putLong(nextSequence);
        try (Disk.Appender file = disk.append(name)) {
            long place = 0;
            for (MemorySegment section : sections) {
                long checksum = writeSection(file, section);
                footer.putLong(place).putLong(section.byteSize()).putLong(checksum);
                place += section.byteSize();
                int padding = (int) (-place & (ALIGNMENT - 1));
                file.write(ByteBuffer.allocate(padding));
                place += padding;
            }
            footer.flip();
            file.write(footer.duplicate());
            file.write(
                    ByteBuffer.allocate(TRAILER_BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(place)
                            .putLong(checksum(MemorySegment.ofBuffer(footer)))
                            .putLong(MAGIC)
                            .flip());
            file.force();
        }
    }

    /// In the order of the footer; the availabilities are empty when they are the events.
    private static List<MemorySegment> sections(ClusteredTable table) {
        EntityIndex entities = table.entities();
        ClusteredTable.Rows rows = table.rows();
        ClusteredTable.Times times = rows.times();
        boolean delayed = !times.available().equals(times.event());
        return List.of(
                entities.hash(),
                entities.directory(),
                entities.keys().end(),
                entities.keys().bytes(),
                rows.start(),
                times.event(),
                delayed ? times.available() : times.available().asSlice(0, 0),
                times.sequence(),
                rows.payload(),
                table.texts().end(),
                table.texts().utf8());
    }

    private static long writeSection(Disk.Appender file, MemorySegment section) throws IOException {
        for (long at = 0; at < section.byteSize(); at += CHUNK_BYTES) {
            file.write(chunk(section, at));
        }
        return checksum(section);
    }

    private static ByteBuffer chunk(MemorySegment section, long at) {
        return section.asSlice(at, Math.min(CHUNK_BYTES, section.byteSize() - at)).asByteBuffer();
    }

    private static long checksum(MemorySegment section) {
        var checksum = new CRC32C();
        for (long at = 0; at < section.byteSize(); at += CHUNK_BYTES) {
            checksum.update(chunk(section, at));
        }
        return checksum.getValue();
    }

    /// The columns that a segment was written with.
    static WrittenColumns columns(DiskFiles disk, String name) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return columns(footer(name, disk.map(name, arena)));
        }
    }

    private static WrittenColumns columns(ByteBuffer footer) {
        byte[] text = new byte[(int) footer.getLong()];
        footer.get(text);
        return WrittenColumns.parse(new String(text, StandardCharsets.UTF_8));
    }

    /// Maps a segment, every byte of it checked. Where it was written with other columns, values
    /// are copied to where the view has them.
    ///
    /// @throws CorruptHistoryException when a checksum is wrong
    /// @throws ChangedColumnsException when its columns cannot be read as the view's
    static Opened open(DiskFiles disk, String name, FeatureView view) throws IOException {
        Arena arena = Arena.ofAuto(); // unmapped when no table refers to it any more
        MemorySegment file = disk.map(name, arena);
        ByteBuffer footer = footer(name, file);
        WrittenColumns written = columns(footer);
        int entityCount = (int) footer.getLong();
        int directoryBits = (int) footer.getLong();
        int rowCount = (int) footer.getLong();
        int words = (int) footer.getLong();
        int textCount = (int) footer.getLong();
        long nextSequence = footer.getLong();
        MemorySegment[] section = new MemorySegment[SECTIONS];
        for (int i = 0; i < SECTIONS; i++) {
            section[i] = section(name, file, footer);
        }
        var keys = new EntityIndex.Keys(section[2], section[3]);
        var entities = new EntityIndex(entityCount, directoryBits, section[0], section[1], keys);
        MemorySegment event = section[5];
        MemorySegment available = section[6].byteSize() == 0 ? event : section[6];
        var rows =
                new ClusteredTable.Rows(
                        rowCount,
                        section[4],
                        new ClusteredTable.Times(event, available, section[7]),
                        words,
                        section[8]);
        var texts = new Texts(textCount, section[9], section[10]);
        var table =
                new ClusteredTable(TableShape.of(written.view(view)), entities, rows, texts, arena);
        boolean changed = !written.equals(WrittenColumns.of(view));
        return new Opened(
                changed ? table.reshaped(TableShape.of(view), written.places(view), arena) : table,
                nextSequence,
                changed);
    }

    private static ByteBuffer footer(String name, MemorySegment file) throws IOException {
        long trailer = file.byteSize() - TRAILER_BYTES;
        if (trailer < 0 || file.get(LONG, trailer + 2 * Long.BYTES) != MAGIC) {
            throw new CorruptHistoryException("%s does not end as a segment does".formatted(name));
        }
        long place = file.get(LONG, trailer);
        if (place < 0 || place > trailer) {
            throw new CorruptHistoryException("%s has no footer at %d".formatted(name, place));
        }
        MemorySegment footer = file.asSlice(place, trailer - place);
        if (checksum(footer) != file.get(LONG, trailer + Long.BYTES)) {
            throw new CorruptHistoryException("the footer of %s is damaged".formatted(name));
        }
        return footer.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static MemorySegment section(String name, MemorySegment file, ByteBuffer footer)
            throws IOException {
        long place = footer.getLong();
        MemorySegment section = file.asSlice(place, footer.getLong());
        if (checksum(section) != footer.getLong()) {
            throw new CorruptHistoryException(
                    "%s is damaged in the %d bytes from %d on"
                            .formatted(name, section.byteSize(), place));
        }
        return section;
    }
}
