package dev.touchstone.llm;

import java.util.Arrays;

/// One forward pass: which sequences take part, with how many tokens each. Reused from step to
/// step; valid until the next [Scheduler#plan].
///
/// A sequence takes part with [#tokens(int)] tokens, from position [Sequence#computed] on. In
/// prefill all of them are known. A sequence that decodes has one known token; any others, its
/// [#drafts(int)], are guesses that follow it.
///
/// What an executor says back, while it carries the step out:
///
/// - [#stop]: an answer ends here;
/// - [#accept]: so many of a sequence's drafts are what the model would have said; what it computed
///   for the others is forgotten;
/// - [#propose]: it has drafts for the sequence's next step.
///
/// With `accept(index, n)` the step yields `n + 1` tokens for that sequence: the accepted drafts
/// and the one the model says after them. The executor of a real model appends all of them, and
/// ends with the one that ends the answer if there is one among them.
public final class Step {
    private Sequence[] sequences = new Sequence[64];
    private int[] tokenCounts = new int[64];
    private int[] drafts = new int[64];
    private int[] accepted = new int[64];
    private int[] proposed = new int[64];
    private boolean[] stopped = new boolean[64];

    /// What a sequence had computed, and how many tokens it had, when the step was planned.
    private int[] starts = new int[64];

    private int[] transfers = new int[64];

    private int size;
    private int decodes;
    private int decodeTokens;
    private long decodeContext;
    private double draftPairs;
    private int prefillTokens;
    private long prefillContext;
    private double prefillPairs;
    private long transferredTokens;
    private boolean outOfMemory;

    Step() {}

    /// Sequences that take part.
    public int size() {
        return size;
    }

    public Sequence sequence(int index) {
        return sequences[index];
    }

    /// Tokens the sequence at `index` pushes through the model, drafts included.
    public int tokens(int index) {
        return tokenCounts[index];
    }

    /// How many of those are drafts; 0 without speculation and in prefill.
    public int drafts(int index) {
        return drafts[index];
    }

    /// Whether the step yields a token for the sequence at `index`: it has nothing left to compute
    /// then.
    public boolean yields(int index) {
        return starts[index] + tokenCounts[index] - drafts[index] == sequences[index].length();
    }

    /// Says, while the step is carried out, that the answer of the sequence at `index` ends with
    /// the last token that this step yields, before it is as long as its request allows.
    public void stop(int index) {
        stopped[index] = true;
    }

    /// Says, while the step is carried out, how many of the drafts of the sequence at `index` hold,
    /// counted from the first. None do unless this is called.
    ///
    /// @throws IllegalArgumentException when there are not so many
    public void accept(int index, int count) {
        if (count < 0 || count > drafts[index]) {
            throw new IllegalArgumentException(
                    "%d of %d drafts were accepted; pass a number from 0 to that"
                            .formatted(count, drafts[index]));
        }
        accepted[index] = count;
    }

    /// Says, while the step is carried out, that there are `count` drafts for what comes after the
    /// tokens that this step yields for the sequence at `index`. Its next step takes as many of
    /// them as the policy, the budget, free memory and the rest of the answer allow, the first ones
    /// first; what is not taken is forgotten.
    public void propose(int index, int count) {
        if (count < 0) {
            throw new IllegalArgumentException("count must be at least 0, got " + count);
        }
        proposed[index] = count;
    }

    /// Drafts of the sequence at `index` that hold, as far as the executor has said.
    public int accepted(int index) {
        return accepted[index];
    }

    int proposed(int index) {
        return proposed[index];
    }

    boolean stopped(int index) {
        return stopped[index];
    }

    int start(int index) {
        return starts[index];
    }

    /// Tokens pushed through the model, all sequences together.
    public int tokens() {
        return prefillTokens + decodeTokens;
    }

    /// Sequences among them that decode; the others are in prefill.
    public int decodes() {
        return decodes;
    }

    /// Tokens that decoding sequences push through: one each, and their drafts.
    public int decodeTokens() {
        return decodeTokens;
    }

    /// Tokens pushed through in prefill.
    public int prefillTokens() {
        return prefillTokens;
    }

    /// Cached tokens read, all sequences together.
    public long contextTokens() {
        return prefillContext + decodeContext;
    }

