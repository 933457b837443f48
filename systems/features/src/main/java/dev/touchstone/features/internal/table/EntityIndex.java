package dev.touchstone.features.internal.table;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The entities of a table, sorted by the hash of their keys (as unsigned numbers), then by key.
///
/// A directory over the hashes' first bits takes the place of a hash table: it has about as many
/// slots as there are entities, a slot holds the first entity at or after it, and what a lookup
/// reads lies beside what its neighbours in hash order read.
///
/// @param count entities
/// @param directoryBits at least 1
/// @param hash one long an entity
/// @param directory `2^directoryBits + 1` ints
/// @param keys the encoded keys; empty for keys of one whole number
public record EntityIndex(
        int count, int directoryBits, MemorySegment hash, MemorySegment directory, Keys keys) {
    /// What [#find] answers when there is no such entity.
    public static final int ABSENT = -1;

    private static final int MAX_DIRECTORY_BITS = 28;

    /// The encoded keys, empty for keys of one whole number.
    public record Keys(MemorySegment end, MemorySegment bytes) {
        byte[] key(int entity) {
            long from = entity == 0 ? 0 : end.getAtIndex(Layouts.LONG, entity - 1);
            long to = end.getAtIndex(Layouts.LONG, entity);
            return bytes.asSlice(from, to - from).toArray(ValueLayout.JAVA_BYTE);
        }

        boolean equal(int entity, byte[] key) {
            long from = entity == 0 ? 0 : end.getAtIndex(Layouts.LONG, entity - 1);
            long to = end.getAtIndex(Layouts.LONG, entity);
            return to - from == key.length
                    && MemorySegment.mismatch(
                                    bytes, from, to, MemorySegment.ofArray(key), 0, key.length)
                            < 0;
        }
    }

    /// Makes the directory of sorted hashes.
    static EntityIndex of(int count, MemorySegment hash, Keys keys, Arena arena) {
        int bits = directoryBits(count);
        MemorySegment directory = arena.allocate(Layouts.INT, (1L << bits) + 1);
        int entity = 0;
        for (int slot = 0; slot <= 1 << bits; slot++) {
            while (entity < count
                    && hash.getAtIndex(Layouts.LONG, entity) >>> (Long.SIZE - bits) < slot) {
                entity++;
            }
            directory.setAtIndex(Layouts.INT, slot, entity);
        }
        return new EntityIndex(count, bits, hash, directory, keys);
    }

    /// As many slots as entities, to the next power of two.
    static int directoryBits(int count) {
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, count - 1));
        return Math.clamp(bits, 1, MAX_DIRECTORY_BITS);
    }

    /// The entity whose key, a whole number, has this hash, or [#ABSENT].
    public int find(long wanted) {
        long slot = wanted >>> (Long.SIZE - directoryBits);
        int entity = directory.getAtIndex(Layouts.INT, slot);
        int end = directory.getAtIndex(Layouts.INT, slot + 1);
        while (entity < end) {
            if (hash.getAtIndex(Layouts.LONG, entity) == wanted) {
                return entity;
            }
            entity++;
        }
        return ABSENT;
    }

    /// The entity with this encoded key, or [#ABSENT].
    public int find(long wanted, byte[] key) {
        int entity = find(wanted);
        while (entity != ABSENT && !keys.equal(entity, key)) {
            entity++;
            if (entity == count || hash.getAtIndex(Layouts.LONG, entity) != wanted) {
                return ABSENT;
            }
        }
        return entity;
    }
}
