package dev.touchstone.features.internal.events;

import dev.touchstone.features.Quarantined;
import dev.touchstone.features.engines.EventFeed.Message;
import dev.touchstone.features.internal.events.BadEventException.Kind;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/// What a source gave that is no event, one JSON object a line: where it stood, what is wrong, and
/// the thing itself. Each is in once, however often its source gives it.
public final class Quarantine implements Closeable {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    /// Beyond this, events are counted but no longer kept.
    private static final long MAX_BYTES = 256L << 20;

    /// How far back [#latest] looks.
    private static final int LATEST_BYTES = 1 << 18;

    private final FileChannel file;
    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    private final Map<String, Long> next = new HashMap<>();

    private Quarantine(FileChannel file) {
        this.file = file;
        for (Kind kind : Kind.values()) {
            counts.put(kind, 0L);
        }
    }

    /// Opens a file, new or not. A line that was cut off by a crash is taken away.
    public static Quarantine open(Path path) throws IOException {
        Files.createDirectories(path.toAbsolutePath().getParent());
        return open(
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE));
    }

    static Quarantine open(FileChannel file) throws IOException {
        var quarantine = new Quarantine(file);
        try {
            quarantine.readBack();
            return quarantine;
        } catch (IOException e) {
            quarantine.close();
            throw e;
        }
    }

    private void readBack() throws IOException {
        long whole = 0;
        // Left open: to close it would close the file.
        InputStream bytes = new BufferedInputStream(Channels.newInputStream(file));
        var line = new ByteArrayOutputStream();
        for (int next = bytes.read(); next >= 0; next = bytes.read()) {
            if (next != '\n') {
                line.write(next);
                continue;
            }
            if (!remember(line.toByteArray())) {
                break;
            }
            whole += line.size() + 1;
            line.reset();
        }
        file.truncate(whole);
        file.position(whole);
    }

    private boolean remember(byte[] line) {
        try {
            JsonNode node = JSON.readTree(line);
            remember(
                    node.path("part").asString(""),
                    node.path("position").longValue(),
                    Kind.valueOf(node.path("problem").asString("")));
            return true;
        } catch (JacksonException | IllegalArgumentException _) {
            return false;
        }
    }

    private void remember(String part, long position, Kind kind) {
        counts.merge(kind, 1L, Long::sum);
        next.merge(part, position + 1, Math::max);
    }

    /// Puts something in, unless it is in; on the disk after [#force].
    ///
    /// @throws IOException when the disk fails; it is not in then, put it in again
    public void put(Message message, byte[] what, Kind kind, String why) throws IOException {
        if (message.position() < next.getOrDefault(message.part(), 0L)) {
            return;
        }
        if (file.position() <= MAX_BYTES) {
            write(message, what, kind, why);
        }
        remember(message.part(), message.position(), kind);
    }

    private void write(Message message, byte[] what, Kind kind, String why) throws IOException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("part", message.part());
        line.put("position", message.position());
        line.put("problem", kind.name());
        line.put("why", why);
        line.put("event", new String(what, StandardCharsets.UTF_8));
        ByteBuffer bytes =
                ByteBuffer.wrap(
                        (JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
        long end = file.position();
        try {
            while (bytes.hasRemaining()) {
                var _ = file.write(bytes);
            }
        } catch (IOException e) {
            cutOff(end, e);
            throw e;
        }
    }

    /// Takes half a line away, so that the next one does not begin in its middle.
    private void cutOff(long end, IOException reason) {
        try {
            file.truncate(end);
            file.position(end);
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    /// Brings everything to the disk.
    public void force() throws IOException {
        file.force(false);
    }

    /// What was put in last, the latest first.
    ///
    /// @param limit how many at most; fewer when those are long
    public List<Quarantined> latest(int limit) throws IOException {
        long end = file.size();
        long begin = Math.max(0, end - LATEST_BYTES);
        ByteBuffer bytes = ByteBuffer.allocate((int) (end - begin));
        while (bytes.hasRemaining() && file.read(bytes, begin + bytes.position()) >= 0) {
            // Read on: a read may give less than was asked for.
        }
        List<String> lines =
                new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
        List<Quarantined> latest = new ArrayList<>();
        int first = begin == 0 ? 0 : 1; // the first may be half a line
        for (int i = lines.size() - 1; i >= first && latest.size() < limit; i--) {
            try {
                JsonNode line = JSON.readTree(lines.get(i));
                latest.add(
                        new Quarantined(
                                line.path("part").asString(""),
                                line.path("position").asLong(),
                                line.path("problem").asString(""),
                                line.path("why").asString(""),
                                line.path("event").asString("")));
            } catch (JacksonException _) {
                // It is being written, and comes next time.
            }
        }
        return latest;
    }

    /// How many of a kind have been put in, ever.
    public long count(Kind kind) {
        return counts.getOrDefault(kind, 0L);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