    /// Pairs of a token and one it attends to, itself included, all sequences together.
    public double attentionPairs() {
        return prefillPairs + decodeContext + decodes + draftPairs;
    }

    /// Tokens whose keys and values are brought from host memory into the pool before the model
    /// runs: what idle sessions left there. They are not among [#tokens].
    public long transferredTokens() {
        return transferredTokens;
    }

    /// How many of those belong to the sequence at `index`: its first ones.
    public int transferredTokens(int index) {
        return transfers[index];
    }

    /// A running sequence needed a block, none was free, and the engine may not preempt.
    public boolean outOfMemory() {
        return outOfMemory;
    }

    void clear() {
        // All at once is faster than one by one, as sequences are added.
        Arrays.fill(stopped, 0, size, false);
        Arrays.fill(accepted, 0, size, 0);
        Arrays.fill(proposed, 0, size, 0);
        Arrays.fill(transfers, 0, size, 0);
        size = 0;
        decodes = 0;
        decodeTokens = 0;
        decodeContext = 0;
        draftPairs = 0;
        prefillTokens = 0;
        prefillContext = 0;
        prefillPairs = 0;
        transferredTokens = 0;
        outOfMemory = false;
    }

    void failOutOfMemory() {
        outOfMemory = true;
    }

    /// The sequence added last has so many tokens in host memory.
    void transfer(int tokens) {
        transfers[size - 1] = tokens;
        transferredTokens += tokens;
    }

    void addDecode(Sequence sequence, int draftCount) {
        add(sequence, 1 + draftCount, draftCount);
        countDecode(sequence.computed, 1 + draftCount, 1);
    }

    void addPrefill(Sequence sequence, int count) {
        add(sequence, count, 0);
        countPrefill(sequence.computed, count, 1);
    }

    /// Takes a sequence out again, before its blocks are taken away. Returns its tokens; 0 when it
    /// takes no part.
    int remove(Sequence sequence) {
        for (int i = 0; i < size; i++) {
            if (sequences[i] == sequence) {
                int count = tokenCounts[i];
                if (sequence.decoding()) {
                    countDecode(starts[i], count, -1);
                } else {
                    countPrefill(starts[i], count, -1);
                }
                size--;
                int after = size - i;
                System.arraycopy(sequences, i + 1, sequences, i, after);
                System.arraycopy(tokenCounts, i + 1, tokenCounts, i, after);
                System.arraycopy(drafts, i + 1, drafts, i, after);
                System.arraycopy(starts, i + 1, starts, i, after);
                return count;
            }
        }
        return 0;
    }

    private void countDecode(int context, int count, int sign) {
        decodes += sign;
        decodeTokens += sign * count;
        decodeContext += (long) sign * context;
        if (count > 1) {
            draftPairs += sign * (pairs(context, count) - pairs(context, 1));
        }
    }

    private void countPrefill(int context, int count, int sign) {
        prefillTokens += sign * count;
        prefillContext += (long) sign * context;
        prefillPairs += sign * pairs(context, count);
    }

    /// Pairs that `count` tokens after `context` others make.
    private static double pairs(int context, int count) {
        return (double) count * context + 0.5 * count * (count + 1.0);
    }

    /// The same decodes without drafts, each with one more token in the cache.
    void repeatDecodes() {
        decodeContext += decodes;
    }

    private void add(Sequence sequence, int count, int draftCount) {
        if (size == sequences.length) {
            grow(2 * size);
        }
        sequences[size] = sequence;
        starts[size] = sequence.computed;
        drafts[size] = draftCount;
        tokenCounts[size++] = count;
    }

    private void grow(int capacity) {
        sequences = Arrays.copyOf(sequences, capacity);
        tokenCounts = Arrays.copyOf(tokenCounts, capacity);
        drafts = Arrays.copyOf(drafts, capacity);
        accepted = Arrays.copyOf(accepted, capacity);
        proposed = Arrays.copyOf(proposed, capacity);
        stopped = Arrays.copyOf(stopped, capacity);
        starts = Arrays.copyOf(starts, capacity);
        transfers = Arrays.copyOf(transfers, capacity);
    }
}
