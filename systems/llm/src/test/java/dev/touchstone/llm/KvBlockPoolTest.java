package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.touchstone.testkit.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A pool of four blocks")
class KvBlockPoolTest {
    private static final long RED = 0xCAFEL;
    private static final long BLUE = 0xBEEFL;

    private final KvBlockPool pool = new KvBlockPool(new KvCacheLayout(16, 4));

    @Test
    void hands_out_each_block_once() {
        assertThat(allocate(4)).containsExactly(0, 1, 2, 3);
        assertThat(pool.freeBlocks()).isZero();
        assertThat(pool.occupancy()).isEqualTo(1);
    }

    @Test
    void has_no_fifth_block() {
        allocate(4);

        assertThatIllegalStateException()
                .isThrownBy(pool::allocate)
                .withMessage("0 of 4 blocks are free; preempt a sequence before allocating");
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void hands_out_many_blocks_as_it_would_one_by_one(long seed) {
        var random = new SplittableRandom(seed);
        var single = new KvBlockPool(new KvCacheLayout(16, 60));
        var many = new KvBlockPool(new KvCacheLayout(16, 60));
        List<Sequence> owners = new ArrayList<>();
        for (int round = 1; round <= 50; round++) {
            if (random.nextBoolean() || owners.isEmpty()) {
                Sequence owner =
                        new Sequence(Request.of(round, 1, 1), SessionCache.Session.NONE, 0);
                int count = random.nextInt(1 + many.freeBlocks());
                many.allocate(count, owner);
                for (int i = 0; i < count; i++) {
                    assertThat(single.allocate()).isEqualTo(owner.blocks[i]);
                }
                owners.add(owner);
            } else {
                Sequence owner = owners.remove(random.nextInt(owners.size()));
                for (int i = owner.blockCount - 1; i >= 0; i--) {
                    if (random.nextInt(3) == 0) {
                        many.publish(owner.blocks[i], 100L * round + i);
                        single.publish(owner.blocks[i], 100L * round + i);
                    }
                    many.release(owner.blocks[i]);
                    single.release(owner.blocks[i]);
                }
            }
            assertThat(many.freeBlocks()).isEqualTo(single.freeBlocks());
        }
    }

    @Test
    void takes_a_block_back_once_for_each_use() {
        int block = pool.allocate();
        pool.share(block);
        pool.release(block);
        assertThat(pool.uses(block)).isEqualTo(1);
        assertThat(pool.freeBlocks()).isEqualTo(3);

        pool.release(block);
        assertThat(pool.freeBlocks()).isEqualTo(4);
        assertThatIllegalStateException()
                .isThrownBy(() -> pool.release(block))
                .withMessage("block 0 is not in use; release it once for each allocation or share");
    }

    @Test
    void finds_what_was_published_until_the_block_is_handed_out_again() {
        int block = pool.allocate();
        pool.publish(block, RED);
        pool.release(block);
        assertThat(pool.find(RED)).isEqualTo(block);
        assertThat(pool.find(BLUE)).isEqualTo(-1);

        assertThat(allocate(4)).endsWith(block);
        assertThat(pool.find(RED)).isEqualTo(-1);
    }

    @Test
    void brings_a_found_block_back_into_use() {
        int block = pool.allocate();
        pool.publish(block, RED);
        pool.release(block);

        pool.share(pool.find(RED));

        assertThat(pool.uses(block)).isEqualTo(1);
        assertThat(allocate(3)).doesNotContain(block);
        assertThat(pool.freeBlocks()).isZero();
    }

    @Test
    void keeps_the_first_block_published_under_a_hash() {
        int first = pool.allocate();
        int second = pool.allocate();
        pool.publish(first, RED);
        pool.publish(second, RED);
        assertThat(pool.find(RED)).isEqualTo(first);

        pool.publish(first, BLUE);
        assertThat(pool.find(BLUE)).isEqualTo(-1);
    }

    @Test
    void does_not_publish_what_is_not_to_be_shared() {
        pool.publish(pool.allocate(), PrefixHashes.NOT_SHARED);

        assertThat(pool.find(PrefixHashes.NOT_SHARED)).isEqualTo(-1);
    }

    @Test
    void hands_out_what_no_one_can_find_first_and_then_what_was_released_longest_ago() {
        allocate(4);
        pool.publish(0, RED);
        pool.publish(1, BLUE);
        pool.release(1);
        pool.release(0);
        pool.release(3);
        pool.release(2);

        assertThat(allocate(4)).containsExactly(2, 3, 1, 0);
    }

    @Test
    void forgets_owners_and_contents_when_it_is_cleared() {
        allocate(4);
        pool.publish(0, RED);
        pool.clear();

        assertThat(pool.freeBlocks()).isEqualTo(4);
        assertThat(pool.occupancy()).isZero();
        assertThat(pool.find(RED)).isEqualTo(-1);
        assertThat(allocate(4)).containsExactly(0, 1, 2, 3);
    }

    /// A whole prefix cache in one block: what was cached goes with the next allocation.
    @Test
    void forgets_the_only_block_it_has_as_soon_as_it_is_used_again() {
        var tiny = new KvBlockPool(new KvCacheLayout(16, 1));
        int block = tiny.allocate();
        tiny.publish(block, RED);
        tiny.release(block);

        assertThat(tiny.allocate()).isEqualTo(block);
        assertThat(tiny.find(RED)).isEqualTo(-1);
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(300)
    void does_what_lists_and_maps_do(long seed) {
        var random = new SplittableRandom(seed);
        int blocks = random.nextInt(1, 40);
        var pool = new KvBlockPool(new KvCacheLayout(16, blocks));
        var model = new Model(blocks);
        int hashes = random.nextInt(1, 2 * blocks + 2);
        for (int step = 0; step < 600; step++) {
            int block = random.nextInt(blocks);
            long hash = hash(seed, random.nextInt(hashes));
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    if (pool.freeBlocks() > 0) {
                        assertThat(pool.allocate()).isEqualTo(model.allocate());
                    }
                }
                case 3, 4 -> {
                    if (pool.uses(block) > 0) {
                        pool.release(block);
                        model.release(block);
                    }
                }
                case 5, 6 -> {
                    if (pool.uses(block) > 0) {
                        pool.publish(block, hash);
                        model.publish(block, hash);
                    }
                }
                default -> {
                    int found = pool.find(hash);
                    assertThat(found).isEqualTo(model.find(hash));
                    if (found >= 0) {
                        pool.share(found);
                        model.share(found);
                    }
                }
            }
            assertThat(pool.freeBlocks()).isEqualTo(model.free.size());
            assertThat(pool.uses(block)).isEqualTo(model.uses[block]);
        }
        for (int i = 0; i < hashes; i++) {
            assertThat(pool.find(hash(seed, i))).isEqualTo(model.find(hash(seed, i)));
        }
        for (int block = 0; block < blocks; block++) {
            assertThat(pool.uses(block)).isEqualTo(model.uses[block]);
        }
        while (!model.free.isEmpty()) {
            assertThat(pool.allocate()).isEqualTo(model.allocate());
        }
    }

