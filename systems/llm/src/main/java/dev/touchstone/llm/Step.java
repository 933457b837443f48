package dev.touchstone.llm;

import java.util.Arrays;

/// One forward pass: which sequences take part, with how many tokens each. Reused from step to
/// step; valid until the next [Scheduler#plan].
public final class Step {
    private Sequence[] sequences = new Sequence[64];
    private int[] tokenCounts = new int[64];
    private boolean[] stopped = new boolean[64];
    private int size;
    private int decodes;
    private long decodeContext;
    private int prefillTokens;
    private long prefillContext;
    private double prefillPairs;
    private boolean outOfMemory;

    Step() {}

    /// Sequences that take part.
    public int size() {
        return size;
    }

    public Sequence sequence(int index) {
        return sequences[index];
    }

    /// Tokens the sequence at `index` pushes through the model.
    public int tokens(int index) {
        return tokenCounts[index];
    }

    /// Says, while the step is carried out, that the answer of the sequence at `index` ends with
    /// the token that this step yields, before it is as long as its request allows.
    public void stop(int index) {
        stopped[index] = true;
    }

    boolean stopped(int index) {
        return stopped[index];
    }

    /// Tokens pushed through the model, all sequences together.
    public int tokens() {
        return prefillTokens + decodes;
    }

    /// Sequences among them that decode one token; the others are in prefill.
    public int decodes() {
        return decodes;
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
        return prefillPairs + decodeContext + decodes;
    }

    /// A running sequence needed a block, none was free, and the engine may not preempt.
    public boolean outOfMemory() {
        return outOfMemory;
    }

    void clear() {
        size = 0;
        decodes = 0;
        decodeContext = 0;
        prefillTokens = 0;
        prefillContext = 0;
        prefillPairs = 0;
        outOfMemory = false;
    }

    void failOutOfMemory() {
        outOfMemory = true;
    }

    void addDecode(Sequence sequence) {
        add(sequence, 1);
        decodes++;
        decodeContext += sequence.computed;
    }

    void addPrefill(Sequence sequence, int count) {
        add(sequence, count);
        prefillTokens += count;
        prefillContext += sequence.computed;
        prefillPairs += (double) count * sequence.computed + 0.5 * count * (count + 1.0);
    }

    /// The same decodes, each with one more token in the cache.
    void repeatDecodes() {
        decodeContext += decodes;
    }

    private void add(Sequence sequence, int count) {
        if (size == sequences.length) {
            sequences = Arrays.copyOf(sequences, 2 * size);
            tokenCounts = Arrays.copyOf(tokenCounts, 2 * size);
            stopped = Arrays.copyOf(stopped, 2 * size);
        }
        sequences[size] = sequence;
        stopped[size] = false;
        tokenCounts[size++] = count;
    }
}
