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
    private static final long NOT_PUBLISHED = 0;

    private final KvCacheLayout layout;
    private final int[] uses;
    private final long[] hashes;

    /// The free list: doubly linked through these two, with `blockCount` as both ends.
    private final int[] next;

    private final int[] previous;
    private int free;

    /// Published blocks by hash: open addressing, linear probing, -1 for an empty slot.
    private final int[] published;

    private final int slotMask;

    public KvBlockPool(KvCacheLayout layout) {
        this.layout = layout;
        int count = layout.blockCount();
        uses = new int[count];
        hashes = new long[count];
        next = new int[count + 1];
        previous = new int[count + 1];
        int slots = Integer.highestOneBit(count) << 2;
        published = new int[slots];
        slotMask = slots - 1;
        clear();
    }

    /// Forgets all owners and contents.
    public void clear() {
        int count = layout.blockCount();
        Arrays.fill(uses, 0);
        Arrays.fill(hashes, NOT_PUBLISHED);
        Arrays.fill(published, -1);
        for (int i = 0; i <= count; i++) {
            next[i] = i == count ? 0 : i + 1;
            previous[i] = i == 0 ? count : i - 1;
        }
        free = count;
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
        return next[block];
    }

    /// Share of blocks in use, from 0 to 1.
    public double occupancy() {
        return 1 - (double) free / layout.blockCount();
    }

    /// How many sequences use a block.
    public int uses(int block) {
        return uses[block];
    }

    /// Takes a free block, forgetting what it held.
    ///
    /// @throws IllegalStateException when no block is free; ask [#freeBlocks] first
    public int allocate() {
        requireFree(1);
        int block = next[layout.blockCount()];
        unlink(block);
        take(block);
        return block;
    }

    /// Takes so many free blocks for a sequence: the same ones as one by one, with the free list
    /// mended once.
    void allocate(int count, Sequence owner) {
        requireFree(count);
        int ends = layout.blockCount();
        int block = next[ends];
        for (int i = 0; i < count; i++) {
            take(block);
            owner.addBlock(block);
            block = next[block];
        }
        next[ends] = block;
        previous[block] = ends;
        free -= count;
    }

    private void requireFree(int count) {
        if (count > free) {
            throw new IllegalStateException(
                    "%d of %d blocks are free, %d are needed; preempt a sequence before allocating"
                            .formatted(free, layout.blockCount(), count));
        }
    }

    private void take(int block) {
        unpublish(block);
        uses[block] = 1;
    }

    /// Adds a user to a block found by [#find].
    public void share(int block) {
        if (uses[block]++ == 0) {
            unlink(block);
        }
    }

    /// Takes a user off a block; with the last one it becomes free. Published contents go to the
    /// end of the free list, to be kept as long as possible; others are of no use to anyone.
    public void release(int block) {
        if (uses[block] < 1) {
            throw new IllegalStateException(
                    "block %d is not in use; release it once for each allocation or share"
                            .formatted(block));
        }
        if (--uses[block] == 0) {
            int ends = layout.blockCount();
            if (hashes[block] == NOT_PUBLISHED) {
                link(ends, block, next[ends]);
            } else {
                link(previous[ends], block, ends);
            }
        }
    }

    /// Makes a full block's contents findable. The first block published under a hash keeps it.
    public void publish(int block, long hash) {
        if (hash == NOT_PUBLISHED || hashes[block] != NOT_PUBLISHED) {
            return;
        }
        int slot = slotOf(hash);
        while (published[slot] >= 0) {
            if (hashes[published[slot]] == hash) {
                return;
            }
            slot = (slot + 1) & slotMask;
        }
        published[slot] = block;
        hashes[block] = hash;
    }

    /// The block published under a hash, in use or free; -1 for none.
    public int find(long hash) {
        if (hash == NOT_PUBLISHED) {
            return -1;
        }
        int slot = slotOf(hash);
        while (published[slot] >= 0) {
            if (hashes[published[slot]] == hash) {
                return published[slot];
            }
            slot = (slot + 1) & slotMask;
        }
        return -1;
    }

    private void unpublish(int block) {
        long hash = hashes[block];
        if (hash == NOT_PUBLISHED) {
            return;
        }
        int slot = slotOf(hash);
        while (published[slot] != block) {
            slot = (slot + 1) & slotMask;
        }
        hashes[block] = NOT_PUBLISHED;
        closeGap(slot);
    }

    /// Moves later entries of the probe chain forward, so that no search stops short (Knuth, "The
    /// Art of Computer Programming", volume 3, algorithm 6.4R).
    private void closeGap(int gap) {
        int hole = gap;
        int slot = gap;
        while (true) {
            slot = (slot + 1) & slotMask;
            int block = published[slot];
            if (block < 0) {
                published[hole] = -1;
                return;
            }
            int home = slotOf(hashes[block]);
            if (((slot - home) & slotMask) >= ((slot - hole) & slotMask)) {
                published[hole] = block;
                hole = slot;
            }
        }
    }

    private int slotOf(long hash) {
        long mixed = hash * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> 32) & slotMask;
    }

    private void unlink(int block) {
        next[previous[block]] = next[block];
        previous[next[block]] = previous[block];
        free--;
    }

    private void link(int before, int block, int after) {
        previous[block] = before;
        next[block] = after;
        next[before] = block;
        previous[after] = block;
        free++;
    }
}
