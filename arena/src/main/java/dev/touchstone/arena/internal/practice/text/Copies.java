package dev.touchstone.arena.internal.practice.text;

import java.util.List;
import java.util.Locale;

/// Finds sentences that were only copied: whoever repeats the question has not answered it.
public final class Copies {
    /// Shorter sentences ("Roll back.") may come to the same by themselves.
    private static final int MIN_WORDS = 5;

    private final String given;

    /// @param given texts that were there before
    public Copies(List<String> given) {
        this.given = plain(String.join("\n", given));
    }

    /// The text with blanks in the place of copied sentences; every other character stays where it
    /// was.
    public String blanked(String text) {
        var kept = new StringBuilder(text);
        for (Span sentence : Sentences.of(text)) {
            String plain = plain(sentence.of(text));
            if (plain.split(" ").length >= MIN_WORDS && given.contains(plain)) {
                for (int i = sentence.from(); i < sentence.to(); i++) {
                    kept.setCharAt(i, ' ');
                }
            }
        }
        return kept.toString();
    }

    private static String plain(String text) {
        return text.replaceAll("[^\\p{L}\\p{N}%.,:]+", " ").strip().toLowerCase(Locale.ROOT);
    }
}
