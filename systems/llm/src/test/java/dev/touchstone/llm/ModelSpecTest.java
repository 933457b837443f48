package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A 13-billion-parameter model in fp16")
class ModelSpecTest {
    private static final ModelSpec GROUPED = ModelSpec.CHAT_13B;
    private static final ModelSpec MULTI_HEAD =
            new ModelSpec(
                    "13b-mha",
                    13_000_000_000L,
                    40,
                    40,
                    40,
                    128,
                    ElementType.FP16,
                    ElementType.FP16);

    @Test
    void weighs_26_gigabytes() {
        assertThat(GROUPED.weightBytes()).isEqualTo(26_000_000_000L);
    }

    @Test
    void keeps_160_kib_a_token_with_8_kv_heads_and_five_times_that_with_40() {
        assertThat(GROUPED.kvBytesPerToken()).isEqualTo(163_840);
        assertThat(MULTI_HEAD.kvBytesPerToken()).isEqualTo(819_200);
    }

    @Test
    void keeps_half_of_that_in_fp8_and_changes_in_nothing_else() {
        ModelSpec halved = GROUPED.withKvType(ElementType.FP8);

        assertThat(halved.kvBytesPerToken()).isEqualTo(81_920);
        assertThat(halved.withKvType(ElementType.FP16)).isEqualTo(GROUPED);
    }

    @Test
    void needs_26_gflop_a_token_and_819_kflop_a_pair_of_tokens() {
        assertThat(GROUPED.flopsPerToken()).isEqualTo(26e9);
        assertThat(GROUPED.attentionFlopsPerPair()).isEqualTo(819_200);
        assertThat(MULTI_HEAD.attentionFlopsPerPair()).isEqualTo(819_200);
    }

    @Test
    void must_share_each_kv_head_evenly() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> shape(40, 7))
                .withMessage("heads must be a multiple of kvHeads, got 40 and 7");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> shape(40, 0))
                .withMessage("kvHeads must be at least 1, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> shape(0, 1))
                .withMessage("heads must be at least 1, got 0");
    }

    @Test
    void stores_four_bit_numbers_two_to_a_byte() {
        assertThat(ElementType.INT4.bytes(10)).isEqualTo(5);
        assertThat(ElementType.FP32.bytes(10)).isEqualTo(40);
    }

    private static ModelSpec shape(int heads, int kvHeads) {
        return new ModelSpec("odd", 1, 1, heads, kvHeads, 128, ElementType.FP16, ElementType.FP16);
    }
}
