package dev.touchstone.llm.replay;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Walks over a text file in memory, line by line and within a line byte by byte. A line ends with
/// `\n` or `\r\n`, which is never seen.
final class LineScanner {
    /// What [#peek] sees at the end of a line; no byte of UTF-8 text.
    static final int END = -1;

    private static final int SHOWN_BYTES = 40;

    private final Path file;
    private final byte[] bytes;
    private final int end;
    private int lineStart;
    private int lineEnd;
    private int position;
    private int line;

    LineScanner(Path file, byte[] bytes, int start, int end) {
        this.file = file;
        this.bytes = bytes;
        this.end = end;
        begin(start);
    }

    /// Number of the line, from 1.
    int line() {
        return line;
    }

    /// Goes to the start of the next line, if there is one.
    boolean nextLine() {
        int next = lineEnd;
        while (next < end && bytes[next] != '\n') {
            next++;
        }
        if (next == end) {
            return false;
        }
        begin(next + 1);
        return true;
    }

    /// The line as a whole.
    String text() {
        return text(lineStart, lineEnd);
    }

    /// The next byte, or [#END].
    int peek() {
        return position < lineEnd ? bytes[position] : END;
    }

    /// Takes the next byte if it is this one.
    boolean take(char expected) {
        if (peek() != expected) {
            return false;
        }
        position++;
        return true;
    }

    /// Takes the next bytes if they spell this ASCII word.
    boolean take(String expected) {
        for (int i = 0; i < expected.length(); i++) {
            if (position + i >= lineEnd || bytes[position + i] != expected.charAt(i)) {
                return false;
            }
        }
        position += expected.length();
        return true;
    }

    void skipBlanks() {
        while (peek() == ' ' || peek() == '\t') {
            position++;
        }
    }

    /// A number written in `digits` digits, neither more nor fewer.
    int digits(String field, String shape, int digits) {
        int number = 0;
        for (int i = 0; i < digits; i++) {
            int digit = peek() - '0';
            if (digit < 0 || digit > 9) {
                throw malformed(field, "must look like %s, got '%s'".formatted(shape, rest()));
            }
            number = 10 * number + digit;
            position++;
        }
        return number;
    }

    /// A whole number, as digits alone.
    long wholeNumber(String field, long min, long max) {
        int from = position;
        long number = 0;
        boolean tooLarge = false;
        for (int digit = peek() - '0'; digit >= 0 && digit <= 9; digit = peek() - '0') {
            tooLarge |= number > (max - digit) / 10;
            number = tooLarge ? max : 10 * number + digit;
            position++;
        }
        if (position == from || isPartOfNumber(peek())) {
            position = from;
            throw malformed(
                    field, "must be a whole number in digits alone, got '%s'".formatted(rest()));
        }
        if (tooLarge || number < min) {
            throw malformed(
                    field,
                    "must be from %d to %d, got %s; correct or drop the request"
                            .formatted(min, max, text(from, position)));
        }
        return number;
    }

    /// What is left of the field, for a message.
    String rest() {
        int to = position;
        while (to < lineEnd && bytes[to] != ',' && to - position < SHOWN_BYTES) {
            to++;
        }
        return text(position, to);
    }

    /// What is left of the line, for a message.
    String remainder() {
        return text(position, Math.min(lineEnd, position + SHOWN_BYTES));
    }

    MalformedTraceException malformed(String field, String problem) {
        return new MalformedTraceException(file, line, field, problem);
    }

    private void begin(int start) {
        line++;
        lineStart = start;
        position = start;
        lineEnd = start;
        while (lineEnd < end && bytes[lineEnd] != '\n') {
            lineEnd++;
        }
        if (lineEnd > start && bytes[lineEnd - 1] == '\r') {
            lineEnd--;
        }
    }

    private String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    private static boolean isPartOfNumber(int next) {
        return next == '.' || next == '-' || next == '+' || (next | 0x20) == 'e';
    }
}
