package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.touchstone.testkit.Seeds;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A hasher of prompts in blocks of sixteen tokens")
class PrefixHasherTest {
    private final PrefixHasher hasher = new PrefixHasher(16, 1, 2);

    @Test
    void gives_equal_beginnings_equal_hashes() {
        int[] system = Prompts.range(0, 40);
        PrefixHashes one = hasher.hash(Prompts.joined(system, Prompts.range(100, 150)));
        PrefixHashes other = hasher.hash(Prompts.joined(system, Prompts.range(200, 250)));

        assertThat(one.block(0)).isEqualTo(other.block(0));
        assertThat(one.block(1)).isEqualTo(other.block(1));
        assertThat(one.block(2)).isNotEqualTo(other.block(2));
    }

    @Test
    void tells_equal_blocks_apart_that_have_another_past() {
        PrefixHashes hashes = hasher.hash(Prompts.repeated(7, 16 * 100));

        Set<Long> seen = new HashSet<>();
        for (int block = 0; block < 100; block++) {
            seen.add(hashes.block(block));
        }
        assertThat(seen).hasSize(100).doesNotContain(PrefixHashes.NOT_SHARED);
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void changes_every_hash_from_a_changed_token_on(long seed) {
        var random = new SplittableRandom(seed);
        int[] prompt = random.ints(random.nextInt(16, 400)).toArray();
        int place = random.nextInt(prompt.length / 16 * 16);
        int[] changed = prompt.clone();
        changed[place] ^= 1 << random.nextInt(32);

        PrefixHashes before = hasher.hash(prompt);
        PrefixHashes after = hasher.hash(changed);
        for (int block = 0; block < prompt.length / 16; block++) {
            assertThat(after.block(block) == before.block(block))
                    .as("block %d after a change in block %d", block, place / 16)
                    .isEqualTo(block < place / 16);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void is_siphash_of_every_prefix(long seed) {
        var random = new SplittableRandom(seed);
        int blockTokens = 1 << random.nextInt(6);
        long[] key = {random.nextLong(), random.nextLong()};
        int[] prompt = random.ints(random.nextInt(200)).toArray();

        PrefixHashes hashes = new PrefixHasher(blockTokens, key[0], key[1]).hash(prompt);
        for (int block = 0; block < prompt.length / blockTokens; block++) {
            int[] prefix = Arrays.copyOf(prompt, (block + 1) * blockTokens);
            assertThat(hashes.block(block)).isEqualTo(sipHash13(key, prefix));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(100)
    void hashes_a_text_that_grows_as_it_would_the_whole(long seed) {
        var random = new SplittableRandom(seed);
        int[] text = random.ints(random.nextInt(1, 600)).toArray();
        int[] length = {0};
        PrefixHashes growing = hasher.follow(seed, i -> text[i], () -> length[0]);
        assertThat(growing.coversAnswer()).isTrue();
        PrefixHashes whole = hasher.hash(seed, text);
        while (length[0] < text.length) {
            length[0] = Math.min(text.length, length[0] + random.nextInt(40));
            int block = random.nextInt(text.length / 16 + 2);
            assertThat(growing.block(block))
                    .isEqualTo(
                            (block + 1) * 16 <= length[0]
                                    ? whole.block(block)
                                    : PrefixHashes.NOT_SHARED);
        }
    }

    @Test
    void keeps_salts_apart_in_every_block() {
        int[] prompt = Prompts.range(0, 48);
        for (int block = 0; block < 3; block++) {
            assertThat(hasher.hash(1, prompt).block(block))
                    .isNotEqualTo(hasher.hash(2, prompt).block(block))
                    .isNotEqualTo(hasher.hash(prompt).block(block))
                    .isEqualTo(hasher.hash(1, prompt).block(block));
        }
    }

    @Test
    void shares_nothing_with_a_hasher_that_has_another_key() {
        int[] prompt = Prompts.range(0, 32);

        assertThat(new PrefixHasher(16, 3, 2).hash(prompt).block(1))
                .isNotEqualTo(hasher.hash(prompt).block(1))
                .isNotEqualTo(new PrefixHasher(16, 1, 3).hash(prompt).block(1));
    }

    @Test
    void shares_full_blocks_only() {
        PrefixHashes hashes = hasher.hash(Prompts.range(0, 31));

        assertThat(hashes.block(0)).isNotEqualTo(PrefixHashes.NOT_SHARED);
        assertThat(hashes.block(1)).isEqualTo(PrefixHashes.NOT_SHARED);
        assertThat(hasher.hash().block(0)).isEqualTo(PrefixHashes.NOT_SHARED);
    }

    @Test
    void lets_a_scheduler_read_a_shared_prompt_once() {
        var engine = new TestEngine(20, new Policy().prefixCache());
        int[] prompt = Prompts.range(0, 100);
        engine.submit(TestEngine.request(1, 100, 5, hasher.hash(prompt)));
        engine.step();
        engine.submit(TestEngine.request(2, 100, 5, hasher.hash(prompt)));

        assertThat(engine.step()).isEqualTo("1:1 2:4");
    }

    @Test
    void refuses_blocks_without_tokens() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PrefixHasher(0, 1, 2))
                .withMessage("blockTokens must be at least 1, got 0; take the layout's");
    }

    /// From the paper's figures, one prefix at a time.
    private static long sipHash13(long[] key, int[] tokens) {
        long[] v = {
            key[0] ^ 0x736f6d6570736575L,
            key[1] ^ 0x646f72616e646f6dL,
            key[0] ^ 0x6c7967656e657261L,
            key[1] ^ 0x7465646279746573L
        };
        for (int token : tokens) {
            v[3] ^= token;
            sipRound(v);
            v[0] ^= token;
        }
        v[2] ^= 0xff;
        sipRound(v);
        sipRound(v);
        sipRound(v);
        return v[0] ^ v[1] ^ v[2] ^ v[3];
    }

    private static void sipRound(long[] v) {
        halfRound(v, 0, 1, 2, 3, 13, 16);
        halfRound(v, 2, 1, 0, 3, 17, 21);
    }

    private static void halfRound(long[] v, int a, int b, int c, int d, int s, int t) {
        v[a] += v[b];
        v[c] += v[d];
        v[b] = Long.rotateLeft(v[b], s) ^ v[a];
        v[d] = Long.rotateLeft(v[d], t) ^ v[c];
        v[a] = Long.rotateLeft(v[a], 32);
    }
}
