package dev.touchstone.llm;

import java.util.Arrays;

/// Many decode steps of an unchanged batch at once, exactly as one by one.
///
/// While nobody comes, finishes or reads a prompt and memory lasts, each step differs from the one
/// before in one thing: every sequence has one more token. Such steps need no planning; their
/// durations are asked of the executor one after the other, and blocks are taken in the order in
/// which planning would have taken them.
final class DecodeRun {
    private final Scheduler scheduler;
    private final KvBlockPool pool;
    private final int blockTokens;

    /// Sequences by the step in which they next need a block, in order of admission; then those of
    /// the step after.
    private Sequence[] growing = new Sequence[64];

    private final int[] firstGrowing;
    private int taken;

    DecodeRun(Scheduler scheduler, KvBlockPool pool) {
        this.scheduler = scheduler;
        this.pool = pool;
        this.blockTokens = pool.layout().blockTokens();
        this.firstGrowing = new int[blockTokens + 1];
    }

    /// Steps, the one under way included, that can be completed and followed by one like it, as far
    /// as the batch is concerned; memory may end the run earlier.
    int steps(Step step, long untilNanos) {
        int batch = scheduler.running();
        if (step.decodes() != batch
                || step.size() != batch
                || scheduler.waiting() > 0
                || scheduler.config().speculation().maxDrafts() > 0
                || scheduler.config().memory().sessionTtl().isPositive()
                || scheduler.config().memory().granuleTokens() > blockTokens) {
            return 0;
        }
        int steps = Integer.MAX_VALUE;
        for (int i = 0; i < batch && steps > 0; i++) {
            Sequence sequence = scheduler.running(i);
            int left = sequence.request().outputTokens() - sequence.generated() - 1;
            // The last token of a prompt may be read like a decode, but it yields the first answer.
            boolean first = sequence.generated() == 0;
            boolean mayEnd = step.stopped(i) || sequence.deadlineNanos() <= untilNanos;
            boolean published = sequence.request().prefix().coversAnswer();
            steps = first || mayEnd || published ? 0 : Math.min(steps, left);
        }
        return steps;
    }

    /// Prepares to take blocks for the steps that follow the one under way.
    void begin() {
        int batch = scheduler.running();
        if (growing.length < batch) {
            growing = new Sequence[2 * batch];
        }
        Arrays.fill(firstGrowing, 0);
        for (int i = 0; i < batch; i++) {
            firstGrowing[stepsToGrowth(scheduler.running(i)) + 1]++;
        }
        for (int r = 0; r < blockTokens; r++) {
            firstGrowing[r + 1] += firstGrowing[r];
        }
        for (int i = 0; i < batch; i++) {
            Sequence sequence = scheduler.running(i);
            growing[firstGrowing[stepsToGrowth(sequence)]++] = sequence;
        }
        System.arraycopy(firstGrowing, 0, firstGrowing, 1, blockTokens);
        firstGrowing[0] = 0;
        taken = 0;
    }

    /// How many steps after the next one it is that needs a new block.
    private int stepsToGrowth(Sequence sequence) {
        // The step under way writes the token at `computed`, the next one the token after it.
        return (blockTokens - (sequence.computed + 1) % blockTokens) % blockTokens;
    }

    /// Takes the blocks of the next step, all of them or, when they are too few, none.
    boolean grow() {
        int residue = taken % blockTokens;
        int end = firstGrowing[residue + 1];
        int needed = 0;
        for (int i = firstGrowing[residue]; i < end; i++) {
            needed += full(growing[i]) ? 1 : 0;
        }
        if (pool.freeBlocks() < needed) {
            return false;
        }
        for (int i = firstGrowing[residue]; i < end && needed > 0; i++) {
            if (full(growing[i])) {
                pool.allocate(1, growing[i]);
            }
        }
        taken++;
        return true;
    }

    /// Whether the next step needs a block that the sequence does not have; it may have been given
    /// more than it needed.
    private boolean full(Sequence sequence) {
        return sequence.computed + taken + 2 > sequence.blockCount * blockTokens;
    }

    /// Applies so many completed steps, the last of which ended at `endNanos`, and plans the one
    /// that is under way.
    void complete(Step step, int steps, long endNanos) {
        step.clear();
        for (int i = 0; i < scheduler.running(); i++) {
            Sequence sequence = scheduler.running(i);
            sequence.computed += steps;
            sequence.length += steps;
            sequence.lastTokenNanos = endNanos;
            step.addDecode(sequence, 0);
        }
        Arrays.fill(growing, null);
    }
}
