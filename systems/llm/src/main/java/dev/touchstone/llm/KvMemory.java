package dev.touchstone.llm;

import dev.touchstone.llm.SchedulerConfig.Memory;
import dev.touchstone.llm.SchedulerConfig.Reservation;

/// Gives sequences blocks of the pool and takes them back, in pieces of the size that the policy
/// asks for.
final class KvMemory {
    final KvBlockPool pool;
    private final int blockTokens;
    private int granuleBlocks = 1;
    private Reservation reservation = Reservation.NONE;

    /// Blocks that admission leaves free.
    int watermarkBlocks;

    /// Blocks that all who run may own once their answers are whole.
    double ceilingBlocks;

    KvMemory(KvBlockPool pool) {
        this.pool = pool;
        this.blockTokens = pool.layout().blockTokens();
    }

    void reconfigure(Memory memory) {
        granuleBlocks = pool.layout().blocksFor(memory.granuleTokens());
        reservation = memory.reservation();
        watermarkBlocks = (int) Math.ceil(memory.watermark() * pool.layout().blockCount());
        ceilingBlocks = memory.projectedCeiling() * pool.layout().blockCount();
    }

    /// Blocks that can be handed out.
    int mostBlocks() {
        return pool.layout().blockCount() - watermarkBlocks;
    }

    /// Tokens that a sequence gets memory for when it is admitted, of which it needs `now` at once.
    /// One that outgrew its piece before gets a piece for all it has: to be copied from piece to
    /// piece once more, it might be preempted in the same place again and again.
    int reserved(Sequence sequence, int now) {
        boolean lostItsPiece = contiguous() && sequence.preemptions > 0;
        return switch (reservation) {
            case NONE -> lostItsPiece ? sequence.length : now;
            case PROMPT -> sequence.length;
            case MAXIMUM -> sequence.request().maximumTokens();
        };
    }

    /// Blocks that admitting the request takes off the free list, equal prefixes aside.
    int blocksToAdmit(Sequence sequence) {
        int blocks = blocksFor(reserved(sequence, sequence.length));
        return Math.max(0, blocks - sequence.session.blocks.length);
    }

    /// Blocks that a sequence of so many tokens owns.
    int blocksFor(int tokens) {
        int blocks = pool.layout().blocksFor(tokens);
        return (blocks + granuleBlocks - 1) / granuleBlocks * granuleBlocks;
    }

    /// Blocks the request owns when its last token is out.
    int projection(Request request) {
        return blocksFor(request.maximumTokens());
    }

    /// Whether a sequence's memory is one piece. Such a piece cannot be extended where it lies: it
    /// is copied into a larger one, and for that moment both take up room.
    boolean contiguous() {
        return granuleBlocks > 1;
    }

    /// Gives the sequence blocks for so many tokens. False when there are too few; then it has what
    /// it had.
    boolean grow(Sequence sequence, int tokens) {
        if (tokens <= sequence.blockCount * blockTokens) {
            return true;
        }
        int blocks = blocksFor(tokens) - sequence.blockCount;
        boolean copied = contiguous() && sequence.blockCount > 0;
        if (pool.freeBlocks() < (copied ? blocks + sequence.blockCount : blocks)) {
            return false;
        }
        pool.allocate(blocks, sequence);
        return true;
    }

    /// Tokens for which the sequence has blocks or can have some without being copied and without
    /// taking them from anyone.
    long roomFor(Sequence sequence) {
        long blocks = contiguous() ? 0 : pool.freeBlocks();
        return (sequence.blockCount + blocks) * blockTokens;
    }

    /// Takes back all blocks, except the first so many, which someone else keeps from now on.
    void release(Sequence sequence, int firstBlock) {
        for (int i = sequence.blockCount - 1; i >= firstBlock; i--) {
            pool.release(sequence.blocks[i]);
        }
        sequence.blockCount = 0;
    }
}
