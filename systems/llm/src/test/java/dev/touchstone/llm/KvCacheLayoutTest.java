package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A key/value cache of 16-token blocks")
class KvCacheLayoutTest {
    private static final ModelSpec MODEL = ModelSpec.CHAT_13B;

    @Test
    void takes_two_and_a_half_mebibytes_a_block() {
        long bytes = 100 * 5L * 1024 * 1024 / 2;

        assertThat(KvCacheLayout.fitting(MODEL, bytes)).isEqualTo(new KvCacheLayout(16, 100));
        assertThat(KvCacheLayout.fitting(MODEL, bytes - 1).blockCount()).isEqualTo(99);
    }

    @Test
    void holds_sixty_slabs_of_2048_tokens_in_20_2_gigabytes() {
        KvCacheLayout layout = KvCacheLayout.fitting(MODEL, 20_200_000_000L);

        assertThat(layout.capacityTokens() / 2_048).isEqualTo(60);
        assertThat(layout.blockCount() / layout.blocksFor(2_048)).isEqualTo(60);
    }

    @Test
    void gets_what_weights_and_scratch_leave() {
        KvCacheLayout layout = KvCacheLayout.remaining(MODEL, Accelerator.H100, 4_000_000_000L);

        assertThat(layout).isEqualTo(KvCacheLayout.fitting(MODEL, 50_000_000_000L));
    }

    @Test
    void is_refused_where_the_weights_leave_nothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KvCacheLayout.remaining(MODEL, Accelerator.A10G, 4_000_000_000L))
                .withMessage(
                        "13b-gqa needs 26.0 GB for weights and 4.0 GB of scratch; a10g has 24 GB in"
                                + " all: take a larger accelerator or a smaller weight type");
    }

    @ParameterizedTest(name = "{0} tokens take {1} blocks")
    @CsvSource({"0, 0", "1, 1", "16, 1", "17, 2", "2048, 128"})
    void rounds_up_to_whole_blocks(int tokens, int blocks) {
        assertThat(new KvCacheLayout(16, 1).blocksFor(tokens)).isEqualTo(blocks);
    }

    @Test
    void counts_more_tokens_than_an_int_holds() {
        assertThat(new KvCacheLayout(1 << 20, 1 << 20).capacityTokens()).isEqualTo(1L << 40);
    }

    @Test
    void must_have_blocks_of_a_power_of_two_and_at_least_one() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KvCacheLayout(24, 10))
                .withMessage("blockTokens must be a power of two, got 24; 16 is a good start");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KvCacheLayout(0, 10))
                .withMessageContaining("got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KvCacheLayout(16, 0))
                .withMessage("blockCount must be at least 1, got 0; give the cache more memory");
    }
}
