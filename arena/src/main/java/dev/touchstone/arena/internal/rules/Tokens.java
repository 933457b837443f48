package dev.touchstone.arena.internal.rules;

import dev.touchstone.arena.ContentException;
import java.util.Arrays;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The words and symbols of a rule, one after the other. Columns count from 1.
final class Tokens {
    private static final Pattern TOKEN =
            Pattern.compile("[A-Za-z0-9+.][A-Za-z0-9+._-]*|<=|>=|[()|:,<>]|\\S");
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9+.].*");

    private final String text;
    private final Function<String, ContentException> refusal;
    private final Matcher matcher;
    private String next = "";
    private int column;

    Tokens(String text, Function<String, ContentException> refusal) {
        this.text = text;
        this.refusal = refusal;
        this.matcher = TOKEN.matcher(text);
        advance();
    }

    /// The next word or symbol, which stays; empty at the end.
    String peek() {
        return next;
    }

    /// Where the next word or symbol starts.
    int column() {
        return column;
    }

    /// Takes a word.
    String word(String expected) {
        if (!WORD.matcher(next).matches()) {
            throw refused(column, expected, found(), "");
        }
        return take();
    }

    /// Takes one of the words given.
    String keyword(String... allowed) {
        if (!Arrays.asList(allowed).contains(next)) {
            throw refused(column, quoted(allowed), found(), "");
        }
        return take();
    }

    /// Takes one of the symbols given.
    String symbol(String... allowed) {
        return keyword(allowed);
    }

    /// Makes sure that nothing is left.
    void end() {
        if (!next.isEmpty()) {
            throw refused(column, "the end of the rule", found(), "");
        }
    }

    ContentException refused(int at, String expected, String found, String cure) {
        return refusal.apply(
                "'%s' is no rule: at column %d expected %s, found %s%s"
                        .formatted(text, at, expected, found, cure.isEmpty() ? "" : "; " + cure));
    }

    private String found() {
        return next.isEmpty() ? "the end" : "'" + next + "'";
    }

    private String take() {
        String taken = next;
        advance();
        return taken;
    }

    private void advance() {
        boolean more = matcher.find();
        next = more ? matcher.group() : "";
        column = (more ? matcher.start() : text.length()) + 1;
    }

    private static String quoted(String... words) {
        return Arrays.stream(words)
                .map(word -> "'" + word + "'")
                .collect(Collectors.joining(" or "));
    }
}
