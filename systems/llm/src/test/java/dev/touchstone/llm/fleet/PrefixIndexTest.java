package dev.touchstone.llm.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.llm.PrefixHashes;
import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.Seeds;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A prefix index")
class PrefixIndexTest {
    private static final int SLOTS = 70;
    private static final int BLOCK_TOKENS = 4;
    private static final int STRIDE_BLOCKS = 2;
    private static final int STRIDE = BLOCK_TOKENS * STRIDE_BLOCKS;
    private static final int ENTRIES = 40;

    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void knows_what_a_plain_map_of_sets_knows(long seed) {
        var random = new SplittableRandom(seed);
        var index = new PrefixIndex(SLOTS, BLOCK_TOKENS, STRIDE_BLOCKS, ENTRIES);
        var twin = new Twin();
        int replicas = random.nextInt(1, SLOTS + 1);
        for (int slot = 0; slot < replicas; slot++) {
            long capacity = random.nextInt(10, 3_000);
            index.reset(slot, capacity);
            twin.reset(slot, capacity);
        }
        int[] found = new int[SLOTS];
        for (int i = 0; i < 400; i++) {
            PrefixHashes prefix = prefix(random.nextInt(6), random.nextInt(4));
            int tokens = random.nextInt(1, 12 * STRIDE);
            int slot = random.nextInt(replicas);
            int most = index.match(prefix, tokens, found);
            int[] expected = twin.match(prefix, tokens);
            assertThat(found).isEqualTo(expected);
            assertThat(most).isEqualTo(Arrays.stream(expected).max().orElseThrow());
            switch (random.nextInt(20)) {
                case 0 -> {
                    long capacity = random.nextInt(10, 3_000);
                    index.reset(slot, capacity);
                    twin.reset(slot, capacity);
                }
                case 1, 2, 3 -> {
                    // Only looked at.
                }
                default -> {
                    int newTokens = Math.max(1, tokens - found[slot]);
                    index.add(slot, prefix, tokens, newTokens);
                    twin.add(slot, prefix, tokens, newTokens);
                }
            }
        }
    }

    /// Prompts of a family begin alike and part ways after a few strides; some share nothing.
    private static PrefixHashes prefix(int family, int member) {
        return block -> {
            int stride = block / STRIDE_BLOCKS;
            long from = stride < 3 * member ? family : 10 + 10 * family + member;
            return family == 5 && stride > 1
                    ? PrefixHashes.NOT_SHARED
                    : RandomStreams.mix(1_000 * from + block) | 1;
        };
    }

    /// The same by sets and maps.
    private static final class Twin {
        private static final class Entry {
            private final Set<Integer> holders = new HashSet<>();
            private long stamp;
        }

        /// The least recently used first.
        private final Map<Long, Entry> entries = new LinkedHashMap<>();

        private final long[] capacities = new long[SLOTS];
        private final long[] untilNextMark = new long[SLOTS];
        private final ArrayDeque<Long>[] marks = marks();
        private long sentTokens;

        @SuppressWarnings({"unchecked", "rawtypes"}) // arrays know no type parameters
        private static ArrayDeque<Long>[] marks() {
            return new ArrayDeque[SLOTS];
        }

        void reset(int slot, long capacity) {
            capacities[slot] = Math.max(16, capacity);
            untilNextMark[slot] = capacities[slot] / 16;
            marks[slot] = new ArrayDeque<>();
            entries.values().forEach(entry -> entry.holders.remove(slot));
        }

        /// What was last sent anywhere before the sixteenth mark from the end is forgotten.
        private long horizon(int slot) {
            return marks[slot].size() < 16 ? 0 : marks[slot].getFirst();
        }

        void add(int slot, PrefixHashes prefix, int promptTokens, int newTokens) {
            sentTokens += newTokens;
            untilNextMark[slot] -= newTokens;
            while (untilNextMark[slot] <= 0) {
                untilNextMark[slot] += capacities[slot] / 16;
                marks[slot].addLast(sentTokens);
                if (marks[slot].size() > 16) {
                    marks[slot].removeFirst();
                }
            }
            for (int stride = promptTokens / STRIDE; stride > 0; stride--) {
                long hash = prefix.block(stride * STRIDE_BLOCKS - 1);
                if (hash == PrefixHashes.NOT_SHARED) {
                    continue;
                }
                Entry entry = entries.remove(hash);
                if (entry == null) {
                    entry = new Entry();
                    if (entries.size() == ENTRIES) {
                        Iterator<Long> oldest = entries.keySet().iterator();
                        oldest.next();
                        oldest.remove();
                    }
                }
                entry.stamp = sentTokens;
                entry.holders.add(slot);
                entries.put(hash, entry);
            }
        }

        int[] match(PrefixHashes prefix, int promptTokens) {
            int[] matched = new int[SLOTS];
            for (int slot = 0; slot < SLOTS; slot++) {
                for (int stride = 1; stride * STRIDE <= promptTokens; stride++) {
                    Entry entry = entries.get(prefix.block(stride * STRIDE_BLOCKS - 1));
                    if (entry == null
                            || !entry.holders.contains(slot)
                            || entry.stamp < horizon(slot)) {
                        break;
                    }
                    matched[slot] = stride * STRIDE;
                }
            }
            return matched;
        }
    }
}
