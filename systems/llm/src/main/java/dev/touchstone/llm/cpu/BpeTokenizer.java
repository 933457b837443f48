package dev.touchstone.llm.cpu;

import dev.touchstone.llm.text.Tokenizer;
import java.util.Arrays;
import java.util.Set;

/// Byte-pair encoding (Sennrich et al., "Neural machine translation of rare words with subword
/// units", 2016): a text is cut into words, a word into the smallest tokens, and neighbours are
/// merged in the order that was learnt.
final class BpeTokenizer implements Tokenizer {
    private final Vocabulary vocabulary;
    private final Spelling spelling;
    private final Splitter splitter;
    private final Merges merges;
    private final Set<Integer> ends;
    private final boolean wholeWords;
    private final byte[][] bytes;

    /// @param ends tokens that end an answer
    /// @param wholeWords whether a word that is a token is taken as it is, without merging
    BpeTokenizer(
            Vocabulary vocabulary,
            Spelling spelling,
            Splitter splitter,
            Merges merges,
            Set<Integer> ends,
            boolean wholeWords) {
        this.vocabulary = vocabulary;
        this.spelling = spelling;
        this.splitter = splitter;
        this.merges = merges;
        this.ends = Set.copyOf(ends);
        this.wholeWords = wholeWords;
        this.bytes = new byte[vocabulary.size()][];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = spell(i);
        }
    }

    private byte[] spell(int token) {
        String spelled = vocabulary.spellings().get(token);
        if (vocabulary.controls().get(token)) {
            return new byte[0];
        }
        return vocabulary.plain().get(token)
                ? spelled.getBytes(java.nio.charset.StandardCharsets.UTF_8)
                : spelling.decode(spelled);
    }

    /// Whether every token means the same to the other one.
    boolean spellsLike(BpeTokenizer other) {
        return vocabulary.spellings().equals(other.vocabulary.spellings());
    }

    Vocabulary tokens() {
        return vocabulary;
    }

    @Override
    public int vocabulary() {
        return vocabulary.size();
    }

    @Override
    public int[] encode(String text) {
        var tokens = new int[text.length() + 16];
        int count = 0;
        for (String word : splitter.split(text)) {
            int[] word1 = encodeWord(word);
            if (count + word1.length > tokens.length) {
                tokens = Arrays.copyOf(tokens, Math.max(2 * tokens.length, count + word1.length));
            }
            System.arraycopy(word1, 0, tokens, count, word1.length);
            count += word1.length;
        }
        return Arrays.copyOf(tokens, count);
    }

    private int[] encodeWord(String word) {
        if (wholeWords) {
            int whole = vocabulary.id(spelled(word));
            if (whole >= 0 && !vocabulary.controls().get(whole)) {
                return new int[] {whole};
            }
        }
        int[] tokens = spelling.encode(word, vocabulary);
        return Arrays.copyOf(tokens, merges.apply(tokens, tokens.length));
    }

    private static String spelled(String word) {
        byte[] bytes = word.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        var letters = new char[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            letters[i] = ByteAlphabet.letter(bytes[i]);
        }
        return new String(letters);
    }

    @Override
    public byte[] bytes(int token) {
        return token < bytes.length ? bytes[token].clone() : new byte[0];
    }

    @Override
    public boolean endsAnswer(int token) {
        return ends.contains(token);
    }
}
