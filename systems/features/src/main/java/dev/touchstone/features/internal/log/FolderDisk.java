package dev.touchstone.features.internal.log;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// A real folder, held by one process at a time.
public final class FolderDisk implements Disk {
    private static final String LOCK = "lock";

    private final Path folder;
    private final FileChannel lock;

    private FolderDisk(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /// Opens a folder, making it if need be.
    ///
    /// @throws IOException also when another process holds it
    public static FolderDisk open(Path folder) throws IOException {
        Files.createDirectories(folder);
        FileChannel lock =
                FileChannel.open(
                        folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (lock.tryLock() != null) {
                sign(lock);
                return new FolderDisk(folder, lock);
            }
        } catch (OverlappingFileLockException e) {
            lock.close();
            throw new IOException("%s is open already; close it first".formatted(folder), e);
        }
        lock.close();
        throw new IOException(
                "%s is in use by %s; stop that one, or use another folder"
                        .formatted(folder, holder(folder)));
    }

    /// Leaves the number of this process for those who find the folder in use.
    private static void sign(FileChannel lock) throws IOException {
        byte[] signature =
                Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
        lock.truncate(0);
        lock.write(ByteBuffer.wrap(signature), 0);
    }

    private static String holder(Path folder) {
        try {
            String signature = Files.readString(folder.resolve(LOCK), StandardCharsets.US_ASCII);
            return signature.isEmpty() ? "another process" : "process " + signature;
        } catch (IOException _) { // Windows lets nobody read what is locked.
            return "another process";
        }
    }

    @Override
    public List<String> list() throws IOException {
        return new FolderFiles(folder).list();
    }

    @Override
    public Appender append(String name) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        folder.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        channel.position(channel.size());
        return new ChannelAppender(channel);
    }

    @Override
    public MemorySegment map(String name, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(folder.resolve(name))) {
            return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(folder.resolve(from), folder.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(folder.resolve(name));
    }

    @Override
    public void force() throws IOException {
        forceNames(folder);
    }

    /// Makes the names in a folder durable.
    public static void forceNames(Path folder) throws IOException {
        if (System.getProperty("os.name", "").startsWith("Windows")) {
            return; // Windows opens no directories, and writes names through by itself.
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    private record ChannelAppender(FileChannel channel) implements Appender {
        @Override
        public void write(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
            channel.position(size);
            channel.force(true);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
