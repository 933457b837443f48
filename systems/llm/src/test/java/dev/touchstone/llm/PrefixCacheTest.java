package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.llm.SchedulerConfig.Reservation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Black-box cases of vLLM's version 1 engine (its tests of the prefix cache), re-created. Its
/// block 0 is never handed out; ours is, so our ids are one lower.
@DisplayName("A prefix cache of ten 16-token blocks")
class PrefixCacheTest {
    private static final int[] COMMON =
            Prompts.joined(
                    Prompts.repeated(0, 16), Prompts.repeated(1, 16), Prompts.repeated(2, 16));

    private final TestEngine engine = new TestEngine(10, policy().prefixCache());

    private static Policy policy() {
        return new Policy().reserve(Reservation.PROMPT);
    }

    @Test
    void shares_full_blocks_of_equal_prefixes_and_reuses_unfindable_blocks_first() {
        start(1, common(3, 7));
        assertThat(engine.sequence(1).cachedTokens()).isZero();
        assertThat(engine.blocks(1)).containsExactly(0, 1, 2, 3);

        start(2, common(3, 5));
        assertThat(engine.sequence(2).cachedTokens()).isEqualTo(48);
        assertThat(engine.blocks(2)).containsExactly(0, 1, 2, 4);
        assertThat(List.of(0, 1, 2)).allMatch(block -> engine.pool.uses(block) == 2);
        assertThat(engine.pool.freeBlocks()).isEqualTo(5);

        engine.scheduler.cancel(1);
        engine.scheduler.cancel(2);
        start(3, common(3, 6));
        assertThat(engine.sequence(3).cachedTokens()).isEqualTo(48);
        assertThat(engine.blocks(3)).containsExactly(0, 1, 2, 4);

        engine.scheduler.cancel(3);
        start(4, Prompts.repeated(99, 150));
        assertThat(engine.blocks(4)).containsExactly(4, 3, 5, 6, 7, 8, 9, 2, 1, 0);
        assertThat(engine.pool.freeBlocks()).isZero();
    }

    @Test
    void loses_what_was_used_least_recently_and_suffixes_before_prefixes() {
        start(1, Prompts.range(0, 87));
        start(2, Prompts.range(87, 135));
        assertThat(engine.blocks(1)).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(engine.pool.freeBlocks()).isEqualTo(1);

        engine.scheduler.cancel(1);
        engine.scheduler.cancel(2);
        start(3, Prompts.range(0, 35));
        assertThat(engine.sequence(3).cachedTokens()).isEqualTo(32);
        assertThat(engine.blocks(3)).containsExactly(0, 1, 5);
        assertThat(engine.pool.freeBlocks()).isEqualTo(7);
        assertThat(allocateAll()).containsExactly(9, 4, 3, 2, 8, 7, 6);
    }

    @Test
    void does_not_take_for_the_suffix_the_block_it_found_for_the_prefix() {
        var engine = new TestEngine(2, policy().prefixCache());
        finish(engine, 1, Prompts.range(0, 16));
        finish(engine, 2, Prompts.range(16, 32));
        start(engine, 3, Prompts.range(0, 25));

        assertThat(engine.sequence(3).cachedTokens()).isEqualTo(16);
        assertThat(engine.blocks(3)).containsExactly(0, 1);
    }

    @Test
    void caches_nothing_when_it_is_off() {
        var engine = new TestEngine(4, policy());
        finish(engine, 1, Prompts.repeated(7, 40));
        start(engine, 2, Prompts.repeated(7, 55));

        assertThat(engine.sequence(2).cachedTokens()).isZero();
        assertThat(engine.blocks(2)).hasSize(4);
        assertThat(engine.submit(new Request(3, 4, 1, 0, 0, 0, PrefixHashes.NONE)))
                .isInstanceOf(Admission.Refused.class);
    }

    /// The hashes end with the prompt here, so blocks with answer tokens in them are not shared.
    @Test
    void takes_a_block_when_the_last_one_is_full_and_publishes_full_blocks_of_the_prompt() {
        int[] prompt = Prompts.range(0, 55);
        engine.submit(1, 30, prompt);
        engine.step();
        assertThat(engine.blocks(1)).hasSize(4);

        engine.steps(9);
        assertThat(engine.sequence(1).computed()).isEqualTo(64);
        assertThat(engine.blocks(1)).hasSize(4);

        engine.step();
        assertThat(engine.blocks(1)).hasSize(5);
        assertThat(published(Prompts.hashes(16, Prompts.range(0, 64)), 4))
                .containsExactly(0, 1, 2, -1);
    }

