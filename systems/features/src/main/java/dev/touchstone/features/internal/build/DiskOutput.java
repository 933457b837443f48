package dev.touchstone.features.internal.build;

import dev.touchstone.features.internal.log.Disk;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A new file on a disk, written from its beginning, with the SHA-256 of what was written.
final class DiskOutput extends OutputStream {
    private static final int BUFFER_BYTES = 1 << 18;

    private final Disk.Appender file;
    private final MessageDigest digest;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

    DiskOutput(Disk disk, String name) throws IOException {
        disk.delete(name);
        this.file = disk.append(name);
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new UncheckedIOException(new IOException("every Java has SHA-256", e));
        }
    }

    @Override
    public void write(int oneByte) throws IOException {
        if (!buffer.hasRemaining()) {
            flush();
        }
        buffer.put((byte) oneByte);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length > buffer.remaining()) {
            flush();
        }
        if (length > buffer.remaining()) {
            write(ByteBuffer.wrap(bytes, offset, length));
        } else {
            buffer.put(bytes, offset, length);
        }
    }

    @Override
    public void flush() throws IOException {
        write(buffer.flip());
        buffer.clear();
    }

    private void write(ByteBuffer bytes) throws IOException {
        digest.update(bytes.duplicate());
        file.write(bytes);
    }

    /// Writes the rest, all of it to the disk.
    ///
    /// @return the SHA-256 in hex
    String force() throws IOException {
        flush();
        file.force();
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
