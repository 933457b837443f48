package dev.touchstone.llm.fleet;

import dev.touchstone.llm.PrefixHashes;
import java.util.Arrays;

/// Which replica is likely to hold which prefix: remembered from what was sent there, never asked.
///
/// Every so many blocks of a prompt have one entry: their chained hash, the set of replicas that
/// were sent them, and when that was last. The least recently used entry makes room for a new one.
/// A replica is believed to have dropped what was last sent anywhere before it was itself sent as
/// many tokens as it has room for. Looking up and remembering allocate nothing.
final class PrefixIndex {
    private static final int NONE = -1;

    /// A replica's capacity is watched in so many steps.
    private static final int AGES = 16;

    /// What is kept of an entry, side by side because it is wanted together: its hash, when it was
    /// last used, its neighbours in order of use, and from then on its holders.
    private static final int HASH = 0;

    private static final int STAMP = 1;
    private static final int NEIGHBOURS = 2;
    private static final int HOLDERS = 3;

    private static final int HALF = Integer.SIZE;

    private final int strideBlocks;
    private final int strideTokens;
    private final int words;
    private final int fields;
    private final int capacity;

    /// The entry after the last one is both ends of the list in order of use.
    private final long[] entries;

    /// Entries by hash: open addressing, linear probing, 0 for an empty slot. Half of the mixed
    /// hash, which says where the entry belongs, and its number plus 1.
    private final long[] table;

    private final int mask;
    private int size;

    /// Tokens sent to anyone so far: the clock by which entries age.
    private long sentTokens;

    private final long[] capacities;
    private final long[] untilNextAge;
    private final long[] ages;
    private long newestHorizon;

    private final long[] alive;

    /// @param slots replicas at most
    PrefixIndex(int slots, int blockTokens, int strideBlocks, int entries) {
        this.strideBlocks = strideBlocks;
        this.strideTokens = strideBlocks * blockTokens;
        this.words = (slots + Long.SIZE - 1) / Long.SIZE;
        this.capacity = entries;
        fields = HOLDERS + words;
        this.entries = new long[fields * (entries + 1)];
        set(capacity, NEIGHBOURS, pair(capacity, capacity));
        table = new long[Integer.highestOneBit(entries + entries / 2) << 1];
        mask = table.length - 1;
        capacities = new long[slots];
        untilNextAge = new long[slots];
        ages = new long[slots * AGES];
        alive = new long[words];
    }

    private long get(int entry, int field) {
        return entries[fields * entry + field];
    }

    private void set(int entry, int field, long value) {
        entries[fields * entry + field] = value;
    }

    /// A replica without any contents takes this place.
    void reset(int slot, long capacityTokens) {
        capacities[slot] = Math.max(AGES, capacityTokens);
        untilNextAge[slot] = capacities[slot] / AGES;
        Arrays.fill(ages, slot * AGES, (slot + 1) * AGES, 0);
        long keep = ~(1L << slot);
        for (int entry = 0; entry < size; entry++) {
            entries[holders(entry, slot)] &= keep;
        }
    }

    private int holders(int entry, int slot) {
        return fields * entry + HOLDERS + slot / Long.SIZE;
    }

    /// Finds how many leading tokens of a prompt each replica is likely to hold.
    ///
    /// @param matched receives the tokens by slot
    /// @return the most that any holds
    int match(PrefixHashes prefix, int promptTokens, int[] matched) {
        Arrays.fill(matched, 0);
        Arrays.fill(alive, -1L);
        int tokens = 0;
        while (tokens + strideTokens <= promptTokens) {
            long hash = prefix.block((tokens / strideTokens + 1) * strideBlocks - 1);
            int entry = hash == PrefixHashes.NOT_SHARED ? NONE : find(hash);
            if (entry == NONE) {
                break;
            }
            if (!keepHolders(entry, tokens, matched)) {
                return tokens;
            }
            tokens += strideTokens;
        }
        settle(tokens, matched);
        return tokens;
    }

    /// Drops from `alive` who does not hold the entry; they hold `tokens`. False when none is left,
    /// or the search ends here for those who are.
    private boolean keepHolders(int entry, int tokens, int[] matched) {
        long stamp = get(entry, STAMP);
        boolean aged = stamp < newestHorizon;
        long any = 0;
        for (int word = 0; word < words; word++) {
            long holding = alive[word] & get(entry, HOLDERS + word);
            if (aged) {
                holding = withoutForgetful(holding, word, stamp);
            }
            for (long gone = alive[word] & ~holding; gone != 0 && tokens > 0; gone &= gone - 1) {
                int slot = word * Long.SIZE + Long.numberOfTrailingZeros(gone);
                if (slot < matched.length) {
                    matched[slot] = tokens;
                }
            }
            alive[word] = holding;
            any |= holding;
        }
        return any != 0;
    }

