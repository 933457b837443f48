package dev.touchstone.features.internal.table;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Gives distinct texts their codes while a table is built.
final class TextCollector {
    private final Map<String, Integer> codes = new HashMap<>();
    private final List<byte[]> texts = new ArrayList<>();

    /// Byte strings one after another, and where each ends.
    record Packed(MemorySegment end, MemorySegment bytes) {}

    int code(String text) {
        return codes.computeIfAbsent(
                text,
                added -> {
                    texts.add(added.getBytes(StandardCharsets.UTF_8));
                    return texts.size() - 1;
                });
    }

    Texts build(Arena arena) {
        Packed packed = pack(texts, arena);
        return new Texts(texts.size(), packed.end, packed.bytes);
    }

    static Packed pack(List<byte[]> strings, Arena arena) {
        long length = 0;
        MemorySegment end = arena.allocate(Layouts.LONG, strings.size());
        for (int i = 0; i < strings.size(); i++) {
            length += strings.get(i).length;
            end.setAtIndex(Layouts.LONG, i, length);
        }
        MemorySegment bytes = arena.allocate(length);
        long at = 0;
        for (byte[] string : strings) {
            MemorySegment.copy(MemorySegment.ofArray(string), 0, bytes, at, string.length);
            at += string.length;
        }
        return new Packed(end, bytes);
    }
}
