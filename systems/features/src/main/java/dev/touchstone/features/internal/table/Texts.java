package dev.touchstone.features.internal.table;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The distinct texts of a table, by code. Each becomes a `String` when it is first asked for.
public final class Texts {
    private final MemorySegment end;
    private final MemorySegment utf8;
    private final @Nullable String[] decoded;

    /// @param end where each text ends in `utf8`, one long a text
    public Texts(int count, MemorySegment end, MemorySegment utf8) {
        this.end = end;
        this.utf8 = utf8;
        this.decoded = new String[count];
    }

    public int count() {
        return decoded.length;
    }

    public MemorySegment end() {
        return end;
    }

    public MemorySegment utf8() {
        return utf8;
    }

    /// The text of a code.
    public String get(int code) {
        String text = decoded[code];
        if (text == null) {
            long from = code == 0 ? 0 : end.getAtIndex(Layouts.LONG, code - 1);
            long to = end.getAtIndex(Layouts.LONG, code);
            text =
                    new String(
                            utf8.asSlice(from, to - from).toArray(ValueLayout.JAVA_BYTE),
                            StandardCharsets.UTF_8);
            decoded[code] = text;
        }
        return text;
    }
}
