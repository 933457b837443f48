package dev.touchstone.llm.cpu;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Cuts a text into words, within which tokens are merged.
///
/// @param cuts applied one after the other: what matches is a word, and so is what lies between
/// @param normalised whether characters are composed first (Unicode's NFC)
record Splitter(List<Pattern> cuts, boolean normalised, Prefix prefix) {
    /// What is put in front of a text.
    enum Prefix {
        NOTHING,
        SPACE,
        /// Unless it begins with one.
        MISSING_SPACE
    }

    static final String GPT2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
    private static final String LLAMA3 =
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
                    + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String QWEN2 = LLAMA3.replace("{1,3}", "");
    private static final String TEKKEN =
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
                    + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+"
                    + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*"
                    + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    /// By the name that a GGUF file calls it; empty for an unknown one.
    static java.util.Optional<Splitter> named(String name) {
        return java.util.Optional.ofNullable(
                switch (name) {
                    case "gpt-2", "gpt2" -> of(GPT2);
                    case "llama-bpe", "llama3", "llama-v3" -> of(LLAMA3);
                    case "qwen2", "deepseek-r1-qwen" ->
                            new Splitter(List.of(compile(QWEN2)), true, Prefix.NOTHING);
                    case "tekken" -> of(TEKKEN);
                    case "smollm" -> of("\\p{N}", GPT2);
                    default -> null;
                });
    }

    static final String NAMES = "gpt-2, llama-bpe, qwen2, tekken, smollm";

    private static Splitter of(String... expressions) {
        return new Splitter(
                java.util.Arrays.stream(expressions).map(Splitter::compile).toList(),
                false,
                Prefix.NOTHING);
    }

    /// White space is what Unicode calls so, as in the tools that train tokenizers.
    static Pattern compile(String expression) {
        return Pattern.compile(expression, Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE);
    }

    List<String> split(String text) {
        String start = normalised ? Normalizer.normalize(text, Normalizer.Form.NFC) : text;
        if (start.isEmpty()) {
            return List.of();
        }
        boolean there = start.charAt(0) == ' ';
        if (prefix == Prefix.SPACE || (prefix == Prefix.MISSING_SPACE && !there)) {
            start = " " + start;
        }
        List<String> words = List.of(start);
        for (Pattern cut : cuts) {
            List<String> finer = new ArrayList<>();
            for (String word : words) {
                cut(word, cut, finer);
            }
            words = finer;
        }
        return words;
    }

    private static void cut(String word, Pattern cut, List<String> into) {
        Matcher matcher = cut.matcher(word);
        int from = 0;
        while (matcher.find()) {
            if (matcher.start() > from) {
                into.add(word.substring(from, matcher.start()));
            }
            if (matcher.end() > matcher.start()) {
                into.add(matcher.group());
            }
            from = matcher.end();
        }
        if (from < word.length()) {
            into.add(word.substring(from));
        }
    }
}
