package dev.touchstone.app.internal.features;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// JSON that is written piece by piece into bytes, whose commas and brackets the writer knows: a
/// read's answer is little but numbers, and a general writer would take longer than the read.
final class JsonBytes {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int SPACE = 0x20;

    private byte[] bytes;
    private int size;

    JsonBytes(int capacity) {
        bytes = new byte[capacity];
    }

    private void room(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }

    /// Writes what is JSON already, in ASCII.
    @SuppressWarnings("deprecation") // the method that copies ASCII without an encoder
    JsonBytes raw(String json) {
        int length = json.length();
        room(length);
        json.getBytes(0, length, bytes, size);
        size += length;
        return this;
    }

    JsonBytes raw(byte[] json) {
        room(json.length);
        System.arraycopy(json, 0, bytes, size, json.length);
        size += json.length;
        return this;
    }

    JsonBytes comma(int position) {
        return position > 0 ? raw(",") : this;
    }

    /// Writes a text in quotes.
    JsonBytes text(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < SPACE || c > '~' || c == '"' || c == '\\') {
                return escaped(text);
            }
        }
        return raw("\"").raw(text).raw("\"");
    }

    private JsonBytes escaped(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        room(6 * utf8.length + 2);
        bytes[size++] = '"';
        for (byte b : utf8) {
            if (b == '"' || b == '\\') {
                bytes[size++] = '\\';
                bytes[size++] = b;
            } else if (b >= 0 && b < SPACE) {
                raw("\\u00");
                bytes[size++] = HEX[b >> 4];
                bytes[size++] = HEX[b & 0xF];
            } else {
                bytes[size++] = b;
            }
        }
        bytes[size++] = '"';
        return this;
    }

    JsonBytes number(long number) {
        return raw(Long.toString(number));
    }

    /// Writes a real, as a text where JSON has no number for it.
    JsonBytes real(double number) {
        String text = Double.toString(number);
        return Double.isFinite(number) ? raw(text) : raw("\"").raw(text).raw("\"");
    }

    byte[] toBytes() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }
}
