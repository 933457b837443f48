package dev.touchstone.llm;

import java.util.Arrays;

/// Owns the blocks of a key/value cache: who has how many, which are free, and which still hold a
/// prefix that another request may share.
///
/// A block is counted once for each sequence that uses it. When the last one lets go, the block
/// becomes free but keeps its contents: if its hash was published it can be found and taken up
/// again until the free list hands it out for something else. Blocks that no one can find are
/// handed out first, then the least recently released; a sequence releases its blocks from the last
/// to the first, so a suffix is lost before the prefix it hangs on. This is the scheme of vLLM's
/// block pool (Kwon et al., "Efficient memory management for large language model serving with
/// PagedAttention", SOSP 2023, and its version 1 engine).
///
/// All operations take constant time per block and allocate nothing.
public final class KvBlockPool {
    private static final long NO_HASH = PrefixHashes.NOT_SHARED;

    /// What is kept of a block, side by side because it is wanted together: its neighbours in the
    /// free list, how many use it, and its slot among the published ones.
    private static final int NEXT = 0;

    private static final int PREVIOUS = 1;
    private static final int USES = 2;
    private static final int SLOT = 3;
    private static final int FIELDS = 4;

    private static final int NOT_PUBLISHED = -1;
    private static final int HALF = Integer.SIZE;

    private final KvCacheLayout layout;

    /// The free list's ends are those of a block that does not exist, the last one.
    private final int[] blocks;

    private final int ends;
    private int free;

    private final long[] hashes;

    /// Published blocks by hash: open addressing, linear probing, 0 for an empty slot. An entry is
    /// half of its mixed hash, which says where it belongs, and the block's number plus 1.
    private final long[] published;

    private final int slotMask;

    public KvBlockPool(KvCacheLayout layout) {
        this.layout = layout;
        ends = layout.blockCount();
        blocks = new int[FIELDS * (ends + 1)];
        hashes = new long[ends];
        int slots = Integer.highestOneBit(ends + ends / 2) << 1;
        published = new long[slots];
        slotMask = slots - 1;
        clear();
    }

    /// Forgets all owners and contents.
    public void clear() {
        Arrays.fill(published, 0);
        for (int block = 0; block <= ends; block++) {
            set(block, NEXT, block == ends ? 0 : block + 1);
            set(block, PREVIOUS, block == 0 ? ends : block - 1);
            set(block, USES, 0);
            set(block, SLOT, NOT_PUBLISHED);
        }
        free = ends;
    }

    private int get(int block, int field) {
        return blocks[FIELDS * block + field];
    }

    private void set(int block, int field, int value) {
        blocks[FIELDS * block + field] = value;
    }

    public KvCacheLayout layout() {
        return layout;
    }

    /// Blocks that no one uses, including those whose contents could still be shared.
    public int freeBlocks() {
        return free;
    }

    /// The free block that is handed out after this one; the first for `blockCount`, and
    /// `blockCount` after the last.
    int freeAfter(int block) {
        return get(block, NEXT);
    }

    /// Share of blocks in use, from 0 to 1.
    public double occupancy() {
        return 1 - (double) free / ends;
    }

    /// How many sequences use a block.
    public int uses(int block) {
        return get(block, USES);
    }

    /// Takes a free block, forgetting what it held.
    ///
    /// @throws IllegalStateException when no block is free; ask [#freeBlocks] first
    public int allocate() {
        requireFree(1);
        int block = get(ends, NEXT);
        unlink(block);
        take(block);
        return block;
    }

    /// Takes so many free blocks for a sequence: the same ones as one by one, with the free list
    /// mended once.
    void allocate(int count, Sequence owner) {
        requireFree(count);
        int block = get(ends, NEXT);
        for (int i = 0; i < count; i++) {
            take(block);
            owner.addBlock(block);
            block = get(block, NEXT);
        }
        set(ends, NEXT, block);
        set(block, PREVIOUS, ends);
        free -= count;
    }

    private void requireFree(int count) {
        if (count > free) {
            throw new IllegalStateException(
                    "%d of %d blocks are free, %d are needed; preempt a sequence before allocating"
                            .formatted(free, ends, count));
        }
    }

    private void take(int block) {
        int slot = get(block, SLOT);
        if (slot != NOT_PUBLISHED) {
            set(block, SLOT, NOT_PUBLISHED);
            closeGap(slot);
        }
        set(block, USES, 1);
    }

    /// Adds a user to a block found by [#find].
    public void share(int block) {
        int uses = get(block, USES);
        if (uses == 0) {
            unlink(block);
        }
        set(block, USES, uses + 1);
    }

    /// Takes a user off a block; with the last one it becomes free. Published contents go to the
    /// end of the free list, to be kept as long as possible; others are of no use to anyone.
    public void release(int block) {
        int uses = get(block, USES);
        if (uses < 1) {
            throw new IllegalStateException(
                    "block %d is not in use; release it once for each allocation or share"
                            .formatted(block));
        }
        set(block, USES, uses - 1);
        if (uses == 1) {
            if (get(block, SLOT) == NOT_PUBLISHED) {
                link(ends, block, get(ends, NEXT));
            } else {
                link(get(ends, PREVIOUS), block, ends);
            }
        }
    }

    /// Makes a full block's contents findable. The first block published under a hash keeps it.
    public void publish(int block, long hash) {
        if (hash == NO_HASH || get(block, SLOT) != NOT_PUBLISHED) {
            return;
        }
        int half = half(hash);
        int slot = half & slotMask;
        while (published[slot] != 0) {
            if (holds(slot, half, hash)) {
                return;
            }
            slot = (slot + 1) & slotMask;
        }
        published[slot] = (long) half << HALF | (block + 1);
        set(block, SLOT, slot);
        hashes[block] = hash;
    }

    /// The block published under a hash, in use or free; -1 for none.
    public int find(long hash) {
        if (hash == NO_HASH) {
            return -1;
        }
        int half = half(hash);
        int slot = half & slotMask;
        while (published[slot] != 0) {
            if (holds(slot, half, hash)) {
                return blockAt(slot);
            }
            slot = (slot + 1) & slotMask;
        }
        return -1;
    }

    private boolean holds(int slot, int half, long hash) {
        return (int) (published[slot] >>> HALF) == half && hashes[blockAt(slot)] == hash;
    }

    private int blockAt(int slot) {
        return (int) published[slot] - 1;
    }

    /// Moves later entries of the probe chain forward, so that no search stops short (Knuth, "The
    /// Art of Computer Programming", volume 3, algorithm 6.4R).
    private void closeGap(int gap) {
        int hole = gap;
        int slot = gap;
        while (true) {
            slot = (slot + 1) & slotMask;
            long entry = published[slot];
            if (entry == 0) {
                published[hole] = 0;
                return;
            }
            int home = (int) (entry >>> HALF) & slotMask;
            if (((slot - home) & slotMask) >= ((slot - hole) & slotMask)) {
                published[hole] = entry;
                set(blockAt(hole), SLOT, hole);
                hole = slot;
            }
        }
    }

    private static int half(long hash) {
        return (int) (hash * 0x9E37_79B9_7F4A_7C15L >>> HALF);
    }

    private void unlink(int block) {
        int before = get(block, PREVIOUS);
        int after = get(block, NEXT);
        set(before, NEXT, after);
        set(after, PREVIOUS, before);
        free--;
    }

    private void link(int before, int block, int after) {
        set(block, PREVIOUS, before);
        set(block, NEXT, after);
        set(before, NEXT, block);
        set(after, PREVIOUS, block);
        free++;
    }
}
