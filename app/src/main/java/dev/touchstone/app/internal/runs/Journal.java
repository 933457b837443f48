package dev.touchstone.app.internal.runs;

import dev.touchstone.app.internal.json.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// One run's append-only file: a JSON document a line, each on the disk before [#append] returns.
///
/// A process that is killed while it writes leaves a last line without its line feed. Such a line
/// was never acknowledged; it is ignored when reading and cut off before the next append.
final class Journal implements AutoCloseable {
    private static final byte LINE_FEED = '\n';

    private final FileChannel file;

    private Journal(FileChannel file) {
        this.file = file;
    }

    /// Creates the file with its first line.
    ///
    /// @throws IOException also when it exists
    static Journal create(Path path, JournalEntry.Started first) throws IOException {
        var journal =
                new Journal(
                        FileChannel.open(
                                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        try {
            journal.append(first);
            forceDirectory(path);
        } catch (IOException e) {
            journal.close();
            throw e;
        }
        return journal;
    }

    /// Opens an existing file for appending, without its torn last line if it has one.
    static Journal open(Path path) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE);
        long whole = wholeLines(Files.readAllBytes(path));
        if (whole < file.size()) {
            file.truncate(whole);
            file.force(true);
        }
        file.position(whole);
        return new Journal(file);
    }

    /// Reads the complete lines.
    ///
    /// @throws IOException also when one is not a journal entry, with its number
    static List<JournalEntry> read(Path path) throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        var entries = new ArrayList<JournalEntry>();
        int start = 0;
        for (int end = 0, whole = wholeLines(bytes); end < whole; end++) {
            if (bytes[end] == LINE_FEED) {
                byte[] line = Arrays.copyOfRange(bytes, start, end);
                entries.add(entry(line, entries.size() + 1));
                start = end + 1;
            }
        }
        return entries;
    }

    private static JournalEntry entry(byte[] line, int number) throws IOException {
        try {
            return Json.read(line, JournalEntry.class);
        } catch (Json.Malformed e) {
            throw new IOException("line %d: %s".formatted(number, e.getMessage()), e);
        }
    }

    void append(JournalEntry entry) throws IOException {
        byte[] line = (Json.text(entry) + "\n").getBytes(StandardCharsets.UTF_8);
        ByteBuffer left = ByteBuffer.wrap(line);
        while (left.hasRemaining()) {
            file.write(left);
        }
        file.force(false);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private static int wholeLines(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != LINE_FEED) {
            end--;
        }
        return end;
    }

    /// A new file's name is a write to its directory.
    private static void forceDirectory(Path path) throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        if (directory == null || System.getProperty("os.name", "").startsWith("Windows")) {
            return; // Windows opens no directories, and writes names through by itself.
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
