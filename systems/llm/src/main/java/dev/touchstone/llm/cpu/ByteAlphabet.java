package dev.touchstone.llm.cpu;

import java.nio.charset.StandardCharsets;

/// GPT-2's 256 printable characters for the 256 bytes: a byte that prints in Latin-1 is itself, the
/// others follow from U+0100 on.
final class ByteAlphabet {
    private static final char[] LETTERS = new char[256];
    private static final int[] BYTES = new int[0x144];

    static {
        java.util.Arrays.fill(BYTES, -1);
        int others = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean prints = (b >= '!' && b <= '~') || (b >= 0xA1 && b != 0xAD);
            LETTERS[b] = (char) (prints ? b : others++);
            BYTES[LETTERS[b]] = b;
        }
    }

    private ByteAlphabet() {}

    static char letter(byte b) {
        return LETTERS[b & 0xFF];
    }

    /// The bytes of a spelling. One that is not in the alphabet is the text it stands for.
    static byte[] bytes(String spelling) {
        var bytes = new byte[spelling.length()];
        for (int i = 0; i < bytes.length; i++) {
            char letter = spelling.charAt(i);
            if (letter >= BYTES.length || BYTES[letter] < 0) {
                return spelling.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = (byte) BYTES[letter];
        }
        return bytes;
    }
}
