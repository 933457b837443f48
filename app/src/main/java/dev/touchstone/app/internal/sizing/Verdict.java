package dev.touchstone.app.internal.sizing;

import dev.touchstone.capacity.Sheet;
import dev.touchstone.capacity.drill.Drill;
import dev.touchstone.capacity.drill.Grade;
import dev.touchstone.capacity.drill.Slip;
import java.util.List;
import java.util.Optional;

/// What is said about an answer to a drill. How the answer comes about is in it only once there is
/// nothing left to find out.
///
/// @param answered what was answered; empty when it was given up
/// @param message what to say, in a sentence or two
/// @param slips that would explain a wrong answer, the likeliest first
public record Verdict(
        Kind kind, String answered, String message, List<Slip> slips, Optional<Revealed> revealed) {
    /// Further away than this, the order of magnitude is wrong.
    private static final double MAGNITUDE = 10;

    private static final double EXACT = 5e-4;

    public Verdict {
        slips = List.copyOf(slips);
    }

    /// What an answer is.
    public enum Kind {
        RIGHT,
        WRONG,
        UNIT_MISSING,
        WRONG_MEASURE,
        UNREADABLE,
        GIVEN_UP
    }

    /// The right answer and how it comes about.
    ///
    /// @param answer for people: `429.5 GB (400 GiB)`
    public record Revealed(String answer, Sheet derivation) {
        private static Revealed of(Drill drill) {
            return new Revealed(drill.answerText(), drill.derivation().sheet());
        }
    }

    /// Judges an answer; the right one opens the derivation.
    public static Verdict of(Drill drill, String answer) {
        Verdict verdict = of(answer, drill.grade(answer));
        return verdict.right()
                ? new Verdict(
                        verdict.kind,
                        answer,
                        verdict.message,
                        verdict.slips,
                        Optional.of(Revealed.of(drill)))
                : verdict;
    }

    /// Says what an answer was worth, and nothing of how the right one comes about.
    public static Verdict of(String answer, Grade grade) {
        return switch (grade) {
            case Grade.Right(double deviation) ->
                    open(Kind.RIGHT, answer, right(deviation), List.of());
            case Grade.Wrong(List<Slip> slips, double factor) ->
                    open(Kind.WRONG, answer, wrong(slips, factor), slips);
            case Grade.UnitMissing(boolean fits, String reason) ->
                    open(Kind.UNIT_MISSING, answer, unitMissing(fits, reason), List.of());
            case Grade.WrongMeasure(String reason) ->
                    open(Kind.WRONG_MEASURE, answer, Lines.sentence(reason), List.of());
            case Grade.Unreadable(String reason) ->
                    open(Kind.UNREADABLE, answer, Lines.sentence(reason), List.of());
        };
    }

    /// Ends a drill that nobody wants to go on with.
    public static Verdict givenUp(Drill drill) {
        return new Verdict(
                Kind.GIVEN_UP,
                "",
                "Given up; this is how it comes about.",
                List.of(),
                Optional.of(Revealed.of(drill)));
    }

    public boolean right() {
        return kind == Kind.RIGHT;
    }

    private static Verdict open(Kind kind, String answered, String message, List<Slip> slips) {
        return new Verdict(kind, answered, message, slips, Optional.empty());
    }

    private static String right(double deviation) {
        return Math.abs(deviation) < EXACT
                ? "Right."
                : "Right, %.1f %% off.".formatted(Math.abs(deviation) * 100);
    }

    private static String wrong(List<Slip> slips, double factor) {
        return switch (slips.size()) {
            case 0 -> "Not right: " + distance(factor) + ".";
            case 1 -> "Not right, and it looks like this slip:";
            default -> "Not right, and it looks like one of these slips:";
        };
    }

    /// Says where to look without giving the answer away.
    private static String distance(double factor) {
        if (!(factor > 0)) {
            return "the answer is more than nothing";
        }
        String direction = factor > 1 ? "too much" : "too little";
        double times = Math.max(factor, 1 / factor);
        if (times < 2) {
            return direction + ", by less than a factor of two";
        }
        return times < MAGNITUDE
                ? direction + ", by less than a factor of ten"
                : direction + ", by more than a factor of ten";
    }

    private static String unitMissing(boolean fits, String reason) {
        return fits
                ? "The number is right in some unit: say in which. " + Lines.sentence(reason)
                : Lines.sentence(reason);
    }
}
