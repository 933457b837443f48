package dev.touchstone.app.internal.sizing;

import java.util.List;

/// Text for terminals: lines that fit, and signs that every terminal has.
public final class Lines {
    private static final int WIDTH = 100;

    private Lines() {}

    /// The paragraph in lines that fit, the last with its line feed.
    public static String wrapped(String paragraph) {
        return wrapped("", "", paragraph);
    }

    /// The paragraph in lines that fit.
    ///
    /// @param first what the first line begins with
    /// @param following what all others begin with
    static String wrapped(String first, String following, String paragraph) {
        return wrapped(WIDTH, first, following, paragraph);
    }

    /// The paragraph in lines of at most `width` characters, but for a word that is longer.
    ///
    /// @param first what the first line begins with
    /// @param following what all others begin with
    public static String wrapped(int width, String first, String following, String paragraph) {
        var text = new StringBuilder();
        var line = new StringBuilder(first);
        boolean empty = true;
        for (String word : List.of(paragraph.split(" ", -1))) {
            if (!empty && line.length() + 1 + word.length() > width) {
                text.append(line.toString().stripTrailing()).append('\n');
                line = new StringBuilder(following);
                empty = true;
            }
            line.append(empty ? "" : " ").append(word);
            empty = false;
        }
        return text.append(line.toString().stripTrailing()).append('\n').toString();
    }

    /// The text as a sentence.
    public static String sentence(String text) {
        return capital(text) + (text.endsWith(".") ? "" : ".");
    }

    /// The text with a capital in front.
    public static String capital(String text) {
        return text.isEmpty() ? "" : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    /// The same text in ASCII, for terminals that have nothing else.
    public static String ascii(String text) {
        return text.replace("⌈", "ceil(")
                .replace("⌉", ")")
                .replace("⌊", "floor(")
                .replace("⌋", ")")
                .replace("×", "*")
                .replace("÷", "/")
                .replace("−", "-")
                .replace("≤", "<=")
                .replace("√", "sqrt ")
                .replace("±", "+-")
                .replace("µ", "u");
    }
}