    private long withoutForgetful(long holding, int word, long stamp) {
        long kept = holding;
        for (long left = holding; left != 0; left &= left - 1) {
            int bit = Long.numberOfTrailingZeros(left);
            if (horizon(word * Long.SIZE + bit) > stamp) {
                kept &= ~(1L << bit);
            }
        }
        return kept;
    }

    private void settle(int tokens, int[] matched) {
        for (int word = 0; word < words; word++) {
            for (long left = alive[word]; left != 0; left &= left - 1) {
                int slot = word * Long.SIZE + Long.numberOfTrailingZeros(left);
                if (slot < matched.length) {
                    matched[slot] = tokens;
                }
            }
        }
    }

    /// Remembers that a replica was sent a prompt, of which it had to compute `newTokens`.
    void add(int slot, PrefixHashes prefix, int promptTokens, int newTokens) {
        age(slot, newTokens);
        // The end first, so that of one prompt the beginning is forgotten last.
        for (int stride = promptTokens / strideTokens; stride > 0; stride--) {
            long hash = prefix.block(stride * strideBlocks - 1);
            if (hash != PrefixHashes.NOT_SHARED) {
                int entry = touch(hash);
                entries[holders(entry, slot)] |= 1L << slot;
            }
        }
    }

    private void age(int slot, int tokens) {
        sentTokens += tokens;
        untilNextAge[slot] -= tokens;
        while (untilNextAge[slot] <= 0) {
            untilNextAge[slot] += capacities[slot] / AGES;
            int first = slot * AGES;
            System.arraycopy(ages, first + 1, ages, first, AGES - 1);
            ages[first + AGES - 1] = sentTokens;
            newestHorizon = Math.max(newestHorizon, ages[first]);
        }
    }

    /// Entries last touched before are not in this replica's cache any more.
    private long horizon(int slot) {
        return ages[slot * AGES];
    }

    private int touch(long hash) {
        int entry = find(hash);
        if (entry == NONE) {
            entry = size < capacity ? size++ : evict();
            int first = fields * entry;
            Arrays.fill(entries, first, first + fields, 0);
            entries[first + HASH] = hash;
            insert(entry, hash);
        } else {
            unlink(entry);
        }
        set(entry, STAMP, sentTokens);
        link(entry);
        return entry;
    }

    private int evict() {
        int entry = after(capacity);
        unlink(entry);
        int half = half(get(entry, HASH));
        long sought = entry(half, entry);
        int slot = half & mask;
        while (table[slot] != sought) {
            slot = (slot + 1) & mask;
        }
        closeGap(slot);
        return entry;
    }

    private int find(long hash) {
        int half = half(hash);
        int slot = half & mask;
        while (table[slot] != 0) {
            int entry = (int) table[slot] - 1;
            if ((int) (table[slot] >>> HALF) == half && get(entry, HASH) == hash) {
                return entry;
            }
            slot = (slot + 1) & mask;
        }
        return NONE;
    }

    private void insert(int entry, long hash) {
        int half = half(hash);
        int slot = half & mask;
        while (table[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        table[slot] = entry(half, entry);
    }

    /// Moves later entries of the probe chain forward, so that no search stops short (Knuth, "The
    /// Art of Computer Programming", volume 3, algorithm 6.4R).
    private void closeGap(int gap) {
        int hole = gap;
        int slot = gap;
        while (true) {
            slot = (slot + 1) & mask;
            long entry = table[slot];
            if (entry == 0) {
                table[hole] = 0;
                return;
            }
            int home = (int) (entry >>> HALF) & mask;
            if (((slot - home) & mask) >= ((slot - hole) & mask)) {
                table[hole] = entry;
                hole = slot;
            }
        }
    }

    private static int half(long hash) {
        return (int) ((hash * 0x9E37_79B9_7F4A_7C15L) >>> HALF);
    }

    private static long entry(int half, int entry) {
        return pair(half, entry + 1);
    }

    private static long pair(int high, int low) {
        return ((long) high << HALF) | low;
    }

    private int after(int entry) {
        return (int) get(entry, NEIGHBOURS);
    }

    private int before(int entry) {
        return (int) (get(entry, NEIGHBOURS) >>> HALF);
    }

    private void unlink(int entry) {
        int before = before(entry);
        int after = after(entry);
        join(before, after);
    }

    private void link(int entry) {
        int last = before(capacity);
        join(last, entry);
        join(entry, capacity);
    }

    private void join(int before, int after) {
        set(before, NEIGHBOURS, pair(before(before), after));
        set(after, NEIGHBOURS, pair(before, after(after)));
    }
}
