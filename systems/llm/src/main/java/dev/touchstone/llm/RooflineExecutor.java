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
/// Keys and values that are read back from host memory are copied before the model runs, and come
/// on top: `kvBytesPerToken · transferred tokens / transfer bandwidth`.
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

    /// What a PCIe 5.0 link with 16 lanes carries of its 63 GB/s.
    public static final double DEFAULT_TRANSFER_BYTES_PER_SECOND = 50e9;

    private final double weightBytes;
    private final double kvBytesPerToken;
    private final double flopsPerToken;
    private final double attentionFlopsPerPair;
    private final double bytesPerNano;
    private final double flopsPerNano;
    private final double transferBytesPerNano;

    /// @param utilisation share of peak arithmetic reached, above 0 and at most 1
    public RooflineExecutor(ModelSpec model, Accelerator accelerator, double utilisation) {
        this(model, accelerator, utilisation, DEFAULT_TRANSFER_BYTES_PER_SECOND);
    }

    /// @param transferBytesPerSecond at which keys and values are read back from host memory
    public RooflineExecutor(
            ModelSpec model,
            Accelerator accelerator,
            double utilisation,
            double transferBytesPerSecond) {
        if (!(transferBytesPerSecond > 0)) {
            throw new IllegalArgumentException(
                    "transferBytesPerSecond must be above 0, got " + transferBytesPerSecond);
        }
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
        transferBytesPerNano = transferBytesPerSecond / 1e9;
    }

    @Override
    public long execute(Step step) {
        double bytes = weightBytes + kvBytesPerToken * (step.contextTokens() + step.tokens());
        double flops =
                flopsPerToken * step.tokens() + attentionFlopsPerPair * step.attentionPairs();
        double transferNanos = kvBytesPerToken * step.transferredTokens() / transferBytesPerNano;
        return (long) (transferNanos + Math.max(bytes / bytesPerNano, flops / flopsPerNano));
    }
}
