package dev.touchstone.llm.speculation;

/// Guesses how a text goes on.
@FunctionalInterface
public interface DraftProposer {
    /// Writes at most `most` guesses for what follows the first `length` of `tokens` into the front
    /// of `drafts`, the nearest first. Returns how many there are; 0 when it has no idea.
    int propose(int[] tokens, int length, int[] drafts, int most);
}