    /// Hashes that all fall into a few slots of the table for odd seeds, so that probe chains grow
    /// long and wrap around; scattered ones for even seeds.
    private static long hash(long seed, int index) {
        // The inverse of the pool's multiplier: slots are then bits 32 and up of the product.
        long inverse = 0xF1DE_83E1_9937_733DL;
        return seed % 2 == 0 ? index + 1L : (1L + index + ((31L - index % 3) << 32)) * inverse;
    }

    private List<Integer> allocate(int count) {
        List<Integer> blocks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            blocks.add(pool.allocate());
        }
        return blocks;
    }

    /// The pool once more, as plainly as can be.
    private static final class Model {
        private final int[] uses;
        private final List<Integer> free = new ArrayList<>();
        private final Map<Long, Integer> published = new HashMap<>();

        Model(int blocks) {
            uses = new int[blocks];
            for (int i = 0; i < blocks; i++) {
                free.add(i);
            }
        }

        int allocate() {
            int block = free.removeFirst();
            published.values().remove(block);
            uses[block] = 1;
            return block;
        }

        void share(int block) {
            free.removeIf(other -> other == block);
            uses[block]++;
        }

        void release(int block) {
            uses[block]--;
            if (uses[block] == 0) {
                free.add(published.containsValue(block) ? free.size() : 0, block);
            }
        }

        void publish(int block, long hash) {
            if (!published.containsValue(block)) {
                published.putIfAbsent(hash, block);
            }
        }

        int find(long hash) {
            return published.getOrDefault(hash, -1);
        }
    }
}
