package dev.touchstone.arena.internal.practice.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Cuts prose into sentences. A line break ends one, too, for answers are full of lists; unless the
/// next line goes on in small letters.
public final class Sentences {
    private static final Pattern END = Pattern.compile("[.!?]+[)\"'”]?(?=\\s|$)|\\n(?!\\p{Ll})");

    /// A dot after these ends no sentence.
    private static final Pattern ABBREVIATED =
            Pattern.compile("(?i)(?:^|[\\s(])(?:e\\.g|i\\.e|vs|approx|ca|cf|etc|incl|resp|no)$");

    private Sentences() {}

    /// The sentences, in order, without the blanks around them.
    public static List<Span> of(String text) {
        var sentences = new ArrayList<Span>();
        int from = 0;
        Matcher end = END.matcher(text);
        while (end.find()) {
            if (end.group().startsWith(".")
                    && ABBREVIATED.matcher(text.substring(from, end.start())).find()) {
                continue;
            }
            add(sentences, text, from, end.end());
            from = end.end();
        }
        add(sentences, text, from, text.length());
        return sentences;
    }

    /// The sentence around a place; the whole text where there is none.
    public static Span around(String text, Span place) {
        return of(text).stream()
                .filter(sentence -> sentence.from() <= place.from() && place.from() < sentence.to())
                .findFirst()
                .orElse(new Span(0, text.length()));
    }

    private static void add(List<Span> sentences, String text, int from, int to) {
        int begin = from;
        int end = to;
        while (begin < end && Character.isWhitespace(text.charAt(begin))) {
            begin++;
        }
        while (end > begin && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        if (begin < end) {
            sentences.add(new Span(begin, end));
        }
    }
}
