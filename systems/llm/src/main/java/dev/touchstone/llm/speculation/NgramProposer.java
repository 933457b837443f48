package dev.touchstone.llm.speculation;

/// Guesses that a text repeats itself: it looks for the last tokens earlier in the text and
/// proposes what followed there (Saxena, "Prompt lookup decoding", 2023). Costs no model; pays
/// where answers quote their prompt, as in code, summaries and retrieval.
///
/// The longest match decides, and among equally long ones the latest. Looking takes time in
/// proportion to the text, times a little for near matches; nothing is allocated.
///
/// @param fewest tokens that must match at least
/// @param most tokens beyond which a match is not made longer
public record NgramProposer(int fewest, int most) implements DraftProposer {
    /// Two to four tokens.
    public static final NgramProposer DEFAULT = new NgramProposer(2, 4);

    public NgramProposer {
        if (fewest < 1 || most < fewest) {
            throw new IllegalArgumentException(
                    "a match needs at least 1 token and at most no fewer than at least, got %d to %d"
                            .formatted(fewest, most));
        }
    }

    @Override
    public int propose(int[] tokens, int length, int[] drafts, int count) {
        int longest = fewest - 1;
        int follower = -1;
        for (int end = length - 1; end >= fewest && longest < most; end--) {
            int matched = matched(tokens, end, length);
            if (matched > longest) {
                longest = matched;
                follower = end;
            }
        }
        if (follower < 0) {
            return 0;
        }
        int found = Math.min(count, length - follower);
        System.arraycopy(tokens, follower, drafts, 0, found);
        return found;
    }

    /// How many tokens before `end` equal those at the end of the text.
    private int matched(int[] tokens, int end, int length) {
        int matched = 0;
        while (matched < most
                && matched < end
                && tokens[end - 1 - matched] == tokens[length - 1 - matched]) {
            matched++;
        }
        return matched;
    }
}
