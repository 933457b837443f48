package dev.touchstone.llm;

/// Computes how long a step takes on an accelerator from the bytes it must move and the arithmetic
/// it must do, the slower of the two deciding:
///
/// ```
/// bytes   = weights + kvBytesPerToken · (context tokens read + tokens written)
/// FLOPs   = flopsPerToken · tokens + attentionFlopsPerPair · (pairs of a token and its context)
/// seconds = max(bytes / bandwidth, FLOPs / (peak · utilisation))
/// ```
///
/// This is the roofline model (Williams, Waterman and Patterson, "Roofline: an insightful visual
/// performance model for multicore architectures", CACM 2009) with memory traffic and arithmetic
/// fully overlapped. Memory is taken at its full rated bandwidth; `utilisation` is the share of
/// peak arithmetic that large matrix products reach. Launch, sampling and network time are left
/// out.
public final class RooflineExecutor implements Executor {
    /// Model FLOPs utilisation of long prefills on H100-class hardware; published runs lie around
    /// it.
    public static final double DEFAULT_UTILISATION = 0.5;

    private final double weightBytes;
    private final double kvBytesPerToken;
    private final double flopsPerToken;
    private final double attentionFlopsPerPair;
    private final double bytesPerNano;
    private final double flopsPerNano;

    /// @param utilisation share of peak arithmetic reached, above 0 and at most 1
    public RooflineExecutor(ModelSpec model, Accelerator accelerator, double utilisation) {
        if (!(utilisation > 0 && utilisation <= 1)) {
            throw new IllegalArgumentException(
                    "utilisation must be above 0 and at most 1, got " + utilisation);
        }
        weightBytes = model.weightBytes();
        kvBytesPerToken = model.kvBytesPerToken();
        flopsPerToken = model.flopsPerToken();
        attentionFlopsPerPair = model.attentionFlopsPerPair();
        bytesPerNano = accelerator.bytesPerSecond() / 1e9;
        flopsPerNano = accelerator.flopsPerSecond(model.weightType()) * utilisation / 1e9;
    }

    @Override
    public long execute(Step step) {
        double bytes = weightBytes + kvBytesPerToken * (step.contextTokens() + step.tokens());
        double flops =
                flopsPerToken * step.tokens() + attentionFlopsPerPair * step.attentionPairs();
        return (long) Math.max(bytes / bytesPerNano, flops / flopsPerNano);
    }
}
