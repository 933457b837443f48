package dev.touchstone.features.internal.table;

import dev.touchstone.features.EntityKey;
import dev.touchstone.features.Value;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Hashes of keys: 64 bits by which rows are clustered, and labels partitioned, so that both meet.
///
/// A key of one whole number is hashed by a bijection: equal hashes are equal keys, and the number
/// can be had back. Other keys are hashed by their encoding and compared byte by byte.
public final class KeyHash {
    private static final byte WHOLE = 0;
    private static final byte TEXT = 1;

    private KeyHash() {}

    /// The finaliser of SplitMix64 (variant 13 of Stafford's mixers), which is a bijection.
    public static long ofWhole(long key) {
        long mixed = (key ^ (key >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ (mixed >>> 31);
    }

    /// The key whose hash this is.
    public static long wholeOf(long hash) {
        long mixed = (hash ^ (hash >>> 31) ^ (hash >>> 62)) * 0x3196_42B2_D24D_8EC3L;
        mixed = (mixed ^ (mixed >>> 27) ^ (mixed >>> 54)) * 0x96DE_1B17_3F11_9089L;
        return mixed ^ (mixed >>> 30) ^ (mixed >>> 60);
    }

    /// The hash of an encoded key.
    public static long ofBytes(byte[] key) {
        long hash = key.length;
        int i = 0;
        ByteBuffer words = ByteBuffer.wrap(key);
        for (; i + Long.BYTES <= key.length; i += Long.BYTES) {
            hash = ofWhole(hash ^ words.getLong(i)) + i;
        }
        long tail = 0;
        for (; i < key.length; i++) {
            tail = tail << Byte.SIZE | (key[i] & 0xFF);
        }
        return ofWhole(hash ^ tail);
    }

    /// The encoding of a key: equal keys have equal bytes, others do not.
    public static byte[] encode(EntityKey key) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            for (Value part : key.parts()) {
                if (part instanceof Value.Whole(long whole)) {
                    out.writeByte(WHOLE);
                    out.writeLong(whole);
                } else if (part instanceof Value.Text(String text)) {
                    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                    out.writeByte(TEXT);
                    out.writeInt(utf8.length);
                    out.write(utf8);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a byte array takes every byte", e);
        }
        return bytes.toByteArray();
    }

    /// The key of an encoding.
    public static EntityKey decode(byte[] key) {
        ByteBuffer in = ByteBuffer.wrap(key);
        List<Value> parts = new ArrayList<>();
        while (in.hasRemaining()) {
            if (in.get() == WHOLE) {
                parts.add(Value.of(in.getLong()));
            } else {
                byte[] utf8 = new byte[in.getInt()];
                in.get(utf8);
                parts.add(Value.of(new String(utf8, StandardCharsets.UTF_8)));
            }
        }
        return new EntityKey(parts);
    }
}
