package dev.touchstone.features.internal.files;

import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A file that appears under its name when it is complete and on the disk, and not before.
public final class WholeFile implements Closeable {
    private static final String UNFINISHED = ".part";
    private static final int BUFFER_BYTES = 1 << 16;

    private final Path file;
    private final Path beside;
    private final FileChannel channel;
    private final MessageDigest digest = sha256();
    private final OutputStream stream;
    private final Writer writer;

    /// Begins a file, over what an earlier attempt may have left.
    public WholeFile(Path file) throws IOException {
        this.file = file;
        this.beside = file.resolveSibling(file.getFileName() + UNFINISHED);
        this.channel =
                FileChannel.open(
                        beside,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
        OutputStream bytes = new DigestOutputStream(Channels.newOutputStream(channel), digest);
        this.stream = new BufferedOutputStream(bytes, BUFFER_BYTES);
        this.writer = new BufferedWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8));
    }

    /// For bytes.
    public OutputStream stream() {
        return stream;
    }

    /// For text, in UTF-8; not together with [#stream].
    public Writer writer() {
        return writer;
    }

    /// Writes all of it to the disk, still under its other name.
    ///
    /// @return its SHA-256, in hex
    public String force() throws IOException {
        writer.flush(); // and the stream below it
        channel.force(true);
        return HexFormat.of().formatHex(digest.digest());
    }

    /// Gives it its name, after [#force].
    public void appear() throws IOException {
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Removes it unless it has appeared.
    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(beside);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new UncheckedIOException(new IOException("every Java has SHA-256", e));
        }
    }
}
