package dev.touchstone.arena.internal.practice.text;

import dev.touchstone.capacity.Quantity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds quantities in prose: `2,778 req/s`, `2.8k rps`, `~430 GB`, `$1.56M per year`, `50.4`.
///
/// A number that is part of a name is none (v12, p99, H100, top-10, 14:05). After a number, as many
/// words as make a unit belong to it.
public final class Quantities {
    private static final Pattern START =
            Pattern.compile(
                    "(?<![\\p{L}\\p{N}_.:/]|\\p{L}[-‑])(?:[~≈]\\s?)?(?:(?:US)?\\$|USD )?"
                            + "(?:\\d{1,3}(?:[,_]\\d{3})+(?!\\d)|\\d+)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?"
                            + "(?!\\d|:\\d|\\.\\d)");

    /// A piece of what may follow: a power of ten, a word, a number below a slash or in a sum. A
    /// times sign belongs to the number only without a blank: `5×`, but not `926 × 3`.
    private static final Pattern PIECE =
            Pattern.compile(
                    "[ \\t]*[x×*·][ \\t]*10[ \\t]*\\^?[ \\t]*[+-]?\\d+"
                            + "|×|[ \\t]*(?:[/·-][ \\t]*)?[\\p{L}µμ$%]+\\d*[\\p{L}\\d]*"
                            + "|(?:[ \\t]+|[ \\t]*/[ \\t]*)[\\d.,]*\\d");

    private static final Pattern PERCENT =
            Pattern.compile("(?i)\\G\\s?(?:pp\\b|percentage points?\\b|per cent\\b|percent\\b)");

    private static final Pattern FRACTION =
            Pattern.compile(
                    "(?<![\\p{L}\\p{N}.,/$])(?<part>\\d{1,6})\\s?/\\s?(?<whole>[1-9]\\d{0,5})"
                            + "(?![\\d/,.]\\d|\\d)");

    /// What stands before a number that is meant.
    private static final Pattern STATED =
            Pattern.compile(
                    "(?i)(?:[=≈~]|\\b(?:about|around|roughly|approximately|almost|nearly))\\s*$");

    /// Pieces that are looked at, and how many in a row may make no sense: `4 d 6` does not, `4 d 6
    /// h` does.
    private static final int MAX_PIECES = 8;

    private static final int MAX_MISSES = 2;

    private Quantities() {}

    /// All quantities, in order.
    public static List<Span> in(String text) {
        var found = new ArrayList<Span>();
        Matcher start = START.matcher(text);
        int at = 0;
        while (at <= text.length() && start.find(at)) {
            Span quantity = longest(text, start.start(), start.end());
            found.add(quantity);
            at = Math.max(quantity.to(), start.end());
        }
        return found;
    }

    /// The first place where the amount stands.
    public static Optional<Span> find(String text, Amount amount) {
        return all(text, amount).stream().findFirst();
    }

    /// All places where the amount stands, as a quantity or, for a share, as a fraction: `14/20`.
    public static List<Span> all(String text, Amount amount) {
        var places = new ArrayList<Span>();
        for (Span span : in(text)) {
            if (amount.isIn(span.of(text), isStated(text, span))) {
                places.add(span);
            }
        }
        Matcher fraction = FRACTION.matcher(text);
        while (fraction.find()) {
            double share =
                    Double.parseDouble(fraction.group("part"))
                            / Double.parseDouble(fraction.group("whole"));
            if (amount.isShare(share)) {
                places.add(new Span(fraction.start(), fraction.end()));
            }
        }
        places.sort(Comparator.comparingInt(Span::from));
        return places;
    }

    /// Whether a number is the result of a calculation or of an estimate: `= 6`, `about 6`.
    private static boolean isStated(String text, Span span) {
        return "~≈".indexOf(text.charAt(span.from())) >= 0
                || STATED.matcher(text.substring(Math.max(0, span.from() - 20), span.from()))
                        .find();
    }

    /// The number with as much of a unit as can be read.
    private static Span longest(String text, int from, int numberEnd) {
        Matcher percent = PERCENT.matcher(text);
        if (percent.find(numberEnd)) {
            return new Span(from, percent.end());
        }
        Matcher piece = PIECE.matcher(text);
        int best = numberEnd;
        int end = numberEnd;
        int misses = 0;
        for (int i = 0; i < MAX_PIECES && misses <= MAX_MISSES; i++) {
            if (!piece.region(end, text.length()).lookingAt()) {
                break;
            }
            end = piece.end();
            if (reads(text.substring(from, end))) {
                best = end;
                misses = 0;
            } else {
                misses++;
            }
        }
        return new Span(from, best);
    }

    private static boolean reads(String text) {
        try {
            Quantity.parse(text);
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
