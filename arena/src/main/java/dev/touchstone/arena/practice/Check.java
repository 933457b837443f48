package dev.touchstone.arena.practice;

import java.util.Optional;

/// What an answer to a question with a known answer is worth.
///
/// @param section the form's section; empty for a card
/// @param given as typed
/// @param right the right answer
/// @param reason what is wrong, or why it is right, in a sentence
/// @param certainty how sure it was said to be: 1, 2 or 3
/// @param points by certainty: 1, 2 or 3 when right, 0, -2 or -6 when wrong, as in Moodle; an
///   answer without certainty counts as certainty 1, one that is missing as 0
public record Check(
        String section,
        Verdict verdict,
        String given,
        String right,
        String reason,
        Optional<Integer> certainty,
        int points) {
    /// How it was found.
    public enum Verdict {
        RIGHT,
        WRONG,
        /// No number, or no time, can be read in it.
        UNREADABLE,
        UNANSWERED
    }

    public boolean isRight() {
        return verdict == Verdict.RIGHT;
    }

    /// Moodle's certainty-based marks: being sure and wrong costs most.
    ///
    /// @param certainty 1, 2 or 3
    public static int points(boolean right, int certainty) {
        if (right) {
            return certainty;
        }
        return certainty == 1 ? 0 : certainty == 2 ? -2 : -6;
    }
}
