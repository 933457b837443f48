package dev.touchstone.simulation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/// What happened in a run, folded into a running SHA-256: equal hashes mean equal runs, event for
/// event. Entries are hashed and not kept, so a log of any length takes the same memory.
///
/// The hash covers big-endian bytes: for an entry its kind, time and two values; for a new kind or
/// a text its UTF-8 form, with its length before it.
public final class EventLog {
    private static final int BUFFER_BYTES = 1 << 14;
    private static final int ENTRY_BYTES = 3 * Long.BYTES + Integer.BYTES;

    private final MessageDigest digest = sha256();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private final Map<String, Integer> kinds = new HashMap<>();
    private long entries;

    /// The number by which entries name a kind of event; the same for the same name.
    public int kind(String name) {
        Integer known = kinds.get(name);
        if (known != null) {
            return known;
        }
        int kind = kinds.size();
        kinds.put(name, kind);
        putText(name);
        return kind;
    }

    /// Adds an entry.
    ///
    /// @param kind from [#kind]
    public void add(long nowNanos, int kind, long first, long second) {
        room(ENTRY_BYTES);
        buffer.putInt(kind).putLong(nowNanos).putLong(first).putLong(second);
        entries++;
    }

    /// Adds an entry that carries a text, such as what a player did.
    public void add(long nowNanos, int kind, String text) {
        add(nowNanos, kind, text.length(), 0);
        putText(text);
    }

    /// Entries so far.
    public long entries() {
        return entries;
    }

    /// SHA-256 of everything so far, in hex; more can be added afterwards.
    public String hash() {
        flush();
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("this JDK's SHA-256 cannot be cloned", e);
        }
    }

    private void putText(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        room(Integer.BYTES);
        buffer.putInt(bytes.length);
        flush();
        digest.update(bytes);
    }

    private void room(int bytes) {
        if (buffer.remaining() < bytes) {
            flush();
        }
    }

    private void flush() {
        digest.update(buffer.array(), 0, buffer.position());
        buffer.clear();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
