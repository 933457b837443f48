package dev.touchstone.llm.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.ModelSpec;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

@DisplayName("Modelled hardware")
class HardwareTest {
    static final Iterable<Accelerator> EVERY_ACCELERATOR = Accelerator.ALL;

    /// Llama 3.1 8B on an H100, one sequence (vLLM blog, 2026-04-22). Coefficients are fitted to
    /// tables of kernels and have not seen this.
    @ParameterizedTest(name = "cache in {0}: {1} ms + {2} ms a token")
    @CsvSource({"BF16, 6.44, 4.37e-5", "FP8, 6.58, 2.37e-5"})
    void decodes_as_published_on_an_h100(ElementType kvType, double intercept, double slope) {
        var executor =
                Hardware.executor(ModelSpec.LLAMA_3_1_8B.withKvType(kvType), Accelerator.H100);

        double near = executor.decodeMicros(1, 1_000) / 1e3;
        double far = executor.decodeMicros(1, 101_000) / 1e3;

        assertThat((far - near) / 100_000).isCloseTo(slope, Percentage.withPercentage(2));
        assertThat(near - 1_000 * slope).isCloseTo(intercept, Percentage.withPercentage(5));
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("EVERY_ACCELERATOR")
    void never_gets_faster_with_more_to_do(Accelerator accelerator) {
        var executor = Hardware.executor(ModelSpec.LLAMA_3_1_8B, accelerator);

        double tokens = 0;
        double length = 0;
        double sequences = 0;
        for (int i = 1; i <= 4_096; i += 17) {
            assertThat(executor.prefillMicros(1, i, 0)).isGreaterThanOrEqualTo(tokens);
            assertThat(executor.decodeMicros(8, 100L * i)).isGreaterThan(length);
            assertThat(executor.decodeMicros(i, 100L * i)).isGreaterThan(sequences);
            tokens = executor.prefillMicros(1, i, 0);
            length = executor.decodeMicros(8, 100L * i);
            sequences = executor.decodeMicros(i, 100L * i);
        }
    }

    @Test
    void takes_longer_to_read_a_prompt_after_a_longer_one() {
        var executor = Hardware.executor(ModelSpec.LLAMA_3_1_8B, Accelerator.H100);

        assertThat(executor.prefillMicros(1, 512, 100_000))
                .isGreaterThan(2 * executor.prefillMicros(1, 512, 0));
    }

    @Test
    void reads_a_prompt_in_chunks_in_more_time_than_at_once_but_not_much_more() {
        var executor = Hardware.executor(ModelSpec.LLAMA_3_1_8B, Accelerator.H100);

        double whole = executor.prefillMicros(1, 8_192, 0);
        double chunks = 0;
        for (int context = 0; context < 8_192; context += 2_048) {
            chunks += executor.prefillMicros(1, 2_048, context);
        }
        assertThat(chunks).isBetween(whole, 1.1 * whole);
    }

    @Test
    void splits_a_model_over_gpus_with_less_than_proportional_gain() {
        double one = decode(1);
        double two = decode(2);
        double eight = decode(8);

        assertThat(two).isBetween(one / 2, one);
        assertThat(eight).isBetween(one / 8, two);
    }

    @Test
    void refuses_a_split_that_leaves_heads_over() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> Hardware.executor(ModelArchitecture.QWEN3_14B, Accelerator.H100, 3))
                .withMessage(
                        "the 40 heads of qwen3-14b cannot be split over 3 GPUs; take a divisor of 40");
    }

    @Test
    void finds_the_matrices_of_a_model_from_its_parameters() {
        assertThat(ModelArchitecture.of(ModelSpec.CHAT_7B).feedForward())
                .isCloseTo(11_008, within(1));
        assertThat(ModelArchitecture.of(ModelSpec.LLAMA_3_1_8B).vocabulary()).isEqualTo(128_256);
        var chat = ModelArchitecture.of(ModelSpec.CHAT_13B);
        assertThat(chat.weightsPerStep() + (long) chat.hidden() * chat.vocabulary())
                .isCloseTo(13_000_000_000L, Percentage.withPercentage(0.1));
    }

    private static double decode(int gpus) {
        return Hardware.executor(ModelArchitecture.LLAMA_2_70B, Accelerator.H200, gpus)
                .decodeMicros(16, 16_000);
    }
}
