package dev.touchstone.features.internal.log;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;

/// A disk in memory that stops in the middle of things.
///
/// It does as many steps as it was given and then fails everything. A call is a step, and so are so
/// many bytes written: with 1, few stops are between two calls, with many, most are. [#afterKill]
/// is what another process finds: all that was written. [#afterPowerCut] is what the next boot
/// finds: what was forced; of the rest, any of the names' changes, and of the bytes any length with
/// holes of zeros in it.
public final class FaultyDisk implements Disk {
    private static final int SECTOR_BYTES = 64;

    private final Map<String, Content> names = new HashMap<>();
    private final Map<String, Content> durableNames = new HashMap<>();
    private final List<Rename> pending = new ArrayList<>();
    private long steps;
    private final int bytesPerStep;
    private boolean full;
    private long room = Long.MAX_VALUE;

    public FaultyDisk(long steps, int bytesPerStep) {
        this.steps = steps;
        this.bytesPerStep = bytesPerStep;
    }

    public static final class Stopped extends IOException {}

    private static final class Content {
        byte[] bytes = {};
        byte[] durable = {};
    }

    /// A change of names: `to` becomes the content, `from` goes.
    private record Rename(String from, String to, Content content) {
        void apply(Map<String, Content> names) {
            names.remove(from);
            if (!to.isEmpty()) {
                names.put(to, content);
            }
        }
    }

    private void step() throws Stopped {
        if (steps <= 0) {
            throw new Stopped();
        }
        steps--;
    }

    public boolean hasStopped() {
        return steps <= 0;
    }

    /// From now on there is room for nothing.
    public void fill() {
        full = true;
    }

    /// From now on all files together have room for so many bytes.
    public void limit(long bytes) {
        room = bytes;
    }

    private long free() {
        if (full) {
            return 0;
        }
        long used = names.values().stream().mapToLong(content -> content.bytes.length).sum();
        return Math.max(0, room - used);
    }

    /// Damages a byte of a file for good.
    public void flip(String name, int at) {
        Content content = content(name);
        content.bytes[at] ^= 0x10;
        content.durable = content.bytes.clone();
    }

    private Content content(String name) {
        return Objects.requireNonNull(names.get(name), name);
    }

    public int size(String name) {
        return content(name).bytes.length;
    }

    public FaultyDisk afterKill(long steps, int bytesPerStep) {
        var next = new FaultyDisk(steps, bytesPerStep);
        names.forEach((name, content) -> next.keep(name, content.bytes));
        return next;
    }

    public FaultyDisk afterPowerCut(RandomGenerator random) {
        var next = new FaultyDisk(Long.MAX_VALUE, 1);
        Map<String, Content> found = new HashMap<>(durableNames);
        for (Rename change : pending) {
            if (random.nextBoolean()) {
                change.apply(found);
            }
        }
        found.forEach((name, content) -> next.keep(name, survivor(content, random)));
        return next;
    }

    private static byte[] survivor(Content content, RandomGenerator random) {
        int least = Math.min(content.durable.length, content.bytes.length);
        int most = Math.max(content.durable.length, content.bytes.length);
        byte[] longest =
                content.durable.length > content.bytes.length ? content.durable : content.bytes;
        byte[] bytes = Arrays.copyOf(longest, random.nextInt(least, most + 1));
        for (int at = least; at < bytes.length; at += SECTOR_BYTES) {
            if (random.nextInt(4) == 0) {
                Arrays.fill(bytes, at, Math.min(bytes.length, at + SECTOR_BYTES), (byte) 0);
            }
        }
        return bytes;
    }

    private void keep(String name, byte[] bytes) {
        var content = new Content();
        content.bytes = bytes;
        content.durable = bytes;
        names.put(name, content);
        durableNames.put(name, content);
    }

    @Override
    public List<String> list() {
        return names.keySet().stream().sorted().toList();
    }

    @Override
    public Appender append(String name) throws IOException {
        step();
        Content content = names.get(name);
        if (content == null) {
            content = new Content();
            change(new Rename("", name, content));
        }
        return new ContentAppender(content);
    }

    private void change(Rename change) {
        change.apply(names);
        pending.add(change);
    }

    @Override
    public MemorySegment map(String name, Arena arena) {
        byte[] bytes = content(name).bytes;
        MemorySegment mapped = arena.allocate(bytes.length, Long.BYTES);
        mapped.copyFrom(MemorySegment.ofArray(bytes));
        return mapped;
    }

    @Override
    public void rename(String from, String to) throws IOException {
        step();
        change(new Rename(from, to, content(from)));
    }

    @Override
    public void delete(String name) throws IOException {
        step();
        change(new Rename(name, "", new Content()));
    }

    @Override
    public void force() throws IOException {
        step();
        pending.forEach(change -> change.apply(durableNames));
        pending.clear();
    }

    @Override
    public void close() {}

    private final class ContentAppender implements Appender {
        private final Content content;

        ContentAppender(Content content) {
            this.content = content;
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            long free = free();
            if (bytes.remaining() > free) {
                append(bytes, (int) (full ? bytes.remaining() / 2 : free));
                throw new IOException("No space left on device");
            }
            long room = Math.multiplyExact(Math.min(steps, 1 << 20), (long) bytesPerStep);
            boolean enough = bytes.remaining() < room;
            int count = enough ? bytes.remaining() : (int) room;
            append(bytes, count);
            steps -= Math.ceilDiv(count, bytesPerStep);
            if (!enough) {
                throw new Stopped();
            }
        }

        private void append(ByteBuffer bytes, int count) {
            int at = content.bytes.length;
            content.bytes = Arrays.copyOf(content.bytes, at + count);
            bytes.get(content.bytes, at, count);
        }

        @Override
        public void force() throws IOException {
            step();
            content.durable = content.bytes;
        }

        @Override
        public void truncate(long size) throws IOException {
            step();
            content.bytes = Arrays.copyOf(content.bytes, (int) size);
            force();
        }

        @Override
        public long size() {
            return content.bytes.length;
        }

        @Override
        public void close() {}
    }
}
