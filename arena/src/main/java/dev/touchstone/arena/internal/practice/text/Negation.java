package dev.touchstone.arena.internal.practice.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether a sentence denies what it mentions: "we would not restart" takes no restart.
///
/// A few plain rules, on the side of the writer: a word is denied when a no stands before it in its
/// clause, or a judgement such as "would be wrong" after it; and what is quoted is somebody else's.
final class Negation {
    private static final Pattern BEFORE =
            Pattern.compile(
                    "(?i)\\b(?:not|never|no|nobody|nothing|neither|nor|without|cannot|avoid(?:s|ing)?"
                            + "|against|instead of|rather than|refus(?:e|es|ing)|resist(?:s|ing)?"
                            + "|tempt(?:ed|ing|ation)|forbid(?:s|den)?|stop(?:s|ping)? (?:the|any|all)"
                            + "|pause[sd]?|block(?:s|ed|ing)?|postpone[sd]?"
                            + "|hold(?:s|ing)?|held|suspend(?:s|ed)?|exclude[sd]?)\\b|n['’]t\\b");

    private static final Pattern AFTER =
            Pattern.compile(
                    "(?i)\\b(?:wrong|contradict\\w*|untrue|misleading|tempting|myth|ruled out"
                            + "|(?:buys|does|mends|changes|fixes|gains|solves) nothing"
                            + "|would (?:cost|mean|need|waste|lose|double)|fatal|harmful|dangerous|mistakes?|pointless|useless|worse|forbidden"
                            + "|irrelevant|(?:not|n['’]t) (?:help|fix|change|solve|do|touch|work)\\w*"
                            + "|off the table|out of the question|last resort)\\b|n['’]t (?:help|fix|change"
                            + "|solve|work)");

    private static final Pattern QUOTED =
            Pattern.compile("(?<![\\p{L}\\p{N}])['\"‘“](?=\\S)[^'\"’”]+['\"’”](?!\\p{L})");

    private static final Pattern CLAUSE_END =
            Pattern.compile("(?i)[;:()—–]|,? \\b(?:but|then|so|because|therefore)\\b");

    private Negation() {}

    /// Whether the sentence denies what stands at this place.
    static boolean denies(String sentence, Span place) {
        if (isQuoted(sentence, place)) {
            return true;
        }
        int from = 0;
        int to = sentence.length();
        Matcher end = CLAUSE_END.matcher(sentence);
        while (end.find()) {
            if (end.end() <= place.from()) {
                from = end.end();
            } else if (end.start() >= place.to()) {
                to = end.start();
                break;
            }
        }
        return BEFORE.matcher(sentence.substring(from, place.from())).find()
                || AFTER.matcher(sentence.substring(place.to(), to)).find();
    }

    private static boolean isQuoted(String sentence, Span place) {
        Matcher quoted = QUOTED.matcher(sentence);
        while (quoted.find()) {
            if (new Span(quoted.start(), quoted.end()).contains(place)) {
                return true;
            }
        }
        return false;
    }
}