    @Test
    void lets_the_next_turn_of_a_conversation_find_the_answer() {
        int[] conversation = Prompts.range(0, 200);
        var hasher = new PrefixHasher(16, 1, 2);
        engine.submit(TestEngine.request(1, 50, 50, known(hasher, conversation, 100)));
        engine.finish();
        engine.submit(TestEngine.request(2, 120, 5, known(hasher, conversation, 120)));

        engine.step();
        assertThat(engine.sequence(2).cachedTokens()).isEqualTo(96);
    }

    private static PrefixHashes known(PrefixHasher hasher, int[] tokens, int length) {
        return hasher.follow(PrefixHasher.NO_SALT, i -> tokens[i], () -> length);
    }

    @Test
    void keeps_salted_prompts_apart() {
        int[] prompt = Prompts.range(0, 59);
        salted(1, "s1", prompt);
        salted(2, "s2", prompt);
        salted(3, "s1", prompt);

        assertThat(engine.sequence(1).cachedTokens()).isZero();
        assertThat(engine.sequence(2).cachedTokens()).isZero();
        assertThat(engine.sequence(3).cachedTokens()).isEqualTo(48);
    }

    @Test
    void reads_the_last_token_of_a_prompt_that_is_wholly_cached() {
        start(1, Prompts.range(0, 48));
        start(2, Prompts.range(0, 48));
        assertThat(engine.sequence(2).cachedTokens()).isEqualTo(32);

        start(3, Prompts.range(0, 49));
        assertThat(engine.sequence(3).cachedTokens()).isEqualTo(48);
        assertThat(engine.diary())
                .containsSubsequence("2 first token after 1", "3 first token after 1");
    }

    @Test
    void serves_a_prefix_from_the_first_chunk_on_that_completed_it() {
        var engine = new TestEngine(10, policy().prefixCache().chunk(20));
        engine.submit(1, 5, Prompts.range(0, 50));
        engine.step();
        engine.submit(2, 5, Prompts.range(0, 50));

        assertThat(engine.step()).isEqualTo("1:20 2:20");
        assertThat(engine.sequence(2).cachedTokens()).isEqualTo(16);
    }

    @Test
    void lets_a_preempted_sequence_find_its_own_prompt_again() {
        start(1, Prompts.range(0, 79));
        start(2, Prompts.range(100, 179));
        engine.step();
        engine.step();
        assertThat(engine.diary()).contains("2 preempted");

        engine.scheduler.cancel(1);
        engine.step();
        assertThat(engine.sequence(2).cachedTokens()).isEqualTo(64);
    }

    @Test
    void shares_nothing_whose_first_hash_says_so() {
        engine.submit(TestEngine.request(1, 40, 5, PrefixHashes.NONE));
        engine.submit(TestEngine.request(2, 40, 5, PrefixHashes.NONE));
        engine.steps(2);

        assertThat(engine.sequence(2).cachedTokens()).isZero();
        assertThat(engine.pool.freeBlocks()).isEqualTo(10 - 3 - 3);
    }

    private static int[] common(int token, int count) {
        return Prompts.joined(COMMON, Prompts.repeated(token, count));
    }

    private void start(long id, int[] prompt) {
        start(engine, id, prompt);
    }

    /// Reads a prompt and leaves the sequence running.
    private static void start(TestEngine engine, long id, int[] prompt) {
        engine.submit(id, 5, prompt);
        engine.step();
    }

    private static void finish(TestEngine engine, long id, int[] prompt) {
        engine.submit(id, 1, prompt);
        engine.step();
        assertThat(engine.running()).isEmpty();
    }

    private void salted(long id, String salt, int[] prompt) {
        engine.submit(
                TestEngine.request(
                        id, prompt.length, 5, Prompts.salted(salt.hashCode(), 16, prompt)));
        engine.step();
    }

    private List<Integer> published(PrefixHashes hashes, int blocks) {
        return IntStream.range(0, blocks)
                .mapToObj(block -> engine.pool.find(hashes.block(block)))
                .toList();
    }

    private List<Integer> allocateAll() {
        List<Integer> blocks = new ArrayList<>();
        while (engine.pool.freeBlocks() > 0) {
            blocks.add(engine.pool.allocate());
        }
        return blocks;
    }
}
