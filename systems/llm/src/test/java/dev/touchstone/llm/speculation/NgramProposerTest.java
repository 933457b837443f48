package dev.touchstone.llm.speculation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.touchstone.testkit.Allocation;
import dev.touchstone.testkit.Seeds;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A proposer that looks for the last two to four tokens earlier in the text")
class NgramProposerTest {
    private final int[] drafts = new int[8];

    @Test
    void proposes_what_followed_the_last_time() {
        assertThat(propose(3, 1, 2, 3, 4, 5, 6, 1, 2)).containsExactly(3, 4, 5);
    }

    @Test
    void has_no_idea_when_the_end_is_new() {
        assertThat(propose(3, 1, 2, 3, 4)).isEmpty();
        assertThat(propose(3, 1, 2, 3, 2)).as("one token is too few").isEmpty();
        assertThat(propose(3, 1)).isEmpty();
        assertThat(propose(3)).isEmpty();
    }

    @Test
    void prefers_the_longest_match_and_then_the_latest() {
        assertThat(propose(1, 5, 1, 2, 7, 9, 1, 2, 8, 5, 1, 2)).containsExactly(7);
        assertThat(propose(1, 4, 1, 2, 7, 9, 1, 2, 8, 5, 1, 2)).containsExactly(8);
    }

    @Test
    void proposes_no_more_than_there_is() {
        assertThat(propose(8, 3, 3, 3)).containsExactly(3);
        assertThat(propose(8, 1, 2, 3, 1, 2)).containsExactly(3, 1, 2);
    }

    @Test
    void looks_no_further_than_the_text_so_far() {
        int[] tokens = {1, 2, 3, 9, 1, 2, 3, 4};
        assertThat(NgramProposer.DEFAULT.propose(tokens, 6, drafts, 2)).isEqualTo(2);
        assertThat(drafts).startsWith(3, 9);
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void finds_what_a_search_through_all_places_finds(long seed) {
        var random = new SplittableRandom(seed);
        int[] tokens = random.ints(random.nextInt(60), 0, 3).toArray();
        int fewest = random.nextInt(1, 4);
        int most = fewest + random.nextInt(3);

        int found = new NgramProposer(fewest, most).propose(tokens, tokens.length, drafts, 5);
        assertThat(Arrays.copyOf(drafts, found)).isEqualTo(searched(tokens, fewest, most));
    }

    @Test
    void allocates_nothing() {
        int[] text = new SplittableRandom(1).ints(2_000, 0, 50).toArray();
        assertThat(Allocation.bytes(() -> NgramProposer.DEFAULT.propose(text, 2_000, drafts, 8)))
                .isZero();
    }

    @Test
    void needs_something_to_match() {
        assertThatIllegalArgumentException().isThrownBy(() -> new NgramProposer(0, 3));
        assertThatIllegalArgumentException().isThrownBy(() -> new NgramProposer(3, 2));
    }

    private static int[] searched(int[] tokens, int fewest, int most) {
        int length = tokens.length;
        for (int size = most; size >= fewest; size--) {
            for (int start = length - size - 1; start >= 0; start--) {
                if (Arrays.equals(tokens, start, start + size, tokens, length - size, length)) {
                    return Arrays.copyOfRange(
                            tokens, start + size, Math.min(length, start + size + 5));
                }
            }
        }
        return new int[0];
    }

    private int[] propose(int most, int... tokens) {
        int found = NgramProposer.DEFAULT.propose(tokens, tokens.length, drafts, most);
        return Arrays.copyOf(drafts, found);
    }
}
