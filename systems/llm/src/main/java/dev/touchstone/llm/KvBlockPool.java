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

    /// What is kept of a block, side by side because it is wanted together: how many use it, its
    /// place in the free list, and its slot among the published ones.
    private static final int USES = 0;

    private static final int PLACE = 1;
    private static final int SLOT = 2;
    private static final int FIELDS = 4;

    private static final int NOT_PUBLISHED = -1;
    private static final int TAKEN = -1;
    private static final int HALF = Integer.SIZE;

    private final KvCacheLayout layout;
    private final int[] blocks;
    private final long[] hashes;

    /// The free list, a ring from `head` up to `tail`; whoever was taken from its middle has left a
    /// gap. Blocks are handed out one place after the other, which memory is fastest at.
    private final int[] ring;

    private final int ringMask;
    private int head;
    private int tail;
    private int free;

    /// Published blocks by hash: open addressing, linear probing, 0 for an empty slot. An entry is
    /// half of its mixed hash, which says where it belongs, and the block's number plus 1.
    private final long[] published;

    private final int slotMask;

    public KvBlockPool(KvCacheLayout layout) {
        this.layout = layout;
        int count = layout.blockCount();
        blocks = new int[FIELDS * count];
        hashes = new long[count];
        ring = new int[Integer.highestOneBit(count) << 2];
        ringMask = ring.length - 1;
        int slots = Integer.highestOneBit(count) << 2;
        published = new long[slots];
        slotMask = slots - 1;
        clear();
    }

    /// Forgets all owners and contents.
    public void clear() {
        Arrays.fill(published, 0);
        head = 0;
        tail = 0;
        free = 0;
        for (int block = 0; block < layout.blockCount(); block++) {
            set(block, USES, 0);
            set(block, SLOT, NOT_PUBLISHED);
            addLast(block);
        }
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

    /// The free blocks, in the order in which they are handed out.
    int[] freeList() {
        int[] list = new int[free];
        int count = 0;
        for (int place = head; place != tail; place++) {
            if (ring[place & ringMask] != TAKEN) {
                list[count++] = ring[place & ringMask];
            }
        }
        return list;
    }

    /// Share of blocks in use, from 0 to 1.
    public double occupancy() {
        return 1 - (double) free / layout.blockCount();
    }

    /// How many sequences use a block.
    public int uses(int block) {
        return get(block, USES);
    }

    /// Takes a free block, forgetting what it held.
    ///
    /// @throws IllegalStateException when no block is free; ask [#freeBlocks] first
    public int allocate() {
        if (free == 0) {
            throw new IllegalStateException(
                    "0 of %d blocks are free; preempt a sequence before allocating"
                            .formatted(layout.blockCount()));
        }
        int block = TAKEN;
        while (block == TAKEN) {
            block = ring[head++ & ringMask];
        }
        free--;
        int slot = get(block, SLOT);
        if (slot != NOT_PUBLISHED) {
            set(block, SLOT, NOT_PUBLISHED);
            closeGap(slot);
        }
        set(block, USES, 1);
        return block;
    }

    /// Takes so many free blocks for a sequence.
    void allocate(int count, Sequence owner) {
        for (int i = 0; i < count; i++) {
            owner.addBlock(allocate());
        }
    }

    /// Adds a user to a block found by [#find].
    public void share(int block) {
        int uses = get(block, USES);
        if (uses == 0) {
            ring[get(block, PLACE)] = TAKEN;
            free--;
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
                addFirst(block);
            } else {
                addLast(block);
            }
        }
    }

    /// Makes a full block's contents findable. The first block published under a hash keeps it.
    public void publish(int block, long hash) {
        if (hash == NO_HASH || get(block, SLOT) != NOT_PUBLISHED) {
            return;
        }
        int slot = slotOf(hash);
        if (published[slot] == 0) {
            published[slot] = ((long) half(hash) << HALF) | (block + 1);
            set(block, SLOT, slot);
            hashes[block] = hash;
        }
    }

    /// The block published under a hash, in use or free; -1 for none.
    public int find(long hash) {
        // No block is published without a hash; an empty slot reads as block -1.
        return hash == NO_HASH ? -1 : blockAt(slotOf(hash));
    }

    /// The slot of a published hash, or the empty one where it would go.
    private int slotOf(long hash) {
        int half = half(hash);
        int slot = half & slotMask;
        while (published[slot] != 0
                && !((int) (published[slot] >>> HALF) == half && hashes[blockAt(slot)] == hash)) {
            slot = (slot + 1) & slotMask;
        }
        return slot;
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
        return (int) ((hash * 0x9E37_79B9_7F4A_7C15L) >>> HALF);
    }

    private void addFirst(int block) {
        makePlace();
        put(--head, block);
    }

    private void addLast(int block) {
        makePlace();
        put(tail++, block);
    }

    private void put(int place, int block) {
        ring[place & ringMask] = block;
        set(block, PLACE, place & ringMask);
        free++;
    }

    /// Closes the gaps of a full ring: half of it at least, for it has room for twice the blocks.
    private void makePlace() {
        if (tail - head < ring.length) {
            return;
        }
        int kept = head;
        for (int place = head; place != tail; place++) {
            int block = ring[place & ringMask];
            if (block != TAKEN) {
                ring[kept & ringMask] = block;
                set(block, PLACE, kept++ & ringMask);
            }
        }
        tail = kept;
    }
}
