package dev.touchstone.features.internal.log;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A folder that somebody else may be writing to, or that is not there yet.
///
/// Segments are mapped, for they never change. Everything else is copied: its owner may cut a log
/// off, and memory that is mapped beyond the end of a file kills whoever reads it.
public record FolderFiles(Path folder) implements DiskFiles {
    private static final String LOCK = "lock";
    private static final int CHUNK_BYTES = 1 << 26;

    @Override
    public List<String> list() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(LOCK))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public MemorySegment map(String name, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(folder.resolve(name))) {
            return Catalog.isSegment(name)
                    ? channel.map(MapMode.READ_ONLY, 0, channel.size(), arena)
                    : copy(channel, arena);
        }
    }

    private static MemorySegment copy(FileChannel channel, Arena arena) throws IOException {
        MemorySegment bytes = arena.allocate(channel.size());
        long at = 0;
        while (at < bytes.byteSize()) {
            ByteBuffer chunk =
                    bytes.asSlice(at, Math.min(CHUNK_BYTES, bytes.byteSize() - at)).asByteBuffer();
            int read = channel.read(chunk, at);
            if (read < 0) {
                break;
            }
            at += read;
        }
        return bytes.asSlice(0, at);
    }

    /// Names each file with its size and when it was last written, so that other files, though as
    /// many and as large, are told apart.
    ///
    /// @param counts which files
    public String identity(Predicate<String> counts) throws IOException {
        List<String> files = new ArrayList<>();
        for (String name : list().stream().filter(counts).toList()) {
            Path file = folder.resolve(name);
            files.add(
                    "%s %d %s".formatted(name, Files.size(file), Files.getLastModifiedTime(file)));
        }
        return files.toString();
    }
}
