package dev.touchstone.features.internal.parquet;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/// Writes structures in Thrift's compact protocol, in which Parquet's metadata are.
final class ThriftWriter {
    private static final int TRUE = 1;
    private static final int I32 = 5;
    private static final int I64 = 6;
    private static final int BINARY = 8;
    private static final int LIST = 9;
    private static final int STRUCT = 12;
    private static final int MAX_SHORT = 15;
    private static final int CONTINUES = 0x80;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Deque<Integer> outerFields = new ArrayDeque<>();
    private int lastField;

    byte[] toByteArray() {
        return out.toByteArray();
    }

    private void field(int id, int type) {
        out.write((id - lastField) << 4 | type);
        lastField = id;
    }

    ThriftWriter i32(int id, int value) {
        field(id, I32);
        varint(zigzag(value));
        return this;
    }

    ThriftWriter i64(int id, long value) {
        field(id, I64);
        varint(zigzag(value));
        return this;
    }

    ThriftWriter yes(int id) {
        field(id, TRUE);
        return this;
    }

    ThriftWriter text(int id, String value) {
        field(id, BINARY);
        bytes(value);
        return this;
    }

    /// Begins a structure in a field; ends with [#end].
    ThriftWriter struct(int id) {
        field(id, STRUCT);
        return begin();
    }

    /// Begins a list of structures, each of them between [#begin] and [#end].
    ThriftWriter structs(int id, int size) {
        list(id, size, STRUCT);
        return this;
    }

    ThriftWriter texts(int id, String only) {
        list(id, 1, BINARY);
        bytes(only);
        return this;
    }

    ThriftWriter i32s(int id, int... values) {
        list(id, values.length, I32);
        for (int value : values) {
            varint(zigzag(value));
        }
        return this;
    }

    private void list(int id, int size, int type) {
        field(id, LIST);
        if (size < MAX_SHORT) {
            out.write(size << 4 | type);
        } else {
            out.write(MAX_SHORT << 4 | type);
            varint(size);
        }
    }

    ThriftWriter begin() {
        outerFields.push(lastField);
        lastField = 0;
        return this;
    }

    ThriftWriter end() {
        out.write(0);
        lastField = outerFields.pop();
        return this;
    }

    private void bytes(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        varint(utf8.length);
        out.writeBytes(utf8);
    }

    private static long zigzag(long value) {
        return value << 1 ^ value >> 63;
    }

    private void varint(long value) {
        long left = value;
        while ((left & -CONTINUES) != 0) {
            out.write((int) (left & (CONTINUES - 1)) | CONTINUES);
            left >>>= 7;
        }
        out.write((int) left);
    }
}
