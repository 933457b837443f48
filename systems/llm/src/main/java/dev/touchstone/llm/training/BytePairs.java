package dev.touchstone.llm.training;

import dev.touchstone.llm.text.ChatMessage;
import dev.touchstone.llm.text.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Byte-pair tokens: each byte is one, and so are the pairs that a text repeats most.
///
/// Text is first cut into words by the pattern of Qwen 2 (each digit alone), pairs are merged
/// within a word, the earliest learned first. Behind the merged tokens come the control tokens of
/// ChatML.
public final class BytePairs implements Tokenizer {
    static final String BEGIN_MESSAGE = "<|im_start|>";
    static final String END_MESSAGE = "<|im_end|>";
    static final String END_TEXT = "<|endoftext|>";
    static final List<String> CONTROLS = List.of(END_TEXT, BEGIN_MESSAGE, END_MESSAGE);

    private static final int BYTES = 256;

    private static final Pattern WORDS =
            Pattern.compile(
                    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
                            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
                    Pattern.UNICODE_CHARACTER_CLASS);

    /// Two tokens that become one.
    record Pair(int left, int right) {}

    private final List<Pair> merges;
    private final List<byte[]> bytes = new ArrayList<>();
    private final Map<Pair, Integer> ranks = new HashMap<>();
    private final Map<String, int[]> known = new HashMap<>();

    /// @param merges earliest learned first; each names only bytes and earlier merges
    BytePairs(List<Pair> merges) {
        this.merges = List.copyOf(merges);
        for (int i = 0; i < BYTES; i++) {
            bytes.add(new byte[] {(byte) i});
        }
        for (Pair pair : merges) {
            ranks.put(pair, ranks.size());
            byte[] left = bytes.get(pair.left);
            byte[] right = bytes.get(pair.right);
            byte[] both = Arrays.copyOf(left, left.length + right.length);
            System.arraycopy(right, 0, both, left.length, right.length);
            bytes.add(both);
        }
    }

    /// Learns the pairs that a text repeats most.
    ///
    /// @param vocabulary tokens there shall be, bytes and control tokens included
    static BytePairs learn(String text, int vocabulary) {
        var counts = new TreeMap<String, Integer>();
        for (Matcher words = WORDS.matcher(text); words.find(); ) {
            counts.merge(words.group(), 1, Integer::sum);
        }
        List<int[]> words = new ArrayList<>();
        List<Integer> times = new ArrayList<>();
        counts.forEach((word, count) -> {
            words.add(singleBytes(word));
            times.add(count);
        });
        int wanted = vocabulary - BYTES - CONTROLS.size();
        var merges = new ArrayList<Pair>();
        while (merges.size() < wanted) {
            Pair best = mostFrequent(words, times);
            int token = BYTES + merges.size();
            merges.add(best);
            words.replaceAll(word -> merge(word, best, token));
        }
        return new BytePairs(merges);
    }

    private static Pair mostFrequent(List<int[]> words, List<Integer> times) {
        var counts = new HashMap<Pair, Integer>();
        for (int w = 0; w < words.size(); w++) {
            int[] word = words.get(w);
            for (int i = 0; i + 1 < word.length; i++) {
                counts.merge(new Pair(word[i], word[i + 1]), times.get(w), Integer::sum);
            }
        }
        // Of equally frequent pairs the one with the lowest tokens: no order of a hash map shows.
        return counts.entrySet().stream()
                .max(
                        Map.Entry.<Pair, Integer>comparingByValue()
                                .thenComparingInt(entry -> -entry.getKey().left)
                                .thenComparingInt(entry -> -entry.getKey().right))
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "the text is too short for so many tokens; ask for fewer"))
                .getKey();
    }

    private static int[] singleBytes(String word) {
        byte[] raw = word.getBytes(StandardCharsets.UTF_8);
        int[] tokens = new int[raw.length];
        for (int i = 0; i < raw.length; i++) {
            tokens[i] = Byte.toUnsignedInt(raw[i]);
        }
        return tokens;
    }

    private static int[] merge(int[] word, Pair pair, int token) {
        int[] merged = new int[word.length];
        int n = 0;
        for (int i = 0; i < word.length; i++) {
            if (i + 1 < word.length && word[i] == pair.left && word[i + 1] == pair.right) {
                merged[n++] = token;
                i++;
            } else {
                merged[n++] = word[i];
            }
        }
        return n == word.length ? word : Arrays.copyOf(merged, n);
    }

    @Override
    public int vocabulary() {
        return bytes.size() + CONTROLS.size();
    }

    @Override
    public int[] encode(String text) {
        var tokens = new ArrayList<Integer>();
        for (Matcher words = WORDS.matcher(text); words.find(); ) {
            for (int token : known.computeIfAbsent(words.group(), this::encodeWord)) {
                tokens.add(token);
            }
        }
        return tokens.stream().mapToInt(Integer::intValue).toArray();
    }

    private int[] encodeWord(String text) {
        int[] word = singleBytes(text);
        while (true) {
            int earliest = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < word.length; i++) {
                int rank = ranks.getOrDefault(new Pair(word[i], word[i + 1]), Integer.MAX_VALUE);
                earliest = Math.min(earliest, rank);
            }
            if (earliest == Integer.MAX_VALUE) {
                return word;
            }
            word = merge(word, merges.get(earliest), BYTES + earliest);
        }
    }

    @Override
    public byte[] bytes(int token) {
        return token < bytes.size() ? bytes.get(token).clone() : new byte[0];
    }

    @Override
    public boolean endsAnswer(int token) {
        return token == control(END_MESSAGE) || token == control(END_TEXT);
    }

    int control(String name) {
        return bytes.size() + CONTROLS.indexOf(name);
    }

    List<Pair> merges() {
        return merges;
    }

    /// A conversation in ChatML, up to where the answer begins.
    int[] prompt(List<ChatMessage> messages) {
        var tokens = new TokenList();
        for (ChatMessage message : messages) {
            message(tokens, message);
        }
        tokens.add(control(BEGIN_MESSAGE));
        tokens.add(encode("assistant\n"));
        return tokens.toArray();
    }

    /// Adds one whole message.
    void message(TokenList tokens, ChatMessage message) {
        tokens.add(control(BEGIN_MESSAGE));
        tokens.add(encode(message.role() + "\n" + message.content()));
        tokens.add(control(END_MESSAGE));
        tokens.add(encode("\n"));
    }

    String decode(int[] tokens) {
        var text = new ByteArrayOutputStream();
        for (int token : tokens) {
            text.writeBytes(bytes(token));
        }
        return text.toString(StandardCharsets.UTF_8);
    }
}
