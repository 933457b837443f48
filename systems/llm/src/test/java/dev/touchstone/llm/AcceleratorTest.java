package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

@DisplayName("An accelerator profile")
class AcceleratorTest {
    @ParameterizedTest(name = "{0}: {1} GB at {2} GB/s, {3} TFLOP/s in fp16")
    @CsvSource({
        "h100, 80, 3350, 989",
        "h200, 141, 4800, 989",
        "a100, 80, 2039, 312",
        "l40s, 48, 864, 362",
        "a10g, 24, 600, 70",
        "rtx-pro-6000, 96, 1792, 503.8",
    })
    void has_its_data_sheets_figures(
            String name, int gigabytes, double gigabytesPerSecond, double teraflops) {
        Accelerator accelerator = named(name);

        assertThat(accelerator.memoryBytes()).isEqualTo(gigabytes * 1_000_000_000L);
        assertThat(accelerator.bytesPerSecond()).isEqualTo(gigabytesPerSecond * 1e9);
        assertThat(accelerator.flopsPerSecond(ElementType.FP16)).isEqualTo(teraflops * 1e12);
        assertThat(accelerator.flopsPerSecond(ElementType.BF16)).isEqualTo(teraflops * 1e12);
    }

    static final Iterable<Accelerator> EVERY_PROFILE = Accelerator.ALL;

    @ParameterizedTest(name = "{0}")
    @FieldSource("EVERY_PROFILE")
    void names_its_source_and_is_faster_in_narrower_types(Accelerator accelerator) {
        assertThat(accelerator.source()).isNotBlank();
        assertThat(accelerator.flopsPerSecond(ElementType.INT8))
                .isGreaterThan(accelerator.flopsPerSecond(ElementType.FP16));
        assertThat(accelerator.flopsPerSecond(ElementType.FP16))
                .isGreaterThan(accelerator.flopsPerSecond(ElementType.FP32));
    }

    @Test
    void says_which_types_it_has_when_asked_for_another() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Accelerator.A100.flopsPerSecond(ElementType.FP8))
                .withMessage("a100 has no arithmetic in FP8; it has [FP32, FP16, BF16, INT8]");
    }

    @Test
    void keeps_its_own_copy_of_its_peaks() {
        Map<ElementType, Double> peaks = new EnumMap<>(Map.of(ElementType.FP16, 1e12));
        var accelerator = new Accelerator("toy", 1, 1, peaks, "made up");
        peaks.put(ElementType.FP16, 2e12);

        assertThat(accelerator.flopsPerSecond(ElementType.FP16)).isEqualTo(1e12);
    }

    private static Accelerator named(String name) {
        return Accelerator.ALL.stream()
                .filter(accelerator -> accelerator.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
