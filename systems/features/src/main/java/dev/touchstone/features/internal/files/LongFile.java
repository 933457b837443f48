package dev.touchstone.features.internal.files;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A number in a file that is written as fast as a field of an object, and outlives the process
/// however it ends. A power cut may leave an earlier one, by some seconds.
public final class LongFile {
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment value;

    private LongFile(MemorySegment value) {
        this.value = value;
    }

    /// Opens a file.
    ///
    /// @param usual what a new one holds
    public static LongFile open(Path file, long usual) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            if (channel.size() < Long.BYTES) {
                // Written rather than stretched: a full disk is then found here, where it can be
                // told, and not when the memory is touched.
                ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                bytes.putLong(usual).flip();
                channel.truncate(0);
                while (bytes.hasRemaining()) {
                    var _ = channel.write(bytes);
                }
                channel.force(true);
            }
            // Unmapped when nobody refers to it any more.
            return new LongFile(channel.map(MapMode.READ_WRITE, 0, Long.BYTES, Arena.ofAuto()));
        }
    }

    public long get() {
        return value.get(LONG, 0);
    }

    public void set(long to) {
        value.set(LONG, 0, to);
    }
}
