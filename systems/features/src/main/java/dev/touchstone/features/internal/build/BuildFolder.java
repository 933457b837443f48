package dev.touchstone.features.internal.build;

import dev.touchstone.features.internal.log.Disk;
import dev.touchstone.features.internal.log.FolderDisk;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/// The folder beside a training set in which it is built. Its own files are those of the build;
/// [#rename] to the name of the set or of its manifest puts the file beside the folder.
public final class BuildFolder implements Disk {
    private static final String SUFFIX = ".building";

    private final Path out;
    private final Path folder;
    private final FolderDisk disk;

    private BuildFolder(Path out, Path folder, FolderDisk disk) {
        this.out = out;
        this.folder = folder;
        this.disk = disk;
    }

    /// Opens the folder for a set, making it if need be.
    ///
    /// @throws IOException also when another process is building it
    public static BuildFolder open(Path out) throws IOException {
        Path folder = folder(out);
        return new BuildFolder(out, folder, FolderDisk.open(folder));
    }

    /// Where a set is built.
    public static Path folder(Path out) {
        return out.resolveSibling(out.getFileName() + SUFFIX);
    }

    @Override
    public List<String> list() throws IOException {
        return disk.list();
    }

    @Override
    public Appender append(String name) throws IOException {
        return disk.append(name);
    }

    @Override
    public MemorySegment map(String name, Arena arena) throws IOException {
        return disk.map(name, arena);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        String name = String.valueOf(out.getFileName());
        if (to.equals(name) || to.equals(name + ".manifest.json")) {
            Files.move(
                    folder.resolve(from), out.resolveSibling(to), StandardCopyOption.ATOMIC_MOVE);
        } else {
            disk.rename(from, to);
        }
    }

    @Override
    public void delete(String name) throws IOException {
        disk.delete(name);
    }

    /// Makes names durable, those beside the folder too.
    @Override
    public void force() throws IOException {
        disk.force();
        Path beside = out.toAbsolutePath().getParent();
        if (beside != null && !System.getProperty("os.name", "").startsWith("Windows")) {
            try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /// Closes the folder, and removes it unless parts are left in it.
    @Override
    public void close() throws IOException {
        boolean empty = disk.list().isEmpty();
        disk.close();
        if (!empty) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }
}
