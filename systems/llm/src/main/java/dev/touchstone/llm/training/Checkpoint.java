package dev.touchstone.llm.training;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32;

/// What a training needs to go on: an identity, the step, weights and moments, and a check sum.
///
/// A file is written beside its place, forced to the disk and moved into place: whenever the
/// process is killed, the old checkpoint or the new one is there, whole.
final class Checkpoint {
    private static final int IDENTITY_BYTES = 64;

    private Checkpoint() {}

    /// A digest of everything that decides a training's result.
    static String identity(Training.Plan plan, byte[] corpus) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(plan.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(corpus));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static void write(Path file, String identity, int step, float[] weights, Optimizer optimizer)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length(weights)).order(ByteOrder.LITTLE_ENDIAN);
        buffer.put(identity.getBytes(StandardCharsets.US_ASCII)).putInt(step);
        for (float[] part : new float[][] {weights, optimizer.first, optimizer.second}) {
            buffer.asFloatBuffer().put(part);
            buffer.position(buffer.position() + Float.BYTES * part.length);
        }
        buffer.putInt(checkSum(buffer));
        replace(file, buffer.flip());
    }

    /// Replaces a file by other contents, whole or not at all.
    static void replace(Path file, ByteBuffer contents) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".part");
        try (FileChannel channel =
                FileChannel.open(
                        beside,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            while (contents.hasRemaining()) {
                channel.write(contents);
            }
            channel.force(true);
        }
        Files.move(
                beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// @return the step
    static int read(Path file, String identity, float[] weights, Optimizer optimizer)
            throws IOException {
        ByteBuffer buffer =
                ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        if (buffer.limit() != length(weights)) {
            throw new IOException(
                    "%s has %d bytes where a checkpoint of this plan has %d; delete it to begin again"
                            .formatted(file, buffer.limit(), length(weights)));
        }
        byte[] found = new byte[IDENTITY_BYTES];
        buffer.get(found);
        if (!identity.equals(new String(found, StandardCharsets.US_ASCII))) {
            throw new IOException(
                    "%s is of a training with other steps, seed or text; delete it to begin again"
                            .formatted(file));
        }
        int step = buffer.getInt();
        buffer.position(buffer.limit() - Integer.BYTES);
        int sum = checkSum(buffer);
        if (sum != buffer.getInt()) {
            throw new IOException(
                    "%s is damaged: its check sum is wrong; delete it to begin again"
                            .formatted(file));
        }
        buffer.position(IDENTITY_BYTES + Integer.BYTES);
        for (float[] part : new float[][] {weights, optimizer.first, optimizer.second}) {
            buffer.asFloatBuffer().get(part);
            buffer.position(buffer.position() + Float.BYTES * part.length);
        }
        return step;
    }

    private static int length(float[] weights) {
        return IDENTITY_BYTES + 2 * Integer.BYTES + 3 * Float.BYTES * weights.length;
    }

    /// Of everything before the buffer's position.
    private static int checkSum(ByteBuffer buffer) {
        var sum = new CRC32();
        sum.update(buffer.duplicate().flip());
        return (int) sum.getValue();
    }
}
