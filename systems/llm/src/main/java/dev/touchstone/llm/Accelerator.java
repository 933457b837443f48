package dev.touchstone.llm;

import java.util.List;
import java.util.Map;

/// A GPU, as far as serving depends on it. Figures are the vendor's, dense (without sparsity).
///
/// @param name short, as used on the command line
/// @param memoryBytes nominal memory, decimal
/// @param bytesPerSecond memory bandwidth
/// @param flopsPerSecond dense peak arithmetic by element type, tensor cores where there are any
/// @param source where the figures come from
public record Accelerator(
        String name,
        long memoryBytes,
        double bytesPerSecond,
        Map<ElementType, Double> flopsPerSecond,
        String source) {

    public static final Accelerator H100 =
            new Accelerator(
                    "h100",
                    80_000_000_000L,
                    3.35e12,
                    peaks(989e12, 1_979e12, 67e12),
                    "NVIDIA H100 Tensor Core GPU data sheet, SXM5 80 GB");
    public static final Accelerator H200 =
            new Accelerator(
                    "h200",
                    141_000_000_000L,
                    4.8e12,
                    peaks(989e12, 1_979e12, 67e12),
                    "NVIDIA H200 Tensor Core GPU data sheet, SXM");
    public static final Accelerator A100 =
            new Accelerator(
                    "a100",
                    80_000_000_000L,
                    2.039e12,
                    Map.of(
                            ElementType.FP32, 19.5e12,
                            ElementType.FP16, 312e12,
                            ElementType.BF16, 312e12,
                            ElementType.INT8, 624e12),
                    "NVIDIA A100 Tensor Core GPU data sheet, SXM4 80 GB");
    public static final Accelerator L40S =
            new Accelerator(
                    "l40s",
                    48_000_000_000L,
                    864e9,
                    peaks(362e12, 733e12, 91.6e12),
                    "NVIDIA L40S data sheet");
    public static final Accelerator A10G =
            new Accelerator(
                    "a10g",
                    24_000_000_000L,
                    600e9,
                    Map.of(
                            ElementType.FP32, 35e12,
                            ElementType.FP16, 70e12,
                            ElementType.BF16, 70e12,
                            ElementType.INT8, 140e12),
                    "NVIDIA A10G product brief for AWS G5");
    public static final Accelerator RTX_PRO_6000 =
            new Accelerator(
                    "rtx-pro-6000",
                    96_000_000_000L,
                    1.792e12,
                    peaks(503.8e12, 1_007.6e12, 126e12),
                    "NVIDIA RTX PRO 6000 Blackwell Workstation Edition data sheet");

    /// Every profile that ships.
    public static final List<Accelerator> ALL = List.of(H100, H200, A100, L40S, A10G, RTX_PRO_6000);

    public Accelerator {
        flopsPerSecond = Map.copyOf(flopsPerSecond);
    }

    /// Peak arithmetic in a type.
    ///
    /// @throws IllegalArgumentException when the accelerator has no units for it
    public double flopsPerSecond(ElementType type) {
        Double peak = flopsPerSecond.get(type);
        if (peak == null) {
            throw new IllegalArgumentException(
                    "%s has no arithmetic in %s; it has %s"
                            .formatted(
                                    name,
                                    type,
                                    flopsPerSecond.keySet().stream().sorted().toList()));
        }
        return peak;
    }

    private static Map<ElementType, Double> peaks(double half, double eighth, double single) {
        return Map.of(
                ElementType.FP32, single,
                ElementType.FP16, half,
                ElementType.BF16, half,
                ElementType.FP8, eighth,
                ElementType.INT8, eighth);
    }
}
