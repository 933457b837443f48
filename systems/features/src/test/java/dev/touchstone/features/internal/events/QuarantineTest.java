package dev.touchstone.features.internal.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.engines.EventFeed;
import dev.touchstone.features.internal.events.BadEventException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A quarantine")
class QuarantineTest {
    @TempDir private Path folder = Path.of("");

    private static void put(Quarantine quarantine, long position, String what) throws IOException {
        quarantine.put(
                new EventFeed.Bad("p", position, what, "why"),
                what.getBytes(StandardCharsets.UTF_8),
                Kind.MALFORMED,
                "caf\u00e9");
    }

    @Test
    void opens_again_wherever_a_crash_cut_it_off() throws IOException {
        Path path = folder.resolve("q.jsonl");
        try (Quarantine quarantine = Quarantine.open(path)) {
            put(quarantine, 0, "h\u00e9llo");
            put(quarantine, 1, "w\u00f6rld \ud83d\ude00");
        }
        byte[] whole = Files.readAllBytes(path);
        int first = Files.readAllLines(path).getFirst().getBytes(StandardCharsets.UTF_8).length + 1;
        for (int cut = 0; cut <= whole.length; cut++) {
            Files.write(path, Arrays.copyOf(whole, cut));
            try (Quarantine quarantine = Quarantine.open(path)) {
                assertThat(quarantine.count(Kind.MALFORMED))
                        .as("cut off at %d", cut)
                        .isEqualTo(cut < first ? 0 : cut < whole.length ? 1 : 2);
                put(quarantine, 0, "h\u00e9llo");
                put(quarantine, 1, "w\u00f6rld \ud83d\ude00");
            }
            assertThat(Files.readAllBytes(path)).isEqualTo(whole);
        }
    }

    @Test
    void takes_in_again_what_a_full_disk_did_not_take() throws IOException {
        Path path = folder.resolve("q.jsonl");
        var disk =
                new SmallDisk(
                        FileChannel.open(
                                path,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE));
        try (Quarantine quarantine = Quarantine.open(disk)) {
            put(quarantine, 0, "one");
            byte[] one = Files.readAllBytes(path);
            disk.room = 20;
            assertThatThrownBy(() -> put(quarantine, 1, "two")).hasMessage("No space left");
            assertThat(quarantine.count(Kind.MALFORMED)).isEqualTo(1);
            assertThat(Files.readAllBytes(path)).isEqualTo(one);
            disk.room = Integer.MAX_VALUE;
            put(quarantine, 1, "two");
            assertThat(quarantine.count(Kind.MALFORMED)).isEqualTo(2);
        }
        assertThat(Files.readAllLines(path))
                .satisfiesExactly(
                        line -> assertThat(line).contains("one"),
                        line -> assertThat(line).contains("two"));
    }

    /// A file on a disk that has room for a few more bytes.
    private static final class SmallDisk extends FileChannel {
        private final FileChannel file;
        private int room = Integer.MAX_VALUE;

        SmallDisk(FileChannel file) {
            this.file = file;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            if (room == 0) {
                throw new IOException("No space left");
            }
            int some = Math.min(room, from.remaining());
            var part = from.slice(from.position(), some);
            int written = file.write(part);
            from.position(from.position() + written);
            room -= written;
            return written;
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            return file.read(to);
        }

        @Override
        public long read(ByteBuffer[] to, int offset, int length) throws IOException {
            return file.read(to, offset, length);
        }

        @Override
        public long write(ByteBuffer[] from, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long position() throws IOException {
            return file.position();
        }

        @Override
        public FileChannel position(long position) throws IOException {
            return file.position(position);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            return file.truncate(size);
        }

        @Override
        public void force(boolean metaData) throws IOException {
            file.force(metaData);
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel to) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long transferFrom(ReadableByteChannel from, long position, long count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(ByteBuffer to, long position) throws IOException {
            return file.read(to, position);
        }

        @Override
        public int write(ByteBuffer from, long position) {
            throw new UnsupportedOperationException();
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected void implCloseChannel() throws IOException {
            file.close();
        }
    }
}
