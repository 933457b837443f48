package dev.touchstone.llm.cpu;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// How a vocabulary spells text.
enum Spelling {
    /// GPT-2's: each byte of the text is a printable character, so that any text can be spelled.
    BYTES {
        @Override
        int[] encode(String text, Vocabulary vocabulary) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            var tokens = new int[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                tokens[i] = vocabulary.id(String.valueOf(ByteAlphabet.letter(bytes[i])));
                if (tokens[i] < 0) {
                    throw new IllegalStateException(
                            "the vocabulary has no token for byte %d".formatted(bytes[i] & 0xFF));
                }
            }
            return tokens;
        }

        @Override
        byte[] decode(String spelling) {
            return ByteAlphabet.bytes(spelling);
        }
    },

    /// SentencePiece's: characters as they are, a space as `▁`, what has no token as its bytes,
    /// each a token like `<0x0A>`.
    PIECES {
        @Override
        int[] encode(String text, Vocabulary vocabulary) {
            String spaced = text.replace(' ', SPACE);
            var tokens = new int[spaced.length() * 4];
            int count = 0;
            for (int at = 0; at < spaced.length(); ) {
                int letter = spaced.codePointAt(at);
                String piece = Character.toString(letter);
                at += piece.length();
                int token = vocabulary.id(piece);
                if (token >= 0) {
                    tokens[count++] = token;
                    continue;
                }
                for (byte b : piece.getBytes(StandardCharsets.UTF_8)) {
                    int fallback = vocabulary.id("<0x%02X>".formatted(b));
                    tokens[count++] =
                            fallback >= 0 ? fallback : Math.max(0, vocabulary.id("<unk>"));
                }
            }
            return Arrays.copyOf(tokens, count);
        }

        @Override
        byte[] decode(String spelling) {
            if (spelling.length() == 6 && spelling.startsWith("<0x") && spelling.endsWith(">")) {
                return new byte[] {(byte) Integer.parseInt(spelling, 3, 5, 16)};
            }
            return spelling.replace(SPACE, ' ').getBytes(StandardCharsets.UTF_8);
        }
    };

    static final char SPACE = '▁';

    /// The smallest tokens of a text, before any are merged.
    abstract int[] encode(String text, Vocabulary vocabulary);

    /// The bytes that a spelling stands for.
    abstract byte[] decode(String spelling);
}
