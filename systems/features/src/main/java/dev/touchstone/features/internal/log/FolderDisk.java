package dev.touchstone.features.internal.log;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A real folder, held by one process at a time.
public final class FolderDisk implements Disk {
    private static final String LOCK = "lock";

    /// What this process holds. Asked before a lock file is opened: POSIX takes a process's lock
    /// away when it closes any of the file's descriptors, one opened in vain included.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final Path held;
    private final FileChannel lock;

    private FolderDisk(Path folder, Path held, FileChannel lock) {
        this.folder = folder;
        this.held = held;
        this.lock = lock;
    }

    /// Opens a folder, making it if need be.
    ///
    /// @throws IOException also when it is held, by another process or by this one
    public static FolderDisk open(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path held = folder.toRealPath();
        if (!HELD.add(held)) {
            throw new IOException("%s is open already; close it first".formatted(folder));
        }
        try {
            return new FolderDisk(folder, held, lock(folder));
        } catch (IOException | RuntimeException e) {
            HELD.remove(held);
            throw e;
        }
    }

    private static FileChannel lock(Path folder) throws IOException {
        FileChannel lock =
                FileChannel.open(
                        folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (lock.tryLock() == null) {
                throw new IOException(
                        "%s is in use by %s; stop that one, or use another folder"
                                .formatted(folder, holder(folder)));
            }
            sign(lock);
            return lock;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
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
        if (lock.isOpen()) {
            try {
                lock.close();
            } finally {
                HELD.remove(held);
            }
        }
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
