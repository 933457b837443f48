package dev.touchstone.llm.text;

import dev.touchstone.llm.speculation.DraftProposer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// The tokens behind one request: its prompt and, as it comes, the answer.
///
/// Belongs to the thread that drives the engine.
public final class Generation {
    /// A drawn token and how likely it was.
    ///
    /// @param logprob natural logarithm of its probability
    /// @param top the likeliest tokens, likeliest first, as many as the sampling asks for
    public record Drawn(int token, float logprob, List<Likely> top) {
        public Drawn {
            top = List.copyOf(top);
        }
    }

    /// A token that could have been drawn.
    public record Likely(int token, float logprob) {}

    private final int promptTokens;
    private final Sampling sampling;
    private final List<Drawn> drawn = new ArrayList<>();
    private int[] tokens;
    private int length;
    private int[] drafts = {};
    private int draftCount;

    public Generation(int[] prompt, Sampling sampling) {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("a prompt needs at least 1 token");
        }
        this.promptTokens = prompt.length;
        this.sampling = sampling;
        this.tokens = Arrays.copyOf(prompt, prompt.length + 64);
        this.length = prompt.length;
    }

    public int promptTokens() {
        return promptTokens;
    }

    public Sampling sampling() {
        return sampling;
    }

    /// Tokens so far, prompt and answer.
    public int length() {
        return length;
    }

    /// The token at this position, counted from the prompt's start.
    public int token(int position) {
        if (position >= length) {
            throw new IndexOutOfBoundsException("token %d of %d".formatted(position, length));
        }
        return tokens[position];
    }

    /// Adds a token to the answer.
    public void append(int token) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * length);
        }
        tokens[length++] = token;
    }

    /// Lets someone guess at most `most` tokens that come next. They are no part of the text; the
    /// executor checks them in the next step, and they are forgotten with the next guess. Returns
    /// how many there are.
    public int draft(DraftProposer proposer, int most) {
        if (drafts.length < most) {
            drafts = new int[most];
        }
        draftCount = proposer.propose(tokens, length, drafts, most);
        return draftCount;
    }

    /// The guess with this index for what follows the text.
    public int draft(int index) {
        return drafts[Objects.checkIndex(index, draftCount)];
    }

    /// Adds a token to the answer and what is to be reported about it.
    public void append(Drawn token) {
        append(token.token());
        drawn.add(token);
    }

    /// What was reported about the drawn token with this index, counted from the answer's start.
    public Drawn drawn(int index) {
        return drawn.get(index);
    }

    /// What was reported about the drawn tokens, in their order; empty unless the sampling asks.
    public List<Drawn> drawn() {
        return List.copyOf(drawn);
    }
}
