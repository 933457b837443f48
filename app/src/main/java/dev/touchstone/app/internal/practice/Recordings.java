package dev.touchstone.app.internal.practice;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What people said aloud while they worked: one audio file a recording, beside the attempts.
public final class Recordings {
    /// Half an hour of speech has about 20 MB.
    static final long MAX_BYTES = 64L * 1024 * 1024;

    static final int MAX_OF_ATTEMPT = 20;

    /// What every WebM file begins with.
    private static final byte[] EBML = {0x1A, 0x45, (byte) 0xDF, (byte) 0xA3};

    private static final Pattern FILE = Pattern.compile("[0-9]{2}\\.webm");

    private final Path folder;

    /// @param data the data directory
    public Recordings(Path data) {
        folder = data.resolve("recordings");
    }

    /// A recording in the list.
    ///
    /// @param file its name, for the address
    public record Recording(String name, String file) {}

    /// Those of an attempt, the oldest first.
    public List<Recording> list(String attempt) {
        Path own = folder.resolve(attempt);
        if (!Files.isDirectory(own)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(own)) {
            return files.map(path -> path.getFileName().toString())
                    .filter(name -> FILE.matcher(name).matches())
                    .sorted()
                    .map(name -> new Recording("take " + Integer.parseInt(name, 0, 2, 10), name))
                    .toList();
        } catch (IOException e) {
            throw disk(e);
        }
    }

    /// The file of a recording.
    public Optional<Path> find(String attempt, String file) {
        Path path = folder.resolve(attempt).resolve(file);
        return FILE.matcher(file).matches() && Files.isRegularFile(path)
                ? Optional.of(path)
                : Optional.empty();
    }

    /// Keeps a recording: all of it or, when it breaks off or is too long, nothing.
    public synchronized Recording keep(String attempt, InputStream audio) {
        List<Recording> before = list(attempt);
        if (before.size() >= MAX_OF_ATTEMPT) {
            throw malformed("an attempt keeps %d recordings at most".formatted(MAX_OF_ATTEMPT));
        }
        String file = "%02d.webm".formatted(before.size() + 1);
        try {
            Path own = Files.createDirectories(folder.resolve(attempt));
            Path draft = Files.createTempFile(own, "incoming", ".part");
            try {
                write(draft, audio);
                Files.move(draft, own.resolve(file), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            throw disk(e);
        }
        return list(attempt).getLast();
    }

    private static void write(Path file, InputStream audio) throws IOException {
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            var sink = Channels.newOutputStream(out);
            byte[] head = audio.readNBytes(EBML.length);
            if (head.length == 0) {
                throw malformed("the recording is empty");
            }
            if (!Arrays.equals(head, EBML)) {
                throw malformed(
                        "this is no WebM audio, which begins with the bytes 1A 45 DF A3; record it as audio/webm");
            }
            sink.write(head);
            byte[] buffer = new byte[64 * 1024];
            long written = head.length;
            for (int n = audio.read(buffer); n >= 0; n = audio.read(buffer)) {
                written += n;
                if (written > MAX_BYTES) {
                    throw new PracticeException(
                            PracticeException.Kind.TOO_LARGE,
                            "a recording may have %d MiB at most; stop and start again for a longer one"
                                    .formatted(MAX_BYTES >> 20));
                }
                sink.write(buffer, 0, n);
            }
            out.force(true);
        }
    }

    private static PracticeException malformed(String message) {
        return new PracticeException(PracticeException.Kind.MALFORMED, message);
    }

    private static PracticeException disk(IOException e) {
        return new PracticeException(
                PracticeException.Kind.DISK, "recordings: " + e.getMessage(), e);
    }
}
