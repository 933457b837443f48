package dev.touchstone.arena.internal.practice.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Words to look for: groups of alternatives, each group to be met by one of its words.
///
/// Case does not matter, a word may go on (`deploy` is found in `deployment`), and a blank in a
/// term stands for any blanks or hyphens.
public final class Terms {
    /// Sentences that may share what a fact takes: a thought seldom takes more.
    public static final int TOGETHER = 3;

    private final List<List<String>> groups;
    private final List<Pattern> patterns;

    /// @param groups of alternatives, none of them empty
    public Terms(List<List<String>> groups) {
        this.groups = groups.stream().map(List::copyOf).toList();
        this.patterns = groups.stream().map(Terms::pattern).toList();
    }

    /// One alternative of each group, for people: `deploy … feature`.
    public String text() {
        return String.join(" … ", groups.stream().map(List::getFirst).toList());
    }

    /// The group that no word of the text meets; empty when all are met.
    public Optional<List<String>> missing(String text) {
        for (int i = 0; i < groups.size(); i++) {
            if (!patterns.get(i).matcher(text).find()) {
                return Optional.of(groups.get(i));
            }
        }
        return Optional.empty();
    }

    /// Where all groups are met within a few sentences that follow one another, and as few as can
    /// be: of the first such few, the sentence that meets most. Empty when one is not met.
    public Optional<Span> find(String text) {
        for (int together = 1; together <= TOGETHER; together++) {
            Optional<Span> found = find(text, together);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /// As [#find(String)], within so many sentences.
    public Optional<Span> find(String text, int together) {
        if (missing(text).isPresent()) {
            return Optional.empty();
        }
        List<Span> sentences = Sentences.of(text);
        for (int first = 0; first < sentences.size(); first++) {
            List<Span> near =
                    sentences.subList(first, Math.min(first + together, sentences.size()));
            if (isMetBy(near, text)) {
                return Optional.of(best(text, near));
            }
        }
        return Optional.empty();
    }

    /// Whether all groups are met within a few sentences, one of which holds this place.
    public boolean isNear(String text, Span place) {
        List<Span> sentences = Sentences.of(text);
        for (int first = 0; first < sentences.size(); first++) {
            List<Span> near =
                    sentences.subList(first, Math.min(first + TOGETHER, sentences.size()));
            boolean around =
                    near.getFirst().from() <= place.from() && place.from() < near.getLast().to();
            if (around && isMetBy(near, text)) {
                return true;
            }
        }
        return false;
    }

    private boolean isMetBy(List<Span> sentences, String text) {
        return missing(text.substring(sentences.getFirst().from(), sentences.getLast().to()))
                .isEmpty();
    }

    private Span best(String text, List<Span> sentences) {
        Span best = sentences.getFirst();
        int most = 0;
        for (Span sentence : sentences) {
            int met = met(sentence.of(text));
            if (met > most) {
                most = met;
                best = sentence;
            }
        }
        return best;
    }

    /// A sentence that meets all groups, none of them denied.
    public Optional<Span> assertedIn(String text) {
        return Sentences.of(text).stream()
                .filter(sentence -> isAsserted(sentence.of(text)))
                .findFirst();
    }

    private int met(String text) {
        int met = 0;
        for (Pattern pattern : patterns) {
            met += pattern.matcher(text).find() ? 1 : 0;
        }
        return met;
    }

    private boolean isAsserted(String sentence) {
        return patterns.stream().allMatch(pattern -> asserts(sentence, pattern));
    }

    private static boolean asserts(String sentence, Pattern pattern) {
        Matcher hit = pattern.matcher(sentence);
        while (hit.find()) {
            if (!Negation.denies(sentence, new Span(hit.start(), hit.end()))) {
                return true;
            }
        }
        return false;
    }

    private static Pattern pattern(List<String> alternatives) {
        List<String> expressions = new ArrayList<>();
        for (String term : alternatives) {
            expressions.add(expression(term.strip().toLowerCase(Locale.ROOT)));
        }
        return Pattern.compile(
                String.join("|", expressions), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    private static String expression(String term) {
        var expression = new StringBuilder();
        if (Character.isLetterOrDigit(term.charAt(0))) {
            // 1 % is not in 0.1 %, nor 80 in 1,80.
            expression.append(
                    Character.isDigit(term.charAt(0))
                            ? "(?<![\\p{L}\\p{N}]|\\d[.,])"
                            : "(?<![\\p{L}\\p{N}])");
        }
        String[] words = term.split("[\\s\\-‐‑–]+");
        for (int i = 0; i < words.length; i++) {
            expression.append(i == 0 ? "" : gap(words[i - 1], words[i]));
            expression.append(Pattern.quote(words[i]));
        }
        if (Character.isDigit(term.charAt(term.length() - 1))) {
            expression.append("(?!\\d|[.,]\\d)");
        }
        return expression.toString();
    }

    /// Between a number and its unit the blank may be left out: `1 %`, `1%`.
    private static String gap(String before, String after) {
        boolean optional =
                Character.isDigit(before.charAt(before.length() - 1))
                        && !Character.isDigit(after.charAt(0));
        return optional ? "[\\s\\-‐‑–]*" : "[\\s\\-‐‑–]+";
    }
}
